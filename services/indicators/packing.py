"""Rows packed as PostgreSQL's binary COPY takes them: here they cost a third of asyncpg's encoding."""

import struct
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Final

from services.indicators.drawn import Drawn, Facts
from services.indicators.rows import Rows
from services.indicators.tally import Contributions, Scopes

# An indicator in some scopes.
Where = tuple[str, Scopes]

_EPOCH_1900: Final = 693596
# A head, rows of fields that each begin with their length, a tail. A row's last field stands apart: that of `fact` is
# the body, that of `change` the key, under which its rows are sorted.
_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL: Final = b"\xff\xff"
_FACT: Final = struct.Struct(">hiiiqiqi")
_CHANGE: Final = struct.Struct(">hiiiqiqiiiqiqi")


class Packing:
    """Rows of one batch in the making. `heads`: by indicator and scopes, the keys without their day."""

    def __init__(
        self, version: int, batch: int, heads: Mapping[Where, Sequence[int]], producers: Mapping[str, int]
    ) -> None:
        self._version = version
        self._batch = batch
        self._heads = heads
        self._producers = producers
        self._facts: list[bytes] = []
        self._changes: defaultdict[int, list[bytes]] = defaultdict(list)
        self._totals: defaultdict[int, int] = defaultdict(int)
        self._undated: defaultdict[int, int] = defaultdict(int)
        self._drawn = Drawn()

    def add_facts(self, facts: Facts) -> None:
        """Facts, each under its entity."""
        pack, version, batch, made = _FACT.pack, self._version, self._batch, self._facts
        for entity, added in facts.items():
            number = entity_key(entity)
            for fact in added:
                made += (pack(4, 4, version, 8, number, 8, batch, len(fact.body)), fact.body)

    def add_drawn(self, drawn: Drawn) -> None:
        """Documents and amended records of some entities."""
        self._drawn.documents += drawn.documents
        self._drawn.stale += drawn.stale
        self._drawn.amended |= drawn.amended

    def add(self, changes: Iterable[tuple[str, Contributions]]) -> list[tuple[str, Contributions]]:
        """Changes of entities; gives back those of which the heads are not known yet."""
        pack, known, producers = _CHANGE.pack, self._heads, self._producers
        made, totals, version, batch = self._changes, self._totals, self._version, self._batch
        strange: list[tuple[str, Contributions]] = []
        for entity, changed in changes:
            number = entity_key(entity)
            for key, delta in changed.items():
                indicator, scopes, day, source, sequence, dated = key
                heads = known.get((indicator, scopes))
                if heads is None:
                    strange.append((entity, {key: delta}))
                    continue
                said = pack(7, 4, version, 8, batch, 8, number, 4, producers[source], 8, sequence, 8, delta, 8)
                # Keys begin in 1900, and no contract lets a day come in from before 1990.
                at = day - _EPOCH_1900
                month = month_of(at)
                for head in heads:
                    made[head] += (said, (head | at).to_bytes(8))
                    totals[head | month] += delta
                    if not dated:
                        self._undated[head | month] += delta
        return strange

    def rows(self) -> Rows:
        """All of it."""
        # Near the order of the index on them, which then grows at few places.
        changes = [part for head in sorted(self._changes) for part in self._changes[head]]
        return Rows(
            self._version,
            self._batch,
            _copied(self._facts),
            _copied(changes),
            _moved(self._totals),
            _moved(self._undated),
            self._drawn,
        )


def _moved(totals: Mapping[int, int]) -> list[tuple[int, int]]:
    return sorted((key, value) for key, value in totals.items() if value)


def _copied(made: Sequence[bytes]) -> Sequence[bytes]:
    return (_HEAD, *made, _TAIL) if made else ()


@lru_cache(maxsize=65_536)
def entity_key(entity: str) -> int:
    """The first 8 bytes of the SHA-256 of an entity's name, as a signed integer."""
    return int(struct.unpack(">q", sha256(entity.encode()).digest()[:8])[0])


@lru_cache(maxsize=65_536)
def month_of(day: int) -> int:
    """Months since the year 0 of a day, counted from 1900."""
    at = date.fromordinal(_EPOCH_1900 + day)
    return at.year * 12 + at.month - 1
