"""Facts of entities, as they are kept, and what amendments leave of them."""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, Generic, TypeVar

import msgspec

from services.indicators.heard import Amends, Corrected, Placed, Said, Voided
from services.indicators.reading import READING, Reading
from shared.contracts.authority import hangs_on, member_of
from shared.kernel import living
from shared.kernel.dates import effective_day, recorded_day
from shared.kernel.record import Record

Other = TypeVar("Other", bound=Placed)
# Who may see an amendment whose original is not known: those who may see everything.
_UNSEEN: Final = "member"
_DATED: Final = frozenset({"day", "month"})
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# As much of a record's time as its day depends on.
_HOUR: Final = len("2026-11-23T10")


class Fact(msgspec.Struct, Generic[Said], frozen=True, gc=False):
    """One event as a fact of the entities it names, in its newest shape."""

    source: str
    sequence: int
    type: str
    subject: str
    day: int
    """From which figures count it (proleptic ordinal)."""
    precision: str
    entities: tuple[str, ...]
    said: Said
    member: str
    """Whose service recorded it."""
    body: bytes
    """The bytes it is kept as, with everything of its record that a history shows."""

    @property
    def dated(self) -> bool:
        """Whether it is known to have happened in the month of its day."""
        return self.precision in _DATED


AnyFact = Fact[Placed]
# Facts that hold, by what they say.
Held = Mapping[type[Placed], Sequence[AnyFact]]


class Kept(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a fact is kept: an array, which SQL reads too (`api.history`), with type and payload as recorded."""

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
    visibility: str


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Kept)


def fact_of_record(
    read: Record, source: str, member: str, kind: str, said: Placed, entities: tuple[str, ...]
) -> AnyFact:
    """The fact of a record that says this of these entities. Raises ValueError on a date that is none.

    `source` is the record's, and `member` is whose it is; as the caller's own, they are the same texts for every fact.
    """
    a = read.attributes
    day, precision = _when(a.occurredon, a.occurredprecision, a.time[:_HOUR])
    # In the order of `Kept`, whose making would cost as much as the encoding.
    kept = (
        source,
        a.sequence,
        a.type,
        a.time,
        day,
        a.occurredon,
        precision,
        a.subject,
        a.origin,
        a.actor,
        a.role,
        entities,
        msgspec.Raw(read.data_bytes),
        _UNSEEN if isinstance(said, Amends) else said.confidentiality,
    )
    body = _ENCODER.encode(kept)
    return Fact(source, a.sequence, kind, a.subject, day, precision, entities, said, member, body)


def kept(body: bytes) -> Kept:
    """What is kept of a fact."""
    return _DECODER.decode(body)


def read_kept(body: bytes, reading: Reading = READING) -> AnyFact:
    """A fact from the bytes it was kept as."""
    k = _DECODER.decode(body)
    kind, read = reading.way(k.type)
    member = member_of(k.source)
    return Fact(k.source, k.sequence, kind, k.subject, k.day, k.precision, k.entities, read(k.data), member, body)


@lru_cache(maxsize=8192)
def _when(occurred_on: str, precision: str, hour: str) -> tuple[int, str]:
    """The effective day of a fact recorded in that hour (`2026-11-23T10`), as an ordinal.

    Beside it the precision, as one text for all facts. Raises ValueError on a date that is none.
    """
    if not _DATE.fullmatch(occurred_on):
        raise ValueError(f"{occurred_on!r} is no date")
    return _day(date.fromisoformat(occurred_on), precision, hour), sys.intern(precision)


def _day(occurred_on: date, precision: str, hour: str) -> int:
    try:
        recorded = recorded_day(hour)
    except OverflowError:  # the last hours of the year 9999
        recorded = date.max
    return effective_day(occurred_on, precision, recorded).toordinal()


def live(facts: Sequence[AnyFact]) -> Sequence[AnyFact]:
    """The facts that hold, of those of one entity: without what is voided, and as corrections say."""
    return living.live(facts, amendment_of, place_of, hangs_on, _corrected)


def held(facts: Sequence[AnyFact]) -> Held:
    """The facts that hold, by what they say."""
    return amending(facts)[0]


def amending(facts: Sequence[AnyFact]) -> tuple[Held, bool]:
    """The facts that hold, by what they say; and whether any of `facts` amends."""
    found = _by_shape(facts)
    if Voided in found or Corrected in found:
        return _by_shape(live(facts)), True
    return found, False


def _by_shape(facts: Sequence[AnyFact]) -> Held:
    if len(facts) == 1:
        return {type(facts[0].said): facts}
    found: dict[type[Placed], list[AnyFact]] = {}
    for fact in facts:
        its = found.get(shape := type(fact.said))
        if its is None:
            found[shape] = [fact]
        else:
            its.append(fact)
    return found


def those(facts: Held, shape: type[Other]) -> Sequence[Fact[Other]]:
    """The facts that say this."""
    return facts.get(shape, ())  # type: ignore[return-value]


def several(facts: Held, shapes: Iterable[type[Placed]]) -> list[AnyFact]:
    """The facts that say one of these."""
    return [fact for shape in shapes for fact in facts.get(shape, ())]


def place_of(fact: AnyFact) -> living.Place:
    """Where it stands in its stream."""
    return living.Place(fact.source, fact.subject, fact.sequence, fact.type, fact.entities)


def amendment_of(fact: AnyFact) -> living.Amendment | None:
    """What it amends, if it is an amendment."""
    said = fact.said
    if not isinstance(said, Amends):
        return None
    return living.Amendment(place_of(fact), said.sequence, said.type, isinstance(said, Voided))


def _corrected(original: AnyFact, correction: AnyFact) -> AnyFact:
    said = correction.said
    assert isinstance(said, Corrected)
    day = _day(said.occurred_on, said.precision, kept(original.body).time[:_HOUR])
    return msgspec.structs.replace(original, said=said.instead, day=day, precision=said.precision)
