"""Facts of entities, as they are kept, and what amendments leave of them."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, Generic, TypeVar

import msgspec

from services.indicators import reading
from services.indicators.heard import Amending, Corrected, Placed, Said
from shared.kernel.dates import effective_day
from shared.kernel.record import Record

Other = TypeVar("Other", bound=Placed)


class Fact(msgspec.Struct, Generic[Said], frozen=True, gc=False):
    """One event as a fact of the entities it names. `day`: from which figures count it (proleptic ordinal)."""

    source: str
    sequence: int
    type: str
    time: str
    day: int
    occurred_on: str
    precision: str
    entities: tuple[str, ...]
    said: Said
    member: str
    """Whose service recorded it."""
    body: bytes
    """The bytes it is kept as, with everything of its record that a history shows."""

    @property
    def order(self) -> tuple[str, str, int]:
        """What decides between two facts about the same thing: never the order in which they were heard."""
        return (self.time, self.source, self.sequence)


AnyFact = Fact[Placed]


class _Kept(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a fact is kept: an array, which SQL reads too (`api.history`). Its fields only grow at the end."""

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
    entities: tuple[str, ...]
    data: msgspec.Raw


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(_Kept)


@lru_cache(maxsize=8192)
def member_of(source: str) -> str:
    """The member whose producer this is."""
    return source.split("/", 3)[2]


def fact_of_record(read: Record, said: Placed, entities: tuple[str, ...]) -> AnyFact:
    """The fact of a record that says this of these entities. Raises ValueError on a date that is none."""
    a = read.attributes
    day = day_of(a.occurredon, a.occurredprecision, a.time[:10])
    # In the order of `_Kept`, whose making would cost as much as the encoding.
    kept = (
        a.source,
        a.sequence,
        a.type,
        a.time,
        day,
        a.occurredon,
        a.occurredprecision,
        a.subject,
        a.origin,
        a.actor,
        a.role,
        entities,
        msgspec.Raw(read.data_bytes),
    )
    body = _ENCODER.encode(kept)
    member = member_of(a.source)
    return Fact(
        a.source, a.sequence, a.type, a.time, day, a.occurredon, a.occurredprecision, entities, said, member, body
    )


def read_kept(body: bytes) -> AnyFact:
    """A fact from the bytes it was kept as."""
    k = _DECODER.decode(body)
    said, member = reading.read(k.type, k.data), member_of(k.source)
    return Fact(k.source, k.sequence, k.type, k.time, k.day, k.occurred_on, k.precision, k.entities, said, member, body)


@lru_cache(maxsize=8192)
def day_of(occurred_on: str, precision: str, recorded: str) -> int:
    """The effective day of a fact recorded on that date, as an ordinal. Raises ValueError on a date that is none."""
    return effective_day(date.fromisoformat(occurred_on), precision, date.fromisoformat(recorded)).toordinal()


def those(facts: Iterable[AnyFact], shape: type[Other]) -> list[Fact[Other]]:
    """The facts that say this."""
    return [fact for fact in facts if type(fact.said) is shape]  # type: ignore[misc]


def live(facts: Sequence[AnyFact]) -> Sequence[AnyFact]:
    """The facts that hold: originals, without those voided and with what corrections put in their place.

    Of several amendments of one original the greatest (time, source, sequence) wins.
    """
    amending = [fact for fact in facts if isinstance(fact.said, Amending)]
    if not amending:
        return facts
    winners: dict[tuple[str, int, str], AnyFact] = {}
    for fact in amending:
        target = fact.said.target  # type: ignore[attr-defined]
        key = (target.source, target.sequence, target.type)
        if key not in winners or winners[key].order < fact.order:
            winners[key] = fact
    originals = (fact for fact in facts if not isinstance(fact.said, Amending))
    return [held for fact in originals for held in _amended(fact, winners.get((fact.source, fact.sequence, fact.type)))]


def _amended(fact: AnyFact, winner: AnyFact | None) -> Sequence[AnyFact]:
    if winner is None:
        return [fact]
    if not isinstance(winner.said, Corrected):
        return []
    instead = winner.said.replacement
    occurred = fact.occurred_on if instead.occurred_on is None else instead.occurred_on.isoformat()
    precision = instead.occurred_precision or fact.precision
    return [
        msgspec.structs.replace(
            fact,
            said=fact.said if instead.data is None else reading.replaced(fact.type, instead.data),
            occurred_on=occurred,
            precision=precision,
            day=day_of(occurred, precision, fact.time[:10]),
        )
    ]
