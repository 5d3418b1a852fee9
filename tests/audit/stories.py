"""Stories at chance, each with its own people, places and projects, so that a difference names its story.

A story knows which of its records are to be set aside, and why.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from shared.contracts.routing import entities
from tests.audit.chances import Chance, Payload
from tests.audit.makers import OF_ANYONE, OF_COORDINATOR
from tests.audit.making import World, stream_of
from tests.audit.telling import join

BEHIND = "parked.behind"
# What a correction may change without moving to other objects.
_COUNTED = ("count", "headcount")


@dataclass(frozen=True)
class Told:
    """A record that can be amended."""

    source: str
    sequence: int
    event: str
    subject: str
    data: Payload


@dataclass
class Book:
    """A world, the members in it, and what must be set aside: the code by producer and sequence."""

    world: World
    members: list[str]
    aside: dict[tuple[str, int], str] = field(default_factory=dict)
    broken: set[tuple[str, int]] = field(default_factory=set)
    _held: set[tuple[str, str]] = field(default_factory=set)

    def say(self, event: str, data: Payload, source: str, code: str | None = None, **given: Any) -> int:
        """Tells a record that is to be set aside with this code, if any, or since its stream is held back."""
        subject = given.setdefault("subject", stream_of(event, data))
        sequence = self.world.say(event, data, source=source, **given)
        expected = BEHIND if (source, subject) in self._held else code
        if expected is not None:
            self.aside[source, sequence] = expected
        if expected is not None and expected.startswith("payload."):
            self._held.add((source, subject))
        if code is not None:
            self.broken.add((source, sequence))
        return sequence


class Story:
    """Facts in two territories of its own, told by any member, amended at chance; some by who may not."""

    def __init__(self, number: int, book: Book) -> None:
        self.chance = Chance(number)
        self._shown = Random(number)
        self.book = book
        self.told: list[Told] = []
        self.voided: set[tuple[str, int]] = set()

    def tell(self, facts: int = 40, broken: bool = True) -> None:
        """Appends the story's records to the world; unless `broken`, each can be read."""
        for _ in range(facts):
            lot = self.chance.dice.random()
            if lot < 0.22 and self.told:
                self._amend(self.chance.one(*self.told))
            elif lot < 0.27:
                self._foreign()
            elif lot < 0.29 and broken:
                self._broken()
            else:
                self._state()

    def _source(self, member: str, event: str) -> str:
        return f"/members/{member}/{event.split('.')[0]}"

    def _made(self) -> tuple[str, str, Payload]:
        """An event, the member that tells it, and its payload."""
        member = str(self.chance.one(*self.book.members))
        if self.chance.often(0.2):
            event = self.chance.one(*OF_COORDINATOR)
            return event, self.book.members[0], {"territory_ids": [], **OF_COORDINATOR[event](self.chance, member)}
        event = self.chance.one(*OF_ANYONE)
        return event, member, {"territory_ids": self.chance.places(), **OF_ANYONE[event](self.chance, member)}

    def _state(self) -> None:
        event, member, data = self._made()
        source, data = self._source(member, event), {**data, **self._looks(data)}
        given = {"on": self.chance.day(), "precision": self.chance.precision(), **self.chance.time()}
        sequence = self.book.say(event, data, source, **given)
        self.told.append(Told(source, sequence, event, stream_of(event, data), data))

    def _looks(self, data: Payload) -> Payload:
        """What only sheets show, and who may see it."""
        worded: Payload = {field: f"{self._shown.randrange(9)} {field}" for field in ("title", "name") if field in data}
        return {"confidentiality": self._shown.choice(["public", "public", "partners", "member"]), **worded}

    def _foreign(self) -> None:
        """A record that its producer may not say, on the stream of what it speaks of."""
        event, member, data = self._made()
        other = self.chance.one(*(one for one in self.book.members[1:] if one != member))
        if event in OF_COORDINATOR:
            self.book.say(event, data, self._source(other, event), "authority.coordinator", on=self.chance.day())
        elif "member_id" in data and event != "ideation.AdviserBatchDeclared":
            data = {**data, "member_id": other}
            self.book.say(event, data, self._source(member, event), "authority.owner", on=self.chance.day())
        else:
            service = {"ideation": "projects", "projects": "ideation"}[event.split(".")[0]]
            self.book.say(event, data, f"/members/{member}/{service}", "authority.service", on=self.chance.day())

    def _broken(self) -> None:
        """A record that breaks its contract, or of an unknown version, or of an unknown name."""
        event, member, data = self._made()
        source, subject = self._source(member, event), stream_of(event, data)
        lot = self.chance.dice.randrange(3)
        if lot == 0:
            self.book.say(event, {**data, "confidentiality": "secret"}, source, "payload.contract", subject=subject)
        elif lot == 1:
            self.book.say(event, data, source, "payload.version", subject=subject, version=9)
        else:
            sequence = self.book.world.say(f"{event}Unheard", data, source=source, subject=subject)
            self.book.broken.add((source, sequence))

    def _amend(self, one: Told) -> None:
        lot = self.chance.dice.random()
        if lot < 0.5:
            self._correct(one)
        elif lot < 0.9:
            self._void(one)
        else:
            self._wrong(one)

    def _target(self, one: Told, *also: Told) -> Payload:
        version = self.book.world.record(one.source, one.sequence)["streamversion"]
        named = {"source": one.source, "sequence": one.sequence, "version": version, "type": f"{one.event}.v1"}
        objects = {name for told in (one, *also) for name in self._entities(told.event, told.data, told.source)}
        return {**named, "subject": one.subject, "entities": sorted(objects)}

    def _entities(self, event: str, data: Payload, source: str) -> list[str]:
        return entities(f"{event}.v1", data, source.split("/")[2])

    def _correct(self, one: Told) -> None:
        instead = {
            "target": self._target(one),
            "data": {"confidentiality": "partners", "language": "fr", "evidence": [], **self._varied(one)},
            **{"occurred_on": self.chance.day(), "occurred_precision": self.chance.precision()},
            **{"changed": ["occurred_on"], "reason": "typo"},
        }
        event = f"{one.event.split('.')[0]}.RecordCorrected"
        self.book.say(event, instead, one.source, subject=one.subject, **self.chance.time())

    def _varied(self, one: Told) -> Payload:
        """Another payload that stays with the same objects."""
        data = deepcopy(one.data)
        data.update({name: self.chance.quantity() for name in _COUNTED if name in data})
        if "weekly_hours" in data:
            data["weekly_hours"] = self.chance.one("10", "21.33")
        if "starts" in data:
            data["starts"] = self.chance.day()
        data.update(self._looks(data))
        if one.event.startswith("projects.ProjectOpened"):
            return data
        return {**data, "territory_ids": self.chance.places()}

    def _void(self, one: Told) -> None:
        """Voids a record once, with some of what stands in its stream, and may record it anew."""
        if (one.source, one.sequence) in self.voided:
            return
        self.voided.add((one.source, one.sequence))
        beside = [told for told in self.told if (told.source, told.subject) == (one.source, one.subject)]
        also = [told for told in beside if self.chance.often(0.7)]
        event = f"{one.event.split('.')[0]}.RecordVoided"
        self.book.say(event, {"target": self._target(one, *also), "reason": "error"}, one.source, subject=one.subject)
        if self.chance.often(0.4) and not one.event.endswith("BatchDeclared"):
            sequence = self.book.say(one.event, one.data, one.source, subject=one.subject, on=self.chance.day())
            self.told.append(Told(one.source, sequence, one.event, one.subject, one.data))

    def _wrong(self, one: Told) -> None:
        """A void that names no record, or that its producer may not say there."""
        target, event = self._target(one), f"{one.event.split('.')[0]}.RecordVoided"
        lot = self.chance.dice.randrange(4)
        if lot == 0:
            data = {"target": {**target, "entities": ["actor/nobody"]}, "reason": "error"}
            self.book.say(event, data, one.source, subject=one.subject)
            return
        source, subject, code = one.source, one.subject, "authority.amendment"
        if lot == 1:
            subject = f"amendment/{one.sequence}"
        elif lot == 2:
            others = [member for member in self.book.members if member != source.split("/")[2]]
            source = self._source(self.chance.one(*others), event)
        else:
            target["entities"] = [*target["entities"], "project/another-member/x"]
        self.book.say(event, {"target": target, "reason": "error"}, source, code, subject=subject)


def book_of(members: list[str], stories: int) -> Book:
    """A world of these members, the first of which coordinates, with so many stories told in it."""
    sources = [f"/members/{member}/{service}" for member in members for service in ("ideation", "projects")]
    book = Book(World(*sources[1:], coordinator=members[0]), members)
    for member in members:
        join(book.world, member)
    for number in range(stories):
        Story(number, book).tell()
    return book
