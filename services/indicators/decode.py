"""From a producer's raw records to facts: the chain, the keys, the door; what is bad is told apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.indicators.door import Door, Passed, SetAside, holds_back
from services.indicators.facts import AnyFact
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


def decode(rows: Sequence[Raw], door: Door, public: bytes, link: Link, next_offset: int, held: set[str]) -> Decoded:
    """Walks the chain through `rows`; `held` names the streams whose later events park behind an earlier one.

    Only the last record's signature is verified: it covers the signed parts before it. If it does not hold, the
    records are verified one by one and the producer stops at the first that does not.
    """
    before = frozenset(held)
    result = Decoded(next_offset, link)
    last = _walk(rows, door, public, held, result, each=False)
    if last is not None and not verify(public, last.signed, last.attributes.signature):
        held.clear()
        held |= before
        result = Decoded(next_offset, link)
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
        except (Unreadable, Broken) as error:
            result.stop = Stop(row.offset, error.code, error.message, value)
            break
        result.next_offset = row.offset + 1
        if link is not None:
            result.link, last = link, read
            _sort(read, door, held, result)
    return last


def _sort(read: record.Record, door: Door, held: set[str], result: Decoded) -> None:
    try:
        result.facts.append(door.admit(read, bool(held) and read.attributes.subject in held))
    except Passed as passed:
        result.unknown.append(passed.kind)
    except SetAside as aside:
        if holds_back(aside.reason):
            held.add(read.attributes.subject)
        result.parked.append(Park(read, aside.reason))
