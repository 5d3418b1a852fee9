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
    result = Decoded(next_offset, link)
    walked = _walk(rows, source, keyid(public), result)
    if walked and not verify(public, walked[-1].signed, walked[-1].attributes.signature):
        walked = _until_unsigned(rows, walked, public, link, next_offset, result)
    for read in walked:
        _sort(read, parked, result)
    return result


def _walk(rows: Sequence[Raw], source: str, key: str, result: Decoded) -> list[record.Record]:
    walked: list[record.Record] = []
    for row in rows:
        try:
            read = record.read(row.value)
            link = advance(result.link, read, source)
            if read.attributes.keyid != key:
                raise Broken("chain.key", f"sequence {read.attributes.sequence} is signed by another key")
        except (Unreadable, Broken) as error:
            result.stop = Stop(row.offset, error.code, error.message, row.value)
            break
        result.next_offset = row.offset + 1
        if link is not None:
            result.link = link
            walked.append(read)
    return walked


def _until_unsigned(
    rows: Sequence[Raw],
    walked: list[record.Record],
    public: bytes,
    link: Link,
    next_offset: int,
    result: Decoded,
) -> list[record.Record]:
    offsets = {row.value: row.offset for row in reversed(rows)}
    good: list[record.Record] = []
    for read in walked:
        if not verify(public, read.signed, read.attributes.signature):
            reason = f"sequence {read.attributes.sequence} is not signed by its producer's key"
            result.stop = Stop(offsets[read.raw], "chain.signature", reason, read.raw)
            break
        good.append(read)
    # Back to the last record that holds.
    result.link = Link(good[-1].attributes.sequence, good[-1].digest) if good else link
    result.next_offset = offsets[good[-1].raw] + 1 if good else next_offset
    return good


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
    check(a.type, data)
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
