"""From a producer's raw records to facts: the chain, the keys, the contracts; what is bad is told apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from services.indicators.facts import Fact, day_of
from services.indicators.reading import check
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
    facts: list[Fact] = field(default_factory=list)
    parked: list[Park] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    stop: Stop | None = None


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
    key, last = keyid(public), None
    for row in rows:
        try:
            read = record.read(row.value)
            link = advance(result.link, read, source)
            a = read.attributes
            if a.keyid != key:
                raise Broken("chain.key", f"sequence {a.sequence} is signed by another key")
            if each and link is not None and not verify(public, read.signed, a.signature):
                raise Broken("chain.signature", f"sequence {a.sequence} is not signed by its producer's key")
        except (Unreadable, Broken) as error:
            result.stop = Stop(row.offset, error.code, error.message, row.value)
            break
        result.next_offset = row.offset + 1
        if link is not None:
            result.link, last = link, read
            _sort(read, parked, result)
    return last


def _sort(read: record.Record, parked: set[str], result: Decoded) -> None:
    attributes = read.attributes
    if attributes.type not in contracts.events():
        result.unknown.append(attributes.type)
    elif attributes.subject in parked:
        result.parked.append(Park(read, "parked.behind: an earlier event of this stream is parked"))
    else:
        try:
            result.facts.append(fact_of(read))
        except ValueError as error:
            parked.add(attributes.subject)
            result.parked.append(Park(read, f"payload.contract: {error}"[:500]))


def fact_of(read: record.Record) -> Fact:
    """The fact of a record. Raises ValueError (msgspec's is one) if its payload or its date breaks the contract."""
    a = read.attributes
    data = read.data
    check(a.type, read.data_bytes)
    named = entities(a.type, data)
    if not named:
        raise msgspec.ValidationError("the event names no object")
    if a.type.endswith(".RecordCorrected.v1"):
        replacement = data["replacement"].get("data")
        if replacement is not None and entities(data["target"]["type"], replacement) != named:
            raise msgspec.ValidationError("a correction stays with the objects of its original")
    day = day_of(a.occurredon, a.occurredprecision, a.time)
    return Fact(
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
        named,
        data,
    )
