"""Given what was recorded and heard, when a command is asked, then these facts, or this refusal. No server."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson

from shared.kernel.decider import Context, Draft, Need, Past, Spec
from shared.kernel.fields import Payload
from shared.kernel.refusals import Refused

OWN: Final = "cluster-jura"
COORDINATOR: Final = "coordination"
NOW: Final = datetime(2026, 11, 23, 10, tzinfo=UTC)
TODAY: Final = date(2026, 11, 23)
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
_ROLES: Final = ("AD", "ME", "CO", "RE", "TR", "AC", "PH")


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
        if self.refused is not None:
            raise AssertionError(f"refused: {self.refused}")
        assert [(d.type, dict(d.data)) for d in self.drafts] == [(f.TYPE, f.payload()) for f in facts]

    def then_types(self, *payloads: type[Payload]) -> None:
        """Facts of these types, in this order."""
        if self.refused is not None:
            raise AssertionError(f"refused: {self.refused}")
        assert [d.type for d in self.drafts] == [p.TYPE for p in payloads]

    def then_refused(self, code: str) -> None:
        """No fact, and this stable code, told in both languages."""
        assert self.refused is not None, f"accepted: {self.drafts}"
        assert self.refused.code == code
        assert self.refused.en
        assert self.refused.fr
        assert self.refused.en != self.refused.fr

    @property
    def only(self) -> Mapping[str, Any]:
        """The data of the only fact."""
        assert self.refused is None, self.refused
        (draft,) = self.drafts
        return draft.data


@dataclass(frozen=True)
class Given:
    """A service's past, what it heard, and who asks when."""

    specs: Mapping[str, Spec[Any, Any]]
    facts: tuple[Payload, ...] = ()
    heard: Mapping[str, Any] = field(default_factory=lambda: WORLD)
    who: Mapping[str, Any] = field(default_factory=dict)
    times: Mapping[str, Any] = field(default_factory=dict)

    def given(self, *facts: Payload) -> "Given":
        """These facts were recorded, in this order."""
        return replace(self, facts=(*self.facts, *facts))

    def hearing(self, heard: Mapping[str, Any]) -> "Given":
        """References and records by name, beside the usual ones; None for what is not known."""
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
        spec = self.specs[name]
        asked = spec.model.model_validate_json(orjson.dumps(fields), strict=True)
        known = {need.name: self._known(need) for need in spec.needs(asked)}
        past = _past(spec.stream(asked), self.facts)
        try:
            drafts = spec.decide(asked, spec.fold(past), self._context(spec), known)
        except Refused as refused:
            return Outcome(refused=refused)
        assert {d.type for d in drafts} <= set(spec.emits)
        return Outcome(drafts)

    def _context(self, spec: Spec[Any, Any]) -> Context:
        role = next(r for r in _ROLES if r in spec.roles)
        usual = {
            "now": NOW,
            "today": TODAY,
            "member": COORDINATOR if role == "CO" else OWN,
            "coordinator": COORDINATOR,
            "role": role,
            "actor": "adviser-7",
            "occurred_on": TODAY,
            "precision": "day",
            "origin": "live",
        }
        return Context(**{**usual, **self.who, **self.times})

    def _known(self, need: Need) -> Any:
        if need.kind in ("reference", "record"):
            return self.heard.get(need.name)
        past = _past(need.name, self.facts)
        return past or (self.heard.get(need.name) if need.kind == "either" else None)


def _past(stream: str, facts: Iterable[Payload]) -> list[Past]:
    own = [fact for fact in facts if fact.stream() == stream]
    return [Past(f.TYPE, f.payload(), "2026-11-22T10:00:00.000000Z", "AD", at) for at, f in enumerate(own, 1)]
