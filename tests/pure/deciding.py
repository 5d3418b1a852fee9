"""Given what was recorded and heard, when a command is asked, then these facts, or this refusal. No server."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson

from shared.amending.streams import Door, live
from shared.kernel import canonical
from shared.kernel.decider import Context, Draft, Events, Known, Located, Lookup, RecordAddress, RecordedEvent, Spec
from shared.kernel.fields import Payload
from shared.kernel.refusals import Refused
from shared.runtime.service import Definition

OWN: Final = "cluster-jura"
COORDINATOR: Final = "coordination"
NOW: Final = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY: Final = date(2026, 11, 23)
BEFORE: Final = date(2026, 11, 20)
RECORDED: Final = "2026-11-20T10:00:00.000000Z"
AUTHOR: Final = "adviser-7"
JURA: Final = "cc-jura"
ELSEWHERE: Final = "cc-elsewhere"
OPERATED: Final = "00000000-0000-7000-8000-000000000001"
FOREIGN: Final = "00000000-0000-7000-8000-000000000002"
WORLD: Final[Mapping[str, Any]] = {
    f"territory/{JURA}": {"name": "Jura"},
    f"territory/{ELSEWHERE}": {"name": "Elsewhere"},
    f"accompaniment/{OPERATED}": {"territory_id": JURA, "operators": [OWN]},
    f"accompaniment/{FOREIGN}": {"territory_id": ELSEWHERE, "operators": ["another-member"]},
}
HERE: Final = {"territory_ids": [JURA], "accompaniment_id": OPERATED}
_ROLES: Final = ("AD", "ME", "RE", "TR", "AC", "PH", "CO")


def uid(number: int) -> str:
    """An id for tests."""
    return f"11111111-0000-7000-8000-{number:012d}"


def told(payload: type[Payload], /, **fields: Any) -> Payload:
    """A fact, from what a command would give."""
    return payload.model_validate_json(orjson.dumps(fields), strict=True)


@dataclass(frozen=True)
class Outcome:
    """What a decision gave: drafts, or a refusal."""

    drafts: Sequence[Draft] = ()
    refused: Refused | None = None

    def then(self, *facts: Payload) -> None:
        """These facts and no others, in this order."""
        assert self.refused is None, f"refused: {self.refused}"
        assert [(d.type, dict(d.data)) for d in self.drafts] == [(f.TYPE, f.payload()) for f in facts]

    def then_types(self, *payloads: type[Payload]) -> None:
        """Facts of these types, in this order."""
        assert self.refused is None, f"refused: {self.refused}"
        assert [d.type for d in self.drafts] == [p.TYPE for p in payloads]

    def then_refused(self, code: str, *path: str) -> Refused:
        """No fact, and this stable code, told in both languages; at this field, if one is named."""
        assert self.refused is not None, f"accepted: {self.drafts}"
        assert self.refused.code == code, f"{self.refused} {self.refused.path}"
        assert self.refused.en and self.refused.fr and self.refused.en != self.refused.fr
        assert not path or self.refused.path == path
        return self.refused

    @property
    def first(self) -> Mapping[str, Any]:
        """The data of the first fact, which others may follow."""
        assert self.refused is None, self.refused
        return self.drafts[0].data

    @property
    def only(self) -> Mapping[str, Any]:
        """The data of the only fact."""
        assert self.refused is None, self.refused
        (draft,) = self.drafts
        return draft.data


@dataclass(frozen=True)
class Given:
    """A service's past, what it heard, and who asks when. The place of a fact among those given is its sequence."""

    service: Definition
    events: tuple[RecordedEvent[Payload], ...] = ()
    heard: Mapping[str, Any] = field(default_factory=lambda: WORLD)
    who: Mapping[str, Any] = field(default_factory=dict)
    times: Mapping[str, Any] = field(default_factory=dict)

    @property
    def door(self) -> Door:
        """Where the service's own events come in."""
        return self.service.door

    def given(self, *facts: Payload, on: date = BEFORE, **more: Any) -> "Given":
        """These facts were recorded, in this order, of this day; `more` is what else their records say."""
        versions = Counter(_stream(event) for event in self.events)
        found = list(self.events)
        for fact in facts:
            versions[fact.stream()] += 1
            said = {"type": fact.TYPE, "time": RECORDED, "precision": "day", "actor": AUTHOR, "occurred_on": on, **more}
            found.append(RecordedEvent(fact=fact, version=versions[fact.stream()], **said))
        return replace(self, events=tuple(found))

    def hearing(self, heard: Mapping[str, Any]) -> "Given":
        """What was heard of others by name, beside the usual; None for what is not known."""
        return replace(self, heard={**self.heard, **heard})

    def by(self, role: str, member: str | None = None, **who: Any) -> "Given":
        """Who asks: a role, its member, and whatever else of the context differs."""
        whose = member or (COORDINATOR if role == "CO" else OWN)
        return replace(self, who={**self.who, "role": role, "member": whose, **who})

    def on(self, day: date, precision: str = "day", **more: Any) -> "Given":
        """When it happened."""
        return replace(self, times={"occurred_on": day, "precision": precision, **more})

    def legacy(self) -> "Given":
        """Told of the time before the tool."""
        return replace(self, times={**self.times, "origin": "legacy"})

    def when(self, name: str, /, **fields: Any) -> Outcome:
        """The command is asked."""
        spec = self.service.specs[name]
        context = self._context(spec)
        try:
            asked = spec.model.model_validate_json(orjson.dumps(fields), strict=True)
            past = self._past(spec.stream(asked), context.member)
            known = self._known(spec.lookups(asked, past), context.member)
            drafts = spec.decide(asked, spec.fold(past), context, known)
        except Refused as refused:
            return Outcome(refused=refused)
        assert {d.type for d in drafts} <= set(spec.emits)
        for draft in drafts:
            canonical.encode(dict(draft.data))
            assert self.door.read(draft.type, draft.data).payload() == draft.data
        return Outcome(drafts)

    def correct(self, sequence: int, reason: str = "typo", as_: str | None = None, /, **changes: Any) -> Outcome:
        """The record in this place is corrected, with the fields of its own command or of another, if one is named."""
        asked = {"changes": {as_ or self.command_of(sequence): changes}, "reason": reason}
        return self.when("CorrectRecord", target=self.target(sequence), **asked)

    def void(self, sequence: int, reason: str = "error") -> Outcome:
        """The record in this place is voided."""
        return self.when("VoidRecord", target=self.target(sequence), reason=reason)

    def corrected(self, sequence: int, /, **changes: Any) -> "Given":
        """It was corrected."""
        return self.recording(self.correct(sequence, **changes))

    def voided(self, sequence: int) -> "Given":
        """It was voided."""
        return self.recording(self.void(sequence))

    def recording(self, outcome: Outcome, **more: Any) -> "Given":
        """What was decided was recorded."""
        assert outcome.refused is None, f"refused: {outcome.refused}"
        return self.given(*(self.door.read(d.type, d.data) for d in outcome.drafts), **more)

    def target(self, sequence: int) -> dict[str, Any]:
        """How an amendment names the record in this place."""
        member = self._context(self.service.specs["VoidRecord"]).member
        return {"source": f"/members/{member}/{self.service.name}", "sequence": sequence}

    def command_of(self, sequence: int) -> str:
        """The command that recorded what is in this place."""
        kind = self.events[sequence - 1].fact.TYPE
        return next(name for name, spec in self.service.specs.items() if spec.emits[0] == kind)

    def live(self, stream: str, member: str = OWN) -> Events:
        """What still holds of a stream."""
        return live([event for event in self.events if _stream(event) == stream], member, self.door)

    def _past(self, address: str | RecordAddress, member: str) -> Events | Located:
        if isinstance(address, str):
            return self.live(address, member)
        event = self.events[address.sequence - 1]
        return Located([one for one in self.events if _stream(one) == _stream(event)], event.version)

    def _context(self, spec: Spec[Any, Any]) -> Context:
        role = next(r for r in _ROLES if r in spec.roles)
        usual = {
            "now": NOW,
            "today": TODAY,
            "member": COORDINATOR if role == "CO" else OWN,
            "coordinator": COORDINATOR,
            "role": role,
            "actor": AUTHOR,
            "occurred_on": TODAY,
            "precision": "day",
            "origin": "live",
        }
        return Context(**{**usual, **self.who, **self.times})

    def _known(self, lookups: Sequence[Lookup], member: str) -> Known:
        names = {_stream(event) for event in self.events}
        own = {one.name for one in lookups if one.kind in ("stream", "either")}
        asked = {one.name for one in lookups if one.kind in ("exists", "either_exists")}
        for one in lookups:
            if one.kind == "naming":
                own |= {_stream(e) for e in self.events if _stream(e).startswith(one.name) and _says(e, one.text)}
        heard = {one.name for one in lookups if one.kind in ("replica", "either", "either_exists")} - names
        return Known(
            streams={name: self.live(name, member) for name in own & names},
            existing=frozenset(name for name in asked & names - own if self.live(name, member)),
            replicas={name: view for name in heard if (view := self.heard.get(name)) is not None},
        )


def _stream(event: RecordedEvent[Payload]) -> str:
    return event.fact.stream()


def _says(event: RecordedEvent[Payload], text: str) -> bool:
    return text.encode() in canonical.encode(event.fact.payload())
