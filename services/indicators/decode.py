"""From a producer's raw records to facts: the chain, the keys, the door; what is bad is told apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, NamedTuple

from services.indicators.door import Door, Passed, SetAside, holds_back
from services.indicators.facts import AnyFact
from shared.kernel import record
from shared.kernel.chain import Link, advance
from shared.kernel.keys import keyid, verify
from shared.kernel.refusals import Broken, Unreadable
from shared.runtime.consume import Raw

EQUIVOCATION: Final = "chain.equivocation"
HOLE: Final = "chain.hole"
# No record of the position is known to stand in the topic.
NOWHERE: Final = -1


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


class Repeated(NamedTuple):
    """A record that comes again, whole in itself; whether it is the one that was counted is not said yet."""

    row: Raw
    sequence: int
    digest: str


@dataclass(slots=True)
class Decoded:
    """What a stretch of one topic holds: how far it was read, the chain's new end, and what came of it.

    `at`: the offset of the record at the chain's end; NOWHERE if it was not met. `digests`: of the records that are
    new, up to the chain's end. After a stop `next_offset` is that of the record which caused it.
    """

    next_offset: int
    link: Link
    at: int = NOWHERE
    digests: list[str] = field(default_factory=list)
    repeated: list[Repeated] = field(default_factory=list)
    facts: list[AnyFact] = field(default_factory=list)
    parked: list[Park] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    stop: Stop | None = None

    def go_on(self, more: "Decoded") -> None:
        """Takes in what follows."""
        self.next_offset, self.link, self.at, self.stop = more.next_offset, more.link, more.at, more.stop
        self.digests += more.digests
        self.facts += more.facts
        self.parked += more.parked
        self.unknown += more.unknown


def decode(
    rows: Sequence[Raw], door: Door, public: bytes, link: Link, next_offset: int, held: set[str], at: int = NOWHERE
) -> Decoded:
    """Walks the chain through `rows`; `held` names the streams whose later events park behind an earlier one.

    Only the last record's signature is verified: it covers the signed parts before it. If it does not hold, the
    records are verified one by one and the producer stops at the first that does not.
    """
    before = frozenset(held)
    result = Decoded(next_offset, link, at)
    last = _walk(rows, door, public, held, result, each=False)
    if last is not None and not verify(public, last.signed, last.attributes.signature):
        held.clear()
        held |= before
        result = Decoded(next_offset, link, at)
        _walk(rows, door, public, held, result, each=True)
    return result


def _walk(
    rows: Sequence[Raw], door: Door, public: bytes, held: set[str], result: Decoded, each: bool
) -> record.Record | None:
    """The last record that is new, in case its signature is to be verified; what came of all of them in `result`.

    Nothing but facts outlives its turn: fresh memory for every record's bytes would cost as much as reading them.
    """
    key, source, last = keyid(public), door.source, None
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
            if link is None:
                _repeat(read, row, public, result)
        except (Unreadable, Broken) as error:
            result.stop = Stop(row.offset, error.code, error.message, value)
            result.next_offset = row.offset
            break
        result.next_offset = row.offset + 1
        if link is not None:
            result.link, last, result.at = link, read, row.offset
            result.digests.append(link.digest)
            _sort(read, door, held, result)
    return last


def _repeat(read: record.Record, row: Raw, public: bytes, result: Decoded) -> None:
    """Notes a record that comes again. Raises Broken if it is not what it says itself, or cannot be a repetition."""
    a = read.attributes
    if a.sequence < 1 or not is_whole(read, public):
        raise other_bytes(a.sequence)
    if a.sequence == result.link.sequence:
        result.at = row.offset
    result.repeated.append(Repeated(row, a.sequence, read.digest))


def is_whole(read: record.Record, public: bytes) -> bool:
    """Whether data and signature are those of the signed part: one digest of that then stands for all bytes."""
    a = read.attributes
    return sha256(read.data_bytes).hexdigest() == a.datadigest and verify(public, read.signed, a.signature)


def other_bytes(sequence: int) -> Broken:
    """What is said of a sequence that was counted and comes again with other bytes."""
    return Broken(EQUIVOCATION, f"sequence {sequence} comes again with other content")


def _sort(read: record.Record, door: Door, held: set[str], result: Decoded) -> None:
    try:
        result.facts.append(door.admit(read, bool(held) and read.attributes.subject in held))
    except Passed as passed:
        result.unknown.append(passed.kind)
    except SetAside as aside:
        if holds_back(aside.reason):
            held.add(read.attributes.subject)
        result.parked.append(Park(read, aside.reason))
