"""One producer's history, record after record: whole, in order, its own, signed."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from services.audit import attributes, keys
from services.audit.attributes import Record
from services.audit.findings import HISTORY, INCOMPLETE, KEY, Altered, Claim, Finding, Missing
from services.audit.signing import Checker, Signed, Verdict

_ZERO: Final = "0" * 64
_DIGEST: Final = 32
# Records whose signatures are checked together, and how many such stretches may be under way.
_STRETCH: Final = 256
_AHEAD: Final = 4


@dataclass(slots=True)
class Claims:
    """What is stated about the records themselves."""

    history: Claim = field(default_factory=lambda: Claim("history"))
    signatures: Claim = field(default_factory=lambda: Claim("signatures"))
    keys: Claim = field(default_factory=lambda: Claim("keys"))

    def all(self) -> tuple[Claim, ...]:
        """In the order in which they are said."""
        return self.history, self.signatures, self.keys


@dataclass(slots=True)
class Producer:
    """How far one producer's history is proven. `trusted` is the last sequence before anything was found wrong.

    Signatures are checked in stretches, behind the reading: `settle` before `trusted`, `doubted` or `signed` are asked
    for. `sparing` checks the last signature of each stretch, and each single one only where that one is wrong.
    """

    source: str
    keys: dict[str, bytes]
    claims: Claims
    accept: Callable[[Record], None]
    checker: Checker
    sparing: bool = False
    sequence: int = 0
    trusted: int = 0
    records: int = 0
    duplicates: int = 0
    unread: int = 0
    signed: int = 0
    spared: int = 0
    head: str = _ZERO
    stopped: bool = False
    doubted: bool = False
    used: set[str] = field(default_factory=set)
    _streams: dict[str, int] = field(default_factory=dict)
    _seen: bytearray = field(default_factory=bytearray)
    _unchecked: list[Record] = field(default_factory=list)
    _checking: deque[tuple[Sequence[Record], Sequence[Signed | Altered | Missing], Verdict]] = field(
        default_factory=deque
    )

    def feed(self, raw: bytes) -> None:
        """Takes the next bytes of this producer's topic. After a break in the history the rest is only counted."""
        if self.stopped:
            self.unread += 1
            return
        try:
            record = attributes.read(raw)
        except Altered as why:
            self._stop(why)
            return
        try:
            if self._follows(record, raw):
                self._take(record)
        except Altered as why:
            self._stop(why, record.attributes)
        except Missing as why:
            self.stopped = True
            self.unread += 1
            self.lacks(why)

    def lacks(self, why: Missing) -> None:
        """Notes that a part of this producer's evidence cannot be had."""
        self.settle()
        self.doubted = True
        self.claims.history.add(Finding(INCOMPLETE, why.code, why.detail, self.source, self.sequence))

    def _follows(self, record: Record, raw: bytes) -> bool:
        """Whether this is the next record; False for the same bytes again. Raises Altered for anything else.

        Raises Missing where a topic does not begin with its producer's first record: a chain shows holes, and neither
        a missing beginning nor a missing end.
        """
        found = record.attributes
        if found["source"] != self.source:
            raise Altered("chain.owner", f"a record of {found['source']} in {attributes.topic_of(self.source)}")
        digest, sequence = sha256(raw).digest(), record.sequence
        if sequence <= self.sequence:
            start = (sequence - 1) * _DIGEST
            if self._seen[start : start + _DIGEST] != digest:
                raise Altered("chain.equivocation", "two different records for one sequence")
            self.duplicates += 1
            return False
        if self.sequence == 0 and sequence > 1:
            raise Missing("topic.begins_late", f"the first record here is number {sequence}: those before it are gone")
        if sequence != self.sequence + 1:
            raise Altered("chain.hole", f"{self.sequence + 1} is expected")
        if found["prev"] != self.head:
            raise Altered("chain.prev", "prev is not the digest of the record before")
        if record.digest != found["datadigest"]:
            raise Altered("chain.digest", "data is not what its digest says")
        expected = self._streams.get(found["subject"], 0) + 1
        if found["streamversion"] != expected:
            raise Altered("stream.version", f"version {expected} is expected")
        self._seen += digest
        return True

    def _take(self, record: Record) -> None:
        found = record.attributes
        self.sequence = record.sequence
        self.records += 1
        self.head = sha256(record.signed).hexdigest()
        self._streams[found["subject"]] = found["streamversion"]
        self._unchecked.append(record)
        if len(self._unchecked) == _STRETCH:
            self._check()

    def settle(self) -> None:
        """Waits until every signature is checked, and accepts what they prove. Ask for nothing else before."""
        self._check()
        while self._checking:
            self._settle(*self._checking.popleft())

    def _check(self) -> None:
        """Begins to check the signatures of a stretch of records; a wrong one does not end the reading: a break in
        the chain right after it would be graver.
        """
        if not self._unchecked:
            return
        these, self._unchecked = self._unchecked, []
        said: list[Signed | Altered | Missing] = [self._said(record) for record in these]
        plain = [one for one in said if isinstance(one, Signed)]
        if self.sparing and len(plain) == len(said) and plain[-1].holds():
            # Each record names the digest of the one before: the last signature covers all their signed parts.
            self._checking.append((these, said, Verdict([True] * len(plain))))
            self.spared += len(plain) - 1
        else:
            self._checking.append((these, said, self.checker.check(plain)))
        while len(self._checking) > _AHEAD:
            self._settle(*self._checking.popleft())

    def _said(self, record: Record) -> Signed | Altered | Missing:
        if not self.keys:
            return Missing("key.unknown", "nobody introduced its key")
        try:
            return keys.signed(record, self.keys)
        except Altered as why:
            return why

    def _settle(self, records: Sequence[Record], said: Sequence[Signed | Altered | Missing], verdict: Verdict) -> None:
        found = iter(verdict.found())
        for record, one in zip(records, said, strict=True):
            if isinstance(one, Signed) and not next(found):
                one = Altered("chain.signature", "the signature does not fit the record")
            self._settled(record, one)

    def _settled(self, record: Record, said: Signed | Altered | Missing) -> None:
        if isinstance(said, Missing):
            if not self.doubted:
                self._note(self.claims.keys, INCOMPLETE, said, record)
            self.doubted = True
            return
        if isinstance(said, Altered):
            self.doubted = True
            self._note(self.claims.keys if said.code == "chain.key" else self.claims.signatures, KEY, said, record)
            return
        self.signed += 1
        self.used.add(record.attributes["keyid"])
        if not self.doubted:
            self.trusted = record.sequence
            self.accept(record)

    def doubt(self, why: Altered, record: Record) -> None:
        """Notes that a signed introduction contradicts itself; what follows is not trusted."""
        self.doubted = True
        self._note(self.claims.keys, KEY, why, record)

    def _stop(self, why: Altered, found: dict[str, Any] | None = None) -> None:
        self.settle()
        self.stopped = self.doubted = True
        self.unread += 1
        place = found or {"sequence": self.sequence + 1, "subject": "", "streamversion": 0}
        self.claims.history.add(
            Finding(
                HISTORY, why.code, why.detail, self.source, place["sequence"], place["subject"], place["streamversion"]
            )
        )

    def _note(self, claim: Claim, code: int, why: Altered | Missing, record: Record) -> None:
        found = record.attributes
        claim.add(
            Finding(code, why.code, why.detail, self.source, record.sequence, found["subject"], found["streamversion"])
        )
