"""Stories at chance, each with its own people, places and projects, so that a difference names its story."""

import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from shared.contracts.routing import entities
from tests.audit.making import World, qty

PRECISIONS = ["day", "day", "day", "month", "quarter", "year", "at_latest"]
Payload = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """A record that a correction or a void can name."""

    source: str
    sequence: int
    kind: str
    subject: str
    data: Payload


class Story:
    """About thirty facts in two territories of its own, told by any member, amended at chance."""

    def __init__(self, number: int, world: World, members: list[str]) -> None:
        self.chance = random.Random(number)
        self.number = number
        self.world = world
        self.members = members
        self.told: list[Told] = []

    def tell(self, facts: int = 30) -> None:
        """Appends the story's records to the world."""
        for _ in range(facts):
            if self.told and self.chance.random() < 0.15:
                self._amend(self.chance.choice(self.told))
            else:
                self._state()

    def id(self, kind: str, choices: int = 2) -> str:
        """The id of one of the story's few things of a kind."""
        return str(uuid5(UUID(int=self.number), f"{kind}{self.chance.randrange(choices)}"))

    def _day(self) -> str:
        return (date(2018, 1, 1) + timedelta(days=self.chance.randrange(1500))).isoformat()

    def _places(self) -> list[str]:
        return self.chance.choice([[], [f"t{self.number}-a"], [f"t{self.number}-a", f"t{self.number}-b"]])

    def _member(self) -> str:
        return self.chance.choice(self.members)

    def _quantity(self) -> Payload:
        return qty(self.chance.randrange(6), self.chance.choice(["exact", "approx", "at_least"]))

    def _state(self) -> None:
        kind = self.chance.choice(list(MAKERS))
        data = {"territory_ids": self._places(), **MAKERS[kind](self)}
        service = kind.split(".")[0]
        source = f"/members/{self._member()}/{service}"
        subject = entities(f"{kind}.v1", data)[0] if kind != "projects.JobCreated" else f"job/{data['job_id']}"
        given = {"on": self._day(), "precision": self.chance.choice(PRECISIONS), "source": source, "subject": subject}
        self.told.append(Told(source, self.world.say(kind, data, **given), kind, subject, data))

    def _amend(self, one: Told) -> None:
        named = {"source": one.source, "sequence": one.sequence, "type": f"{one.kind}.v1", "subject": one.subject}
        data: Payload = {"target": {**named, "entities": entities(f"{one.kind}.v1", one.data)}, "reason": "error"}
        service = one.kind.split(".")[0]
        event = f"{service}.RecordVoided"
        if self.chance.random() < 0.6:
            event, data["replacement"], data["reason"] = f"{service}.RecordCorrected", self._replacement(one), "typo"
        source = self.chance.choice([one.source, f"/members/{self.members[0]}/{service}"])
        subject = f"amendment/{one.source.split('/')[2]}/{service}/{one.sequence}"
        self.world.say(event, data, source=source, subject=subject)

    def _replacement(self, one: Told) -> Payload:
        found: Payload = {}
        if self.chance.random() < 0.6:
            found["data"] = {"confidentiality": "partners", "language": "fr", "evidence": [], **self._varied(one)}
        if not found or self.chance.random() < 0.5:
            found["occurred_on"] = self._day()
            found["occurred_precision"] = self.chance.choice(PRECISIONS)
        return found

    def _varied(self, one: Told) -> Payload:
        """Another payload that stays with the same objects."""
        data = deepcopy(one.data)
        for name in ("count", "headcount"):
            if name in data:
                data[name] = self._quantity()
        if "weekly_hours" in data:
            data["weekly_hours"] = self.chance.choice(["10", "21.33"])
        if "starts" in data:
            data["starts"] = self._day()
        data["territory_ids"] = self._places()
        varied = entities(f"{one.kind}.v1", data) == entities(f"{one.kind}.v1", one.data)
        return data if varied else {**data, "territory_ids": one.data["territory_ids"]}

    def _place(self) -> Payload:
        side = self.chance.choice("ab")
        return {"territory_id": f"t{self.number}-{side}", "territory_ids": [f"t{self.number}-{side}"]}

    def _accompaniment(self) -> Payload:
        """An accompaniment is of one territory."""
        place = self._place()
        name = f"{place['territory_id']}{self.chance.randrange(2)}"
        return {**place, "accompaniment_id": str(uuid5(UUID(int=self.number), name))}


def _appointed(story: Story) -> Payload:
    return {"adviser_id": story.id("adviser"), "member_id": story._member()}


def _assigned(story: Story) -> Payload:
    towards = story.chance.choice(["accompaniment_id", "project_id"])
    return {"adviser_id": story.id("adviser"), towards: story.id(towards)}


def _territory(story: Story) -> Payload:
    """Registered again, a territory is still what it was."""
    place = story._place()
    relations = random.Random(place["territory_id"]).sample(["is", "part", "member_of", "contains", "overlaps"], 2)
    links = [{"siren": "200000001", "relation": relation} for relation in relations]
    return {
        **place,
        "kind": "cc",
        "name": "Un territoire",
        "insee": [],
        "parts": [],
        "zonings": [],
        "epci_links": links,
    }


