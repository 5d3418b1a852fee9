"""What the reader says of itself each second, beside the loop that reads: that it lives, and what is not counted."""

import logging
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from services.indicators.ends import Ends
from shared.runtime.consume import source_of_topic
from shared.runtime.seal import Fenced

log = logging.getLogger("indicators")
# As long as a statement holds: `projection.holds`.
HOLDS: Final = 15.0
_REACH_EVERY: Final = 5.0
# PostgreSQL's -infinity.
_NEVER: Final = datetime.min

GONE: Final = "topic.gone: its topic is not there"
LESS: Final = "topic.behind: its topic holds less than was counted"
OPEN: Final = "topic.open: a transaction is open on its topic, and what lies behind it cannot be read"
LATE: Final = "topic.late: its topic is not read to its end"


class Telling:
    """Says it in the version's row, by one statement; `epoch` is the reader's."""

    def __init__(self, pool: Any, version: int, ends: Ends) -> None:
        self._pool = pool
        self._version = version
        self._ends = ends
        self._told: tuple[bool, Mapping[str, str]] = (False, {})
        self._reach_at = 0.0
        self._reach: dict[str, tuple[int, int]] = {}

    async def once(self, epoch: int, behind: Mapping[str, str] | None, released: int) -> datetime:
        """One beat: the moment it was written at. `behind`: by topic, why it is not counted to its end; None: unknown.

        `released`: the last release that the reader knows of. What is proven says nothing of what was released since.

        Raises Fenced.
        """
        said = None
        if behind is not None:
            said = [{"source": source_of_topic(topic), "reason": why} for topic, why in sorted(behind.items())]
        row = await self._pool.fetchrow(
            "update projection set beat = clock_timestamp(), "
            "told = case when released = $5 then $3 else told end, "
            "behind = coalesce($4::text::jsonb, behind) where version = $1 and epoch = $2 returning beat",
            self._version,
            epoch,
            self._ends.proven or _NEVER,
            None if said is None else orjson.dumps(said).decode(),
            released,
        )
        if row is None:
            raise Fenced(f"another reader folds version {self._version}")
        await self._changed(behind)
        await self._write_reach()
        moment: datetime = row["beat"]
        return moment

    async def _changed(self, behind: Mapping[str, str] | None) -> None:
        """Tells whoever answers from these figures when they become complete, or no longer are."""
        now = (self._ends.proven is not None and self._ends.age() < HOLDS, self._told[1] if behind is None else behind)
        if now != self._told:
            for topic in sorted(now[1].keys() - self._told[1].keys()):
                log.warning("%s is not counted to its end: %s", source_of_topic(topic), now[1][topic])
            for topic in sorted(self._told[1].keys() - now[1].keys()):
                log.warning("%s is counted to its end again", source_of_topic(topic))
            await self._pool.execute("select pg_notify('figures', 'told')")
            self._told = now[0], dict(now[1])

    async def _write_reach(self) -> None:
        """Where each topic is read, and its end: every few seconds what has changed, and all of it in the log once."""
        found = {
            topic: (self._ends.counted[topic], reach.end)
            for topic, reach in self._ends.last.items()
            if reach.end is not None and topic in self._ends.counted
        }
        if time.monotonic() - self._reach_at < _REACH_EVERY:
            return
        changed = {topic: one for topic, one in found.items() if self._reach.get(topic) != one}
        if not changed:
            return
        for topic in sorted(changed.keys() - self._reach.keys()):
            to, end = changed[topic]
            log.info("%s is counted to offset %d of %d: %d to read", source_of_topic(topic), to, end, max(0, end - to))
        await self._pool.executemany(
            "insert into reach (version, topic, source, read_to, ends) values ($1, $2, $3, $4, $5) "
            "on conflict (version, topic) do update "
            "set read_to = excluded.read_to, ends = excluded.ends, at = excluded.at",
            [(self._version, topic, source_of_topic(topic), *one) for topic, one in sorted(changed.items())],
        )
        self._reach, self._reach_at = found, time.monotonic()
