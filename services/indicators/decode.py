"""From a producer's raw records to facts: the chain, the keys, the contracts; what is bad is told apart."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field

import msgspec

from services.indicators import heard, reading
from services.indicators.facts import AnyFact, fact_of_record
from shared import contracts
from shared.contracts.routing import entities
from shared.kernel import record
from shared.kernel.chain import Link, advance
from shared.kernel.keys import keyid, verify
from shared.kernel.refusals import Broken, Unreadable
from shared.runtime.consume import Raw


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a producer is stopped, with the record as evidence."""

    offset: int
    code: str
    reason: str
    record: bytes


@dataclass(frozen=True, slots=True)
class Park:
    """A record of the chain whose payload cannot be counted."""

    read: record.Record
    reason: str


@dataclass(slots=True)
class Decoded:
    """What a stretch of one topic holds: how far it was read, the chain's new end, and what came of it."""

    next_offset: int
    link: Link
    facts: list[AnyFact] = field(default_factory=list)
    parked: list[Park] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    stop: Stop | None = None

    def go_on(self, more: "Decoded") -> None:
        """Takes in what follows."""
        self.next_offset, self.link, self.stop = more.next_offset, more.link, more.stop
        self.facts += more.facts
        self.parked += more.parked
        self.unknown += more.unknown


def decode(rows: Sequence[Raw], source: str, public: bytes, link: Link, next_offset: int, parked: set[str]) -> Decoded:
    """Walks the chain through `rows`; `parked` names the streams whose later events park behind an earlier one.

    Only the last record's signature is verified: it covers the signed parts before it. If it does not hold, the
    records are verified one by one and the producer stops at the first that does not.
    """
    before = frozenset(parked)
    result = Decoded(next_offset, link)
    last = _walk(rows, source, public, parked, result, each=False)
    if last is not None and not verify(public, last.signed, last.attributes.signature):
        parked.clear()
        parked |= before
        result = Decoded(next_offset, link)
        _walk(rows, source, public, parked, result, each=True)
    return result


def _walk(
    rows: Sequence[Raw], source: str, public: bytes, parked: set[str], result: Decoded, each: bool
) -> record.Record | None:
    """The last record that is new, in case its signature is to be verified; what came of all of them in `result`.

    Nothing but facts outlives its turn: fresh memory for every record's bytes would cost as much as reading them.
    """
    key, known, last = keyid(public), contracts.events(), None
    for row in rows:
        value = row.value or b""
        try:
            read = record.read(value)
            link = advance(result.link, read, source)
            a = read.attributes
            if a.keyid != key:
                raise Broken("chain.key", f"sequence {a.sequence} is signed by another key")
            if each and link is not None and not verify(public, read.signed, a.signature):
                raise Broken("chain.signature", f"sequence {a.sequence} is not signed by its producer's key")
        except (Unreadable, Broken) as error:
            result.stop = Stop(row.offset, error.code, error.message, value)
            break
        result.next_offset = row.offset + 1
        if link is not None:
            result.link, last = link, read
            _sort(read, known, parked, result)
    return last


def _sort(read: record.Record, known: Container[str], parked: set[str], result: Decoded) -> None:
    attributes = read.attributes
    if attributes.type not in known:
        result.unknown.append(attributes.type)
    elif attributes.subject in parked:
        result.parked.append(Park(read, "parked.behind: an earlier event of this stream is parked"))
    else:
        try:
            result.facts.append(fact_of(read))
        except ValueError as error:
            parked.add(attributes.subject)
            result.parked.append(Park(read, f"payload.contract: {error}"[:500]))


def fact_of(read: record.Record) -> AnyFact:
    """The fact of a record. Raises ValueError (msgspec's is one) if its payload or its date breaks the contract."""
    kind = read.attributes.type
    said = reading.read(kind, read.data_bytes)
    named = entities(kind, read.data)
    if not named:
        raise msgspec.ValidationError("the event names no object")
    replacement = said.replacement.data if isinstance(said, heard.Corrected) else None
    if replacement is not None and entities(read.data["target"]["type"], replacement) != named:
        raise msgspec.ValidationError("a correction stays with the objects of its original")
    return fact_of_record(read, said, tuple(named))
