"""Where in each topic the reader stands: at the record that was counted last. An offset only says where to look first.

Reading begins at that record. If another stands there, the topic was laid anew: it is read from its beginning, and what
was counted comes again, record by record with the same digest, until the place is found.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from services.indicators.batches import Position
from services.indicators.decode import HOLE, NOWHERE, Decoded, Stop, is_whole
from shared.kernel import record
from shared.kernel.chain import Link
from shared.kernel.refusals import Unreadable
from shared.runtime.consume import From, Raw, Topics

log = logging.getLogger("indicators")
MISSING: Final = "history.missing"


class Places:
    """Finds the place in the topics that are read; `at` is where decoding stands, by topic."""

    def __init__(self, topics: Topics) -> None:
        self._topics = topics
        self.at: dict[str, Position] = {}
        self._unsure: set[str] = set()
        self._lost: set[str] = set()
        self._rechecked: set[str] = set()

    @property
    def unplaced(self) -> frozenset[str]:
        """Topics in which the record counted last was not met yet."""
        return frozenset(self._unsure | self._lost)

    async def assign(self, topics: set[str]) -> None:
        """Reads exactly these. Raises KafkaError, TimeoutError."""
        self._unsure, self._lost, self._rechecked = set(), set(), set()
        starts = {topic: self._start(self.at[topic]) for topic in topics}
        elsewhere = await self._topics.assign(starts)
        for topic, start in starts.items():
            if topic in elsewhere:
                await self._lose(topic)
            elif start.counted:
                self._unsure.add(topic)
            elif self.at[topic].link.sequence:
                self._lost.add(topic)

    def _start(self, at: Position) -> From:
        return From(at.next_offset, False) if at.at == NOWHERE else From(at.at, True)

    async def behind(self, topic: str, rows: Sequence[Raw], key: bytes) -> Sequence[Raw]:
        """Of what was fetched, what is to be read; nothing if the place must be looked for from the beginning."""
        if topic not in self._unsure or not rows:
            return rows
        self._unsure.discard(topic)
        at = self.at[topic]
        if rows[0].offset == at.at and _is_record(rows[0], at.link, key):
            return [row for row in rows if row.offset >= at.next_offset]
        await self._lose(topic)
        self._topics.seek(topic, self.at[topic].next_offset)
        return []

    async def _lose(self, topic: str) -> None:
        at = self.at[topic]
        beginning = await self._topics.beginning(topic)
        self.at[topic] = replace(at, next_offset=beginning, at=NOWHERE)
        if at.link.sequence:
            self._lost.add(topic)
            log.warning("%s does not hold record %d where it was: read from its beginning", topic, at.link.sequence)

    async def after(self, topic: str, result: Decoded) -> None:
        """Moves on. A hole is believed only where the place is certain: else `result` loses its stop."""
        stop = result.stop
        if result.at != NOWHERE and topic in self._lost:
            self._lost.discard(topic)
            log.warning("%s is read on behind record %d, found again", topic, result.link.sequence)
        if result.digests:
            self._rechecked.discard(topic)
        if stop is not None and stop.code == HOLE:
            if topic in self._rechecked:
                if result.at == NOWHERE:
                    result.stop = _missing(stop)
            else:
                result.stop = None
        self.at[topic] = Position.after(result)
        if stop is not None and result.stop is None:
            await self._recheck(topic)

    async def _recheck(self, topic: str) -> None:
        self._rechecked.add(topic)
        if self.at[topic].at == NOWHERE:
            await self._lose(topic)
            self._topics.seek(topic, self.at[topic].next_offset)
        else:
            self._unsure.add(topic)
            self._topics.seek(topic, self.at[topic].at)


def _missing(stop: Stop) -> Stop:
    reason = (
        f"{stop.reason}, and its topic does not hold what lies between: publish it again from its store, then release"
    )
    return Stop(stop.offset, MISSING, reason, stop.record)


def _is_record(row: Raw, link: Link, key: bytes) -> bool:
    try:
        read = record.read(row.value or b"")
    except Unreadable:
        return False
    return read.attributes.sequence == link.sequence and read.digest == link.digest and is_whole(read, key)
