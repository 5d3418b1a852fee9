"""Whether all that the topics hold is counted: moments of the database's clock, and the ends that were told since.

A moment is proven once every topic is counted to the end that the broker told after it. How long ago the last proven
moment lies says all of a reader: one that stands still, waits or is late proves nothing.
"""

import asyncio
import time
from collections.abc import Collection, Mapping
from datetime import datetime

from shared.runtime.consume import Reach


class Ends:
    """`last`: how far each topic is fetched; `counted`: the offsets up to which its records are written.

    `first` is set once a moment is proven.
    """

    def __init__(self) -> None:
        self.last: Mapping[str, Reach] = {}
        self.counted: dict[str, int] = {}
        self.proven: datetime | None = None
        self.first = asyncio.Event()
        self.mark: datetime | None = None
        self._proven_since = self._marked = time.monotonic()
        self._looked = False
        self._answered: dict[str, int | None] = {}
        self._ends: dict[str, int] = {}

    def begin(self, at: datetime) -> None:
        """A moment that is to be proven, unless an earlier one still is."""
        if self.mark is None:
            self.mark, self._marked, self._looked = at, time.monotonic(), False
            self._answered = {topic: reach.answered for topic, reach in self.last.items()}
            self._ends = {}

    def looked(self, mark: datetime | None) -> None:
        """Since this moment it was asked which topics there are."""
        if mark is not None and mark == self.mark:
            self._looked = True

    def assigned(self) -> None:
        """Topics are read anew, and may be others of the same name: what was told of their ends is void."""
        self._ends = {}
        self.counted = {}

    def void(self) -> None:
        """What was proven held without a topic that counts from now on: it says nothing any more."""
        self.proven = None
        self.first.clear()

    def hear(self, reach: Mapping[str, Reach], unplaced: Collection[str]) -> None:
        """What the broker's answers said by now. `unplaced`: topics in which the place is still looked for."""
        self.last = reach
        if self.mark is None:
            return
        for topic, one in reach.items():
            if topic not in self._ends and one.end is not None and one.answered != self._answered.get(topic):
                self._ends[topic] = one.end
        if self._looked and all(self._is_counted(topic) and topic not in unplaced for topic in reach):
            self.proven, self._proven_since, self.mark = self.mark, self._marked, None
            self.first.set()

    def _is_counted(self, topic: str) -> bool:
        return topic in self._ends and self.counted.get(topic, -1) >= self._ends[topic]

    def late(self, after: float) -> list[str]:
        """Topics that are not counted to the end which they had this many seconds ago."""
        if self.mark is None or time.monotonic() - self._marked < after:
            return []
        return [topic for topic in self.last if not self._is_counted(topic)]

    def lag(self) -> int:
        """Offsets that are not counted, by the broker's last answers."""
        return sum(self.missing(topic) for topic in self.last)

    def missing(self, topic: str) -> int:
        """The same of one topic that is read."""
        return max(0, (self.last[topic].end or 0) - self.counted.get(topic, 0))

    def age(self) -> float:
        """Seconds since the last proven moment (or the beginning), by this process's own monotonic clock."""
        return time.monotonic() - self._proven_since