def _headcount(story: Story) -> Payload:
    """An activity belongs to one accompaniment, or to none."""
    number = story.chance.randrange(4)
    kind = ["interview", "workshop", "other", "collective"][number]
    found: Payload = {"activity": {"kind": kind, "id": str(uuid5(UUID(int=story.number), f"activity{number}"))}}
    if number != 1:
        found["accompaniment_id"] = str(uuid5(UUID(int=story.number), f"heads{number % 2}"))
    return {**found, "headcount": story._quantity(), "identified": story.chance.randrange(3)}


def _opened(story: Story) -> Payload:
    """A project is opened once, with its territories."""
    project = story.id("project_id")
    told = [one for one in story.told if one.kind == "projects.ProjectOpened" and one.data["project_id"] == project]
    if told:
        return deepcopy(told[0].data)
    about = {"title": "Un projet", "nature": "creation", "origin_kind": "idea", "member_id": story._member()}
    return {"project_id": project, "accompaniment_ids": [], "idea_ids": [], **about}


def _job(story: Story) -> Payload:
    """A job is of one activity of one project."""
    job = story.chance.randrange(3)
    names = {"job_id": f"job{job}", "activity_id": f"activity{job % 2}", "project_id": f"project_id{job % 2}"}
    found: Payload = {name: str(uuid5(UUID(int=story.number), text)) for name, text in names.items()}
    starts = story._day()
    found |= {"employer": "e", "position": "p", "starts": starts, "insertion": False, "attribution": []}
    found["contract"] = story.chance.choice(["open_ended", "fixed_term", "agency"])
    found["reference_hours"] = story.chance.choice(["35", "39"])
    if story.chance.random() < 0.7:
        found["weekly_hours"] = story.chance.choice(["17.5", "28", "0.3"])
    if story.chance.random() < 0.5:
        days = story.chance.choice([20, 28, 29, 30, 31, 90])
        found["expected_end"] = (date.fromisoformat(starts) + timedelta(days=days)).isoformat()
    return found


def _ended(story: Story) -> Payload:
    job = _job(story)
    return {**{name: job[name] for name in ("job_id", "activity_id", "project_id")}, "reason": "closure"}


def _activity(story: Story) -> Payload:
    job = _job(story)
    return {name: job[name] for name in ("activity_id", "project_id")}


def _of_project(**more: Any) -> Callable[[Story], Payload]:
    return lambda story: {"project_id": story.id("project_id"), **more}


def _batch(**choices: list[str]) -> Callable[[Story], Payload]:
    return lambda story: {
        "batch_id": str(UUID(int=story.chance.getrandbits(128))),
        "count": story._quantity(),
        "source": "s",
        **{name: story.chance.choice(words) for name, words in choices.items()},
    }


_CRITERIA = {"study": True, "partners": True, "project_holder": True, "model": True}
MAKERS: dict[str, Callable[[Story], Payload]] = {
    "ideation.AdviserAppointed": lambda s: {**_appointed(s), "share": s.chance.choice(["1", "0.5", "0.33335"])},
    "ideation.AdviserDeparted": _appointed,
    "ideation.AdviserAssigned": lambda s: {**_assigned(s), "share": "1"},
    "ideation.AdviserUnassigned": _assigned,
    "ideation.AdviserBatchDeclared": lambda s: {
        **_batch()(s),
        **({"member_id": s._member()} if s.chance.random() < 0.5 else {}),
    },
    "ideation.TerritoryRegistered": _territory,
    "ideation.TerritoryAdmitted": lambda s: {
        **s._accompaniment(),
        "operators": [{"member_id": s._member(), "role": "lead"}],
    },
    "ideation.OperatorAssigned": lambda s: {**s._accompaniment(), "member_id": s._member(), "role": "support"},
    "ideation.ActorRegistered": lambda s: {
        **{"actor_id": (actor := s.id("actor", 4)), "category": "resident", "consent": "given"},
        "kind": "person" if actor[0] in "01234567" else "organisation",
    },
    "ideation.ParticipationRecorded": lambda s: {
        **{"actor_id": s.id("actor", 4), "capacity": "contributor"},
        "activity": {"kind": "workshop", "id": s.id("workshop")},
    },
    "ideation.HeadcountDeclared": _headcount,
    "projects.ProjectOpened": _opened,
    "projects.ProjectQualified": _of_project(criteria=_CRITERIA, body="b"),
    "projects.LaunchPhaseOpened": _of_project(),
    "projects.ProjectNearingDeclared": _of_project(body="b", remaining=[]),
    "projects.ProjectAbandoned": _of_project(reason="other"),
    "projects.ProjectPaused": _of_project(reason="r"),
    "projects.ProjectResumed": _of_project(),
    "projects.ActivityStarted": lambda s: {**_activity(s), "kind": "permanent"},
    "projects.ActivityCeased": lambda s: {**_activity(s), "reason": "r"},
    "projects.JobCreated": _job,
    "projects.JobEnded": _ended,
    "projects.ProjectBatchDeclared": _batch(stage=["completed", "nearing", "completed_or_nearing"]),
    "projects.JobBatchDeclared": _batch(kind=["created", "consolidated"]),
}
