"""The rows of a batch as PostgreSQL takes them in: packed here, they cost a third of asyncpg's encoding."""

import struct
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

import orjson

from services.indicators.facts import AnyFact
from services.indicators.portfolio import Document
from services.indicators.tally import Contributions, Scopes

Facts = Mapping[str, Sequence[AnyFact]]
Changes = list[tuple[str, Contributions]]
Documents = dict[str, Document | None]

_EPOCH_1900: Final = 693596
# PostgreSQL's binary COPY: a head, rows of fields that each begin with their length, a tail. A row's last field
# stands apart: that of `fact` is the body, that of `change` the key, under which its rows are sorted.
_COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_TAIL: Final = b"\xff\xff"
_FACT: Final = struct.Struct(">hiiiqiqi")
_FACT_COLUMNS: Final = ("version", "entity", "batch", "body")
_CHANGE: Final = struct.Struct(">hiiiqiqiiiqiqi")
_CHANGE_COLUMNS: Final = ("version", "batch", "entity", "source", "sequence", "delta", "key")


@dataclass(frozen=True, slots=True)
class Rows:
    """All that one batch writes: two tables' rows as one text each, totals by key, documents made and gone."""

    version: int
    batch: int
    facts: bytes
    changes: bytes
    totals: Sequence[tuple[int, int]]
    documents: Documents

    async def write(self, connection: Any) -> None:
        """Writes them, in the caller's transaction."""
        await _copy(connection, f"fact_{self.version}", _FACT_COLUMNS, self.facts)
        if self.changes:
            await _copy(connection, f"change_{self.version}", _CHANGE_COLUMNS, self.changes)
        await self._write_totals(connection)
        await self._write_documents(connection)

    async def _write_totals(self, connection: Any) -> None:
        if self.totals:
            await connection.execute(
                f"insert into total_{self.version} as t (version, key, value) "  # noqa: S608  an integer
                f"select {self.version}, k, v from unnest($1::text::bigint[], $2::text::bigint[]) as x (k, v) "
                "on conflict (key) do update set value = t.value + excluded.value",
                array(key for key, _ in self.totals),
                array(value for _, value in self.totals),
            )

    async def _write_documents(self, connection: Any) -> None:
        made = [document for _, document in sorted(self.documents.items()) if document is not None]
        if made:
            await connection.execute(
                f"insert into document_{self.version} (version, kind, id, sort, territories, member, body) "  # noqa: S608
                f"select {self.version}, kind, id, sort, string_to_array(territories, ' '), member, body::jsonb "
                "from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) "
                "as x (kind, id, sort, territories, member, body) on conflict (kind, id) do update set "
                "sort = excluded.sort, territories = excluded.territories, member = excluded.member, "
                "body = excluded.body",
                [d.kind for d in made],
                [d.id for d in made],
                [d.sort for d in made],
                [" ".join(d.territories) for d in made],
                [d.member for d in made],
                [orjson.dumps(d.body).decode() for d in made],
            )
        gone = [entity.partition("/") for entity, document in self.documents.items() if document is None]
        if gone:
            await connection.execute(
                f"delete from document_{self.version} d using unnest($1::text[], $2::text[]) as x (kind, id) "  # noqa: S608
                "where d.kind = x.kind and d.id = x.id",
                [kind for kind, _, _ in gone],
                [name for _, _, name in gone],
            )


class Packing:
    """Rows of one batch in the making. `heads`: by indicator and scopes, the keys without their day."""

    def __init__(
        self,
        version: int,
        batch: int,
        heads: Mapping[tuple[str, Scopes], Sequence[int]],
        producers: Mapping[str, int],
    ) -> None:
        self._version = version
        self._batch = batch
        self._heads = heads
        self._producers = producers
        self._facts: list[bytes] = []
        self._changes: defaultdict[int, list[bytes]] = defaultdict(list)
        self._monthly: defaultdict[tuple[tuple[str, Scopes], int], int] = defaultdict(int)
        self._documents: Documents = {}

    def add_facts(self, facts: Facts) -> None:
        """Facts, each under its entity."""
        pack, version, batch, made = _FACT.pack, self._version, self._batch, self._facts
        for entity, added in facts.items():
            number = entity_key(entity)
            for fact in added:
                made += (pack(4, 4, version, 8, number, 8, batch, len(fact.body)), fact.body)

    def add(self, changes: Changes, documents: Documents) -> None:
        """What was drawn from some entities."""
        pack, heads, producers, made, monthly = _CHANGE.pack, self._heads, self._producers, self._changes, self._monthly
        version, batch = self._version, self._batch
        for entity, changed in changes:
            number = entity_key(entity)
            for (indicator, scopes, day, source, sequence), delta in changed.items():
                said = pack(7, 4, version, 8, batch, 8, number, 4, producers[source], 8, sequence, 8, delta, 8)
                at, where = day - _EPOCH_1900, (indicator, scopes)
                monthly[where, month_of(day)] += delta
                for head in heads[where]:
                    made[head] += (said, (head | at).to_bytes(8))
        self._documents.update(documents)

    def rows(self) -> Rows:
        """All of it."""
        # Near the order of the index on them, which then grows at few places.
        changes = [part for head in sorted(self._changes) for part in self._changes[head]]
        totals: defaultdict[int, int] = defaultdict(int)
        for (where, month), delta in self._monthly.items():
            for head in self._heads[where]:
                totals[head | month] += delta
        moved = sorted((key, value) for key, value in totals.items() if value)
        return Rows(self._version, self._batch, _copied(self._facts), _copied(changes), moved, self._documents)


def array(numbers: Iterable[int]) -> str:
    """A PostgreSQL array as text: asyncpg looks at each element of a list for a list."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _copied(made: Sequence[bytes]) -> bytes:
    return b"".join((_COPY_HEAD, *made, _COPY_TAIL)) if made else b""


async def _copy(connection: Any, table: str, columns: Sequence[str], text: bytes) -> None:
    async def whole() -> AsyncIterator[bytes]:
        yield text

    await connection.copy_to_table(table, source=whole(), columns=columns, format="binary")


@lru_cache(maxsize=65_536)
def entity_key(entity: str) -> int:
    """The first 8 bytes of the SHA-256 of an entity's name, as a signed integer."""
    return int(struct.unpack(">q", sha256(entity.encode()).digest()[:8])[0])


@lru_cache(maxsize=65_536)
def month_of(day: int) -> int:
    """Months since the year 0 of a day's ordinal."""
    at = date.fromordinal(day)
    return at.year * 12 + at.month - 1
