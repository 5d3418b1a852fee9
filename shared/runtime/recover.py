"""The topic remembers more than a restored store: compares both, and takes back what the store lacks, byte for byte."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import orjson

from shared.adapters.postgres.recovery import Command, Event, Mark, Recovery
from shared.kernel import keys, record
from shared.kernel.chain import Link
from shared.kernel.record import Record, topic_of
from shared.kernel.refusals import Unreadable
from shared.runtime.seal import Unsealable, appended
from shared.runtime.topic import OwnTopic, Row

FORKED: Final = "store.forked"
KEY: Final = "store.other_key"
HOLE: Final = "store.topic_hole"
TWICE: Final = "store.topic_twice"
ORDER: Final = "store.order"
UNREADABLE: Final = "store.unreadable"
# How far before the relay's mark its last record is looked for: it stands right there, or a few repetitions before.
_BACK: Final = (1, 2000)


class Stopped(Exception):
    """This producer must not seal: store and topic part, or the store holds what is no event.

    `code` is stable; the sentence names the way on.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Who:
    """A producer: its source, and the public key that signs its records."""

    source: str
    public: bytes

    @property
    def command(self) -> str:
        """The command that mends it where it was stopped."""
        _, _, member, service = self.source.split("/")
        return f"generateur recover --member {member} --service {service} --from-topic"

    def owns(self, read: Record) -> bool:
        """Whether this producer signed it, data and all."""
        a = read.attributes
        if a.source != self.source or a.keyid != keys.keyid(self.public):
            return False
        return sha256(read.data_bytes).hexdigest() == a.datadigest and keys.verify(
            self.public, read.signed, a.signature
        )


