"""Facts of entities, as they are kept, and what amendments leave of them."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

import msgspec

from shared.kernel.dates import effective_day

CORRECTED: Final = ("ideation.RecordCorrected.v1", "projects.RecordCorrected.v1")
VOIDED: Final = ("ideation.RecordVoided.v1", "projects.RecordVoided.v1")
AMENDING: Final = frozenset(CORRECTED + VOIDED)


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One event as a fact of the entities it names. `day`: from which figures count it (proleptic ordinal)."""

    source: str
    sequence: int
    type: str
    time: str
    day: int
    occurred_on: str
    precision: str
    subject: str
    origin: str
    actor: str
    role: str
    entities: list[str]
    data: dict[str, Any]

    @property
    def order(self) -> tuple[str, str, int]:
        """What decides between two facts about the same thing: never the order in which they were heard."""
        return (self.time, self.source, self.sequence)

    @property
    def member(self) -> str:
        """Whose service recorded it."""
        return self.source.split("/", 3)[2]


def day_of(occurred_on: str, precision: str, time: str) -> int:
    """The effective day of a record, as an ordinal. Raises ValueError on a date that is none."""
    return _day(occurred_on, precision, time[:10])


@lru_cache(maxsize=8192)
def _day(occurred_on: str, precision: str, recorded: str) -> int:
    return effective_day(date.fromisoformat(occurred_on), precision, date.fromisoformat(recorded)).toordinal()


def live(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that hold: originals, without those voided and with what corrections put in their place.

    Of several amendments of one original the greatest (time, source, sequence) wins.
    """
    kept = list(facts)
    amending = [fact for fact in kept if fact.type in AMENDING]
    if not amending:
        return kept
    winners: dict[tuple[str, int, str], Fact] = {}
    for fact in amending:
        target = fact.data["target"]
        key = (target["source"], target["sequence"], target["type"])
        if key not in winners or winners[key].order < fact.order:
            winners[key] = fact
    return [held for fact in kept if fact.type not in AMENDING for held in _amended(fact, winners)]


def _amended(fact: Fact, winners: dict[tuple[str, int, str], Fact]) -> Sequence[Fact]:
    winner = winners.get((fact.source, fact.sequence, fact.type))
    if winner is None:
        return [fact]
    if winner.type in VOIDED:
        return []
    instead = winner.data["replacement"]
    occurred = instead.get("occurred_on", fact.occurred_on)
    precision = instead.get("occurred_precision", fact.precision)
    return [
        msgspec.structs.replace(
            fact,
            data=instead.get("data", fact.data),
            occurred_on=occurred,
            precision=precision,
            day=day_of(occurred, precision, fact.time),
        )
    ]
