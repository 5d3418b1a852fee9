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
from services.indicators.tally import Contributions, Key, Scopes

# An indicator in some scopes.
Where = tuple[str, Scopes]
Changes = Iterable[tuple[str, Contributions]]

_EPOCH_1900: Final = 693596
# A head, rows of fields that each begin with their length, a tail. A row's last field stands apart: that of `fact` is
# the body, that of `change` the key, under which its rows are sorted.
_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL: Final = b"\xff\xff"
_FACT: Final = struct.Struct(">hiiiqiqi")
_CHANGE: Final = struct.Struct(">hiiiqiqiiiqiqi")


class _Slot:
    """An indicator in some scopes: by scope the key without its day and the rows under it; amounts by month."""

    __slots__ = ("heads", "monthly", "undated")

    def __init__(self, heads: list[tuple[int, list[bytes]]]) -> None:
        self.heads = heads
        self.monthly: defaultdict[int, int] = defaultdict(int)
        self.undated: defaultdict[int, int] = defaultdict(int)


class Packing:
    """Rows of one batch in the making. `heads`: by indicator and scopes, the keys without their day."""

    def __init__(
        self, version: int, batch: int, heads: Mapping[Where, Sequence[int]], producers: Mapping[str, int]
    ) -> None:
        self._version = version
        self._batch = batch
        self._heads = heads
        self._producers = producers
        self._slots: dict[Where, _Slot] = {}
        self._facts: list[bytes] = []
        self._changes: defaultdict[int, list[bytes]] = defaultdict(list)
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

    def add(self, changes: Changes) -> list[tuple[str, dict[Key, int]]]:
        """Changes of entities; gives back those of which the heads are not known yet."""
        pack, slots, producers = _CHANGE.pack, self._slots, self._producers
        version, batch = self._version, self._batch
        strange: list[tuple[str, dict[Key, int]]] = []
        for entity, changed in changes:
            number = entity_key(entity)
            for key, delta in changed.items():
                indicator, scopes, day, source, sequence, dated = key
                slot = slots.get((indicator, scopes)) or self._open((indicator, scopes))
                if slot is None:
                    strange.append((entity, {key: delta}))
                    continue
                said = pack(7, 4, version, 8, batch, 8, number, 4, producers[source], 8, sequence, 8, delta, 8)
                # Keys begin in 1900; what is dated before stands on their first day.
                at = day - _EPOCH_1900 if day > _EPOCH_1900 else 0
                month = month_of(at)
                slot.monthly[month] += delta
                if not dated:
                    slot.undated[month] += delta
                for head, parts in slot.heads:
                    parts += (said, (head | at).to_bytes(8))
        return strange

    def _open(self, where: Where) -> _Slot | None:
        heads = self._heads.get(where)
        if heads is None:
            return None
        slot = self._slots[where] = _Slot([(head, self._changes[head]) for head in heads])
        return slot

    def rows(self) -> Rows:
        """All of it."""
        # Near the order of the index on them, which then grows at few places.
        changes = [part for head in sorted(self._changes) for part in self._changes[head]]
        slots = self._slots.values()
        return Rows(
            self._version,
            self._batch,
            _copied(self._facts),
            _copied(changes),
            _by_key((slot.heads, slot.monthly) for slot in slots),
            _by_key((slot.heads, slot.undated) for slot in slots if slot.undated),
            self._drawn,
        )


def _by_key(amounts: Iterable[tuple[list[tuple[int, list[bytes]]], Mapping[int, int]]]) -> list[tuple[int, int]]:
    totals: defaultdict[int, int] = defaultdict(int)
    for heads, by_month in amounts:
        for month, delta in by_month.items():
            for head, _ in heads:
                totals[head | month] += delta
    return sorted((key, value) for key, value in totals.items() if value)


def _copied(made: Sequence[bytes]) -> bytes:
    return b"".join((_HEAD, *made, _TAIL)) if made else b""


@lru_cache(maxsize=65_536)
def entity_key(entity: str) -> int:
    """The first 8 bytes of the SHA-256 of an entity's name, as a signed integer."""
    return int(struct.unpack(">q", sha256(entity.encode()).digest()[:8])[0])


@lru_cache(maxsize=65_536)
def month_of(day: int) -> int:
    """Months since the year 0 of a day, counted from 1900."""
    at = date.fromordinal(_EPOCH_1900 + day)
    return at.year * 12 + at.month - 1