def unsealable(who: Who, why: Unsealable) -> Stopped:
    """What the sealer could not make a record of stops its producer, and no other."""
    return Stopped(
        UNREADABLE,
        f"{who.source}: {why}. Restore a backup from before that, or lay the store anew with `{who.command}`: it keeps "
        "what only the store held beside it.",
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """What a comparison found. `head`: the store's last sequence; `tail`: the last one up to which the topic has all;
    `end`: the offset behind its last record; `ahead`: where the first record stands that the store lacks, if any;
    `foreign`: records looked at that are not this producer's."""

    head: int
    tail: int
    end: int
    ahead: int | None = None
    foreign: int = 0

    @property
    def mark(self) -> Mark:
        """For the relay."""
        return Mark(self.tail, self.end)


@dataclass(slots=True)
class Taken:
    """What was taken back into the store."""

    records: int = 0
    first: int = 0
    last: int = 0
    commands: int = 0


async def look(store: Recovery, topic: OwnTopic, who: Who) -> Seen:
    """Compares the store with its topic, from where the relay last knew it on; changes nothing.

    Reads the whole topic where that place is not there any more. Raises Stopped, Unseen, KafkaError, TimeoutError.
    """
    mark = await store.mark()
    begin, end = await topic.bounds()
    if mark.acked > 0 and mark.next_offset <= end:
        for back in _BACK:
            start = max(begin, mark.next_offset - back)
            found = await _Look(store, who, end, mark.acked, mark).go(topic, start) if start < end else None
            if found is not None:
                return found
    found = await _Look(store, who, end, 0, Mark(0, begin)).go(topic, begin)
    assert found is not None  # only a mark is doubted
    return found


@dataclass(slots=True)
class _Look:
    """One reading of the topic up to `end`. `tail` holds from the offset of `mark` on, if that is not doubted."""

    store: Recovery
    who: Who
    end: int
    tail: int
    mark: Mark
    foreign: int = 0
    sure: bool = False

    async def go(self, topic: OwnTopic, start: int) -> Seen | None:
        """None if the mark's last record does not stand there: the topic was laid anew, or the mark is wrong."""
        self.sure = self.mark.acked == 0
        async with aclosing(topic.read(start, self.end)) as batches:
            async for rows in batches:
                reads = [(row, _readable(row, self.who.source)) for row in rows]
                kept = await self.store.stored([one.attributes.sequence for _, one in reads if one is not None])
                for row, one in reads:
                    if row.offset < self.mark.next_offset:
                        self.sure |= one is not None and one.attributes.sequence == self.tail and _kept(one, kept)
                        continue
                    if not self.sure:
                        return None
                    if await self._ahead(one, kept):
                        return await self._seen(row.offset)
        return await self._seen(None) if self.sure else None

    async def _ahead(self, one: Record | None, kept: Mapping[int, bytes]) -> bool:
        """Whether the store lacks this record of its own."""
        number = 0 if one is None else one.attributes.sequence
        if one is not None and _kept(one, kept):
            self.tail += number == self.tail + 1
        elif one is None or not self.who.owns(one):
            _other_key(one, number not in kept, await self.store.head(), self.who)
            self.foreign += 1
        elif number in kept:
            raise _twice(self.who, number) if number <= self.tail else _forked(self.who, number)
        else:
            return True
        return False

    async def _seen(self, ahead: int | None) -> Seen:
        head, _ = await self.store.head()
        return Seen(head, self.tail, self.end, ahead, self.foreign)


def _kept(one: Record, kept: Mapping[int, bytes]) -> bool:
    return kept.get(one.attributes.sequence) == one.raw


async def take_back(store: Recovery, topic: OwnTopic, who: Who, seen: Seen) -> Taken:
    """Puts into the store what `seen` found it to lack. To be called in a transaction; nobody seals meanwhile.

    A command comes back with its first result, under its id. Raises Stopped, KafkaError, TimeoutError.
    """
    assert seen.ahead is not None  # there is something to take back
    sequence, digest = await store.head(locked=True)
    back = _Back(store, who, Link(sequence, digest), seen.tail)
    async for rows in topic.read(seen.ahead, seen.end):
        await back.add(rows)
    return await back.end()


@dataclass
class _Back:
    """One taking back: where the chain stands, what it held so far."""

    store: Recovery
    who: Who
    link: Link
    tail: int
    taken: Taken = field(default_factory=Taken)
    commands: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    furthest: int = 0

    async def add(self, rows: Sequence[Row]) -> None:
        """One batch, in order."""
        fresh: list[Record] = []
        again: list[Record] = []
        for row in rows:
            one = _readable(row, self.who.source)
            if one is None:
                continue
            number = one.attributes.sequence
            if number <= self.link.sequence:
                again.append(one)
            elif not self.who.owns(one):
                _other_key(one, True, (self.link.sequence, self.link.digest), self.who)
            elif number > self.link.sequence + 1:
                self.furthest = max(self.furthest, number)
            elif one.attributes.prev != self.link.digest:
                raise _forked(self.who, self.link.sequence)
            else:
                self.link = Link(number, one.digest)
                fresh.append(one)
        if fresh:
            await self._put(fresh)
        await self._check(again)

    async def _put(self, fresh: Sequence[Record]) -> None:
        events = [_event(one) for one in fresh]
        there = await self.store.events([(one.stream, one.version) for one in events])
        versions = await self.store.versions(list({one.stream for one in events}))
        added, moved = [], {}
        for one, read in zip(events, fresh, strict=True):
            # A backup may hold what was committed and not sealed yet.
            found = there.get((one.stream, one.version))
            if (found is None and one.version != versions.get(one.stream, 0) + 1) or found not in (None, one):
                raise _forked(self.who, read.attributes.sequence)
            if found is None:
                added.append(one)
                versions[one.stream] = moved[one.stream] = one.version
            self._note(read)
        rows = [
            (one.attributes.sequence, event.stream, event.version, event.stream.encode(), one.raw)
            for one, event in zip(fresh, events, strict=True)
        ]
        await self.store.put(added, moved, rows)
        self.taken.records += len(rows)
        self.taken.first = self.taken.first or rows[0][0]
        self.taken.last = rows[-1][0]

    def _note(self, read: Record) -> None:
        a = read.attributes
        _, first, last = self.commands.get(a.commandid, (a.subject, a.streamversion, a.streamversion))
        self.commands[a.commandid] = (a.subject, min(first, a.streamversion), max(last, a.streamversion))

    async def _check(self, again: Sequence[Record]) -> None:
        kept = await self.store.stored([one.attributes.sequence for one in again]) if again else {}
        for one in again:
            number = one.attributes.sequence
            if kept.get(number) != one.raw and self.who.owns(one):
                in_topic = number <= self.tail or 0 < self.taken.first <= number
                raise _twice(self.who, number) if in_topic else _forked(self.who, number)

    async def end(self) -> Taken:
        """Commands and the chain's end are put down."""
        if self.furthest > self.link.sequence:
            raise Stopped(
                HOLE,
                f"{self.who.source}: the topic holds record {self.furthest}, and lacks {self.link.sequence + 1}, which "
                "this store lacks too. Restore a later backup: nothing is sealed before.",
            )
        commands = [Command(UUID(name), *what) for name, what in self.commands.items()]
        other = await self.store.remember(commands)
        if other is not None:
            raise Stopped(
                FORKED,
                f"{self.who.source}: command {other} has one result in the store and another in the topic. "
                f"`{self.who.command}` lays the store anew from the topic.",
            )
        self.taken.commands = len(commands)
        await self.store.seal_up_to(self.link.sequence, self.link.digest)
        return self.taken


async def mend_outbox(store: Recovery, source: str) -> int:
    """Lets every event that is neither sealed nor waiting wait for the sealer again, in order; how many those were.

    To be called in a transaction. Raises Stopped if one cannot be sealed in order any more.
    """
    # Nobody seals meanwhile.
    await store.head(locked=True)
    lost = [row for row in await store.unsealed() if row["lost"]]
    if not lost:
        return 0
    await store.hold(sorted({row["stream"] for row in lost}))
    held = {row["stream"] for row in lost}
    rows = [row for row in await store.unsealed() if row["stream"] in held]
    for row in rows:
        if row["overtaken"]:
            raise Stopped(
                ORDER,
                f"{source}: version {row['version']} of {row['stream']} was never sealed, and a later one was. "
                "Restore a backup from before that: what is missing there is taken back from the topic.",
            )
    await store.lay_out(_in_order(rows))
    return len(lost)


def _in_order(rows: Sequence[Any]) -> list[tuple[str, int]]:
    """By the time of recording; within a stream by version, which two clocks must not turn round."""
    latest: dict[str, str] = {}
    keyed = []
    for row in sorted(rows, key=lambda row: (row["stream"], row["version"])):
        time = _time(row["attributes"])
        latest[row["stream"]] = max(time, latest.get(row["stream"], ""))
        keyed.append((latest[row["stream"]], row["stream"], row["version"]))
    return [(stream, version) for _, stream, version in sorted(keyed)]


def _time(attributes: bytes) -> str:
    """When an event was recorded; nothing if its attributes are none, which the sealer says when it comes to them."""
    try:
        return str(orjson.loads(attributes).get("time", ""))
    except (orjson.JSONDecodeError, AttributeError):
        return ""


def _readable(row: Row, source: str) -> Record | None:
    """The record, if the bytes are one of this source."""
    if row.value is None:
        return None
    try:
        read = record.read(row.value)
    except Unreadable:
        return None
    return read if read.attributes.source == source and read.attributes.sequence > 0 else None


def _event(read: Record) -> Event:
    a = read.attributes
    return Event(a.subject, a.streamversion, a.type, appended(read), read.data_bytes)


def _other_key(one: Record | None, unknown: bool, head: tuple[int, str], who: Who) -> None:
    """A stranger's record is passed over, as none of ours; but one that continues the chain may be our own."""
    if one is None or not unknown:
        return
    a = one.attributes
    if (a.sequence - 1, a.prev) == head and a.keyid != keys.keyid(who.public):
        raise Stopped(
            KEY,
            f"{who.source}: record {a.sequence} of the topic goes on behind this store and is signed with the key "
            f"{a.keyid}, not with the one of this service ({keys.keyid(who.public)}). Put that key file back.",
        )


def _twice(who: Who, sequence: int) -> Stopped:
    """The topic holds the store's record and another: a store laid anew from it would not be another one."""
    topic = topic_of(who.source)
    return Stopped(
        TWICE,
        f"{who.source}: the topic holds two different records {sequence}, both signed with this producer's key; this "
        f"store holds the first. Find who else signs with it; then remove the topic {topic} and run "
        f"`generateur recover`: the service publishes its store again. `generateur release {who.source}` after that.",
    )


def _forked(who: Who, sequence: int) -> Stopped:
    return Stopped(
        FORKED,
        f"{who.source}: the store and the topic hold different records from {sequence} on. "
        f"`{who.command}` lays the store anew from the topic, and keeps what only the store held beside it.",
    )
