"""Facts from proven records, and which of them hold after corrections and voids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, TypeVar

from services.audit import days, payloads
from services.audit.attributes import Record, member_of
from services.audit.payloads import Unfit

_PRECISIONS: Final = ("day", "month", "quarter", "year", "at_latest")


@dataclass(frozen=True, slots=True)
class Fact:
    """What one record states, at the day from which it counts."""

    kind: str
    source: str
    sequence: int
    time: str
    recorded: date
    occurred: date
    precision: str
    day: date
    data: Mapping[str, Any]

    @property
    def told(self) -> tuple[str, str, int]:
        """Order of recording, the same for every reader."""
        return self.time, self.source, self.sequence

    @property
    def happened(self) -> tuple[date, str, str, int]:
        """Order of happening; within a day, order of recording."""
        return self.day, *self.told

    @property
    def territories(self) -> set[str]:
        """Scopes of the territories that the fact names."""
        return {f"territory/{one}" for one in self.data["territory_ids"]}

    @property
    def teller(self) -> str:
        """Scope of the member that recorded the fact."""
        return f"member/{member_of(self.source)}"


@dataclass(frozen=True, slots=True)
class Amendment:
    """A correction (`data`, `occurred` or `precision` given) or a void of one record."""

    source: str
    sequence: int
    time: str
    target: tuple[str, int, str]
    void: bool
    data: Mapping[str, Any] | None = None
    occurred: date | None = None
    precision: str | None = None

    @property
    def told(self) -> tuple[str, str, int]:
        """Order of recording: of several amendments of one record the last told wins."""
        return self.time, self.source, self.sequence

    def of(self, fact: Fact) -> Fact:
        """The corrected fact: what is not replaced stays, and the time of recording always does."""
        occurred, precision = self.occurred or fact.occurred, self.precision or fact.precision
        return replace(
            fact,
            data=fact.data if self.data is None else self.data,
            occurred=occurred,
            precision=precision,
            day=days.effective(occurred, precision, fact.recorded),
        )


Told = TypeVar("Told", Fact, Amendment)


@dataclass(slots=True)
class Facts:
    """All facts that figures need. A payload that cannot be read parks its record, and its stream behind it."""

    facts: list[Fact] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    members: set[str] = field(default_factory=set)
    territories: set[str] = field(default_factory=set)
    parked: list[tuple[str, int, str]] = field(default_factory=list)
    _streams: set[tuple[str, str]] = field(default_factory=set)

    def hear(self, record: Record) -> None:
        """Takes one proven record; a type that moves no figure is passed."""
        found = record.attributes
        kind: str = found["type"]
        self.members.add(member_of(found["source"]))
        amends = payloads.is_amendment(kind)
        if not amends and kind not in payloads.READ:
            return
        stream = (found["source"], found["subject"])
        if stream in self._streams:
            self.parked.append((found["source"], record.sequence, "behind a parked record of its stream"))
            return
        try:
            if amends:
                self._amend(found, record.data)
            else:
                self._state(found, payloads.read(kind, record.data))
        except Unfit as why:
            self._streams.add(stream)
            self.parked.append((found["source"], record.sequence, str(why)))

    def _state(self, found: dict[str, Any], data: dict[str, Any]) -> None:
        recorded, occurred = date.fromisoformat(found["time"][:10]), date.fromisoformat(found["occurredon"])
        precision = found["occurredprecision"]
        self.territories.update(data["territory_ids"])
        self.facts.append(
            Fact(
                found["type"], found["source"], found["sequence"], found["time"], recorded, occurred, precision,
                days.effective(occurred, precision, recorded), data,
            )
        )  # fmt: skip

    def _amend(self, found: dict[str, Any], data: dict[str, Any]) -> None:
        target = data.get("target")
        if not isinstance(target, dict):
            raise Unfit("target: an object is expected")
        kind = payloads.text(target.get("type"))
        named = (payloads.text(target.get("source")), payloads.whole(target.get("sequence")), kind)
        void = ".RecordVoided." in found["type"]
        new: dict[str, Any] = {}
        if not void and kind in payloads.READ:
            new = _replacement(kind, data.get("replacement"))
        self.amendments.append(Amendment(found["source"], found["sequence"], found["time"], named, void, **new))

    def live(self, position: Mapping[str, int]) -> dict[str, list[Fact]]:
        """The facts that hold among the records up to these sequences, by event type, in order of happening."""
        verdicts: dict[tuple[str, int, str], Amendment] = {}
        for one in sorted(_within(self.amendments, position), key=lambda one: one.told):
            verdicts[one.target] = one
        holding = []
        for fact in _within(self.facts, position):
            verdict = verdicts.get((fact.source, fact.sequence, fact.kind))
            if verdict is None:
                holding.append(fact)
            elif not verdict.void:
                holding.append(verdict.of(fact))
        by_kind: dict[str, list[Fact]] = {}
        for fact in sorted(holding, key=lambda fact: fact.happened):
            by_kind.setdefault(fact.kind, []).append(fact)
        return by_kind


def _within(found: Iterable[Told], position: Mapping[str, int]) -> list[Told]:
    return [one for one in found if one.sequence <= position.get(one.source, 0)]


def _replacement(kind: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Unfit("replacement: an object is expected")
    new: dict[str, Any] = {}
    if "data" in given:
        if not isinstance(given["data"], dict):
            raise Unfit("replacement.data: an object is expected")
        new["data"] = payloads.read(kind, given["data"])
    if "occurred_on" in given:
        new["occurred"] = payloads.day(given["occurred_on"])
    if "occurred_precision" in given:
        new["precision"] = payloads.one_of(*_PRECISIONS)(given["occurred_precision"])
    return new
