"""One batch, one transaction: facts, changes, totals, documents and positions together, or nothing."""

import struct
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

import msgspec
import orjson

from services.indicators.facts import Fact
from services.indicators.fold import contributions, difference
from services.indicators.portfolio import Document, document
from services.indicators.tally import Key
from shared.runtime.seal import Fenced

_EPOCH_1900: Final = 693596
_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Fact)
# PostgreSQL's binary COPY: a head, rows of fields that each begin with their length, a tail.
_COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_TAIL: Final = b"\xff\xff"
_CHANGE: Final = struct.Struct(">hiiiqiqiqiiiqiq")
_FACT: Final = struct.Struct(">hiiiqiqi")


@lru_cache(maxsize=65_536)
def entity_key(entity: str) -> int:
    """The first 8 bytes of the SHA-256 of an entity's name, as a signed integer."""
    return int(struct.unpack(">q", sha256(entity.encode()).digest()[:8])[0])


@lru_cache(maxsize=65_536)
def month_of(day: int) -> int:
    """Months since the year 0 of a day's ordinal."""
    at = date.fromordinal(day)
    return at.year * 12 + at.month - 1


class Names:
    """Small numbers for names, in the database and remembered: they pack keys and enter no rule."""

    def __init__(self, table: str, column: str) -> None:
        self._sql = (
            f"with fresh as (insert into {table} (id, {column}) "  # noqa: S608  two constants of this module
            f"select coalesce((select max(id) from {table}), 0) + row_number() over (), n from unnest($1::text[]) n "
            f"on conflict ({column}) do nothing returning id, {column} as name) "
            f"select id, name from fresh union select id, {column} from {table} where {column} = any ($1)"
        )
        self._known: dict[str, int] = {}

    async def numbers(self, connection: Any, names: Iterable[str]) -> Mapping[str, int]:
        """A number for each name. The caller forgets what was learned if its transaction fails."""
        missing = sorted(set(names) - self._known.keys())
        if missing:
            rows = await connection.fetch(self._sql, missing)
            self._known.update((row["name"], row["id"]) for row in rows)
        return self._known

    def forget(self) -> None:
        """Drops what is remembered."""
        self._known.clear()


class Projection:
    """Writes one version's rows. `indicators` gives each indicator's number."""

    def __init__(self, version: int, indicators: Mapping[str, int]) -> None:
        self.version = version
        self._indicators = indicators
        self._scopes = Names("scope", "name")
        self._producers = Names("producer", "source")

    def forget(self) -> None:
        """To be called when a transaction failed."""
        self._scopes.forget()
        self._producers.forget()

    async def fold(self, connection: Any, facts: Sequence[Fact], batch: int) -> None:
        """Adds facts to their entities and writes what changes, in the caller's transaction."""
        fresh: dict[str, list[Fact]] = defaultdict(list)
        for fact in facts:
            for entity in fact.entities:
                fresh[entity].append(fact)
        if not fresh:
            return
        known = await self._load(connection, fresh)
        await self._write_facts(connection, fresh, batch)
        changes: list[tuple[str, Mapping[Key, int]]] = []
        documents: list[Document] = []
        for entity, added in fresh.items():
            earlier = known.get(entity, [])
            facts = [*earlier, *added]
            changed = difference(contributions(entity, earlier) if earlier else {}, contributions(entity, facts))
            if changed:
                changes.append((entity, changed))
            made = document(entity, facts)
            if made is not None:
                documents.append(made)
        await self._write_changes(connection, changes, batch)
        await self._write_documents(connection, documents)

    async def _load(self, connection: Any, fresh: Mapping[str, Any]) -> dict[str, list[Fact]]:
        keys = [entity_key(entity) for entity in fresh]
        rows = await connection.fetch(
            f"select body from fact_{self.version} where entity = any ($1::bigint[])",  # noqa: S608  an integer
            keys,
        )
        known: dict[str, list[Fact]] = defaultdict(list)
        seen: set[tuple[str, int, str]] = set()
        for row in rows:
            fact = _DECODER.decode(row["body"])
            for entity in fact.entities:
                # A fact stands once under each of its entities: it is met again with each of them.
                if entity in fresh and (fact.source, fact.sequence, entity) not in seen:
                    seen.add((fact.source, fact.sequence, entity))
                    known[entity].append(fact)
        return known

    async def _write_facts(self, connection: Any, fresh: Mapping[str, Sequence[Fact]], batch: int) -> None:
        bodies: dict[tuple[str, int], bytes] = {}
        rows: list[bytes] = []
        for entity, added in fresh.items():
            number = entity_key(entity)
            for fact in added:
                ref = (fact.source, fact.sequence)
                body = bodies.get(ref)
                if body is None:
                    body = bodies[ref] = _ENCODER.encode(fact)
                rows.append(_FACT.pack(4, 4, self.version, 8, number, 8, batch, len(body)))
                rows.append(body)
        await _copy(connection, f"fact_{self.version}", ("version", "entity", "batch", "body"), rows)

    async def _write_changes(
        self, connection: Any, changes: Sequence[tuple[str, Mapping[Key, int]]], batch: int
    ) -> None:
        if not changes:
            return
        scopes = await self._scopes.numbers(connection, {key[1] for _, changed in changes for key in changed})
        sources = await self._producers.numbers(connection, {key[3] for _, changed in changes for key in changed})
        rows: list[tuple[int, int, int, int, int]] = []
        totals: defaultdict[int, int] = defaultdict(int)
        for entity, changed in changes:
            number = entity_key(entity)
            for (indicator, scope, day, source, sequence), delta in changed.items():
                head = self._indicators[indicator] << 48 | scopes[scope] << 24
                rows.append((head | day - _EPOCH_1900, delta, number, sources[source], sequence))
                totals[head | month_of(day)] += delta
        # In the order of the index on them, which then grows at few places.
        rows.sort()
        pack, version = _CHANGE.pack, self.version
        packed = [pack(7, 4, version, 8, k, 8, d, 8, e, 4, s, 8, n, 8, batch) for k, d, e, s, n in rows]
        columns = ("version", "key", "delta", "entity", "source", "sequence", "batch")
        await _copy(connection, f"change_{version}", columns, packed)
        moved = sorted((key, value) for key, value in totals.items() if value)
        await connection.execute(
            f"insert into total_{version} as t (version, key, value) "  # noqa: S608  an integer
            f"select {version}, k, v from unnest($1::bigint[], $2::bigint[]) as x (k, v) "
            "on conflict (key) do update set value = t.value + excluded.value",
            [key for key, _ in moved],
            [value for _, value in moved],
        )

    async def _write_documents(self, connection: Any, documents: Sequence[Document]) -> None:
        if not documents:
            return
        await connection.executemany(
            f"insert into document_{self.version} (version, kind, id, sort, territories, member, body) "  # noqa: S608
            f"values ({self.version}, $1, $2, $3, $4, $5, $6::text::jsonb) on conflict (kind, id) do update set "
            "sort = excluded.sort, territories = excluded.territories, member = excluded.member, body = excluded.body",
            [
                (d.kind, d.id, d.sort, list(d.territories), d.member, orjson.dumps(d.body).decode())
                for d in sorted(documents, key=lambda d: (d.kind, d.id))
            ],
        )


async def _copy(connection: Any, table: str, columns: Sequence[str], rows: Iterable[bytes]) -> None:
    """Appends rows of PostgreSQL's binary COPY format: packed here, they cost a third of asyncpg's encoding."""

    async def whole() -> AsyncIterator[bytes]:
        yield b"".join((_COPY_HEAD, *rows, _COPY_TAIL))

    await connection.copy_to_table(table, source=whole(), columns=columns, format="binary")


async def claim_batch(connection: Any, version: int, epoch: int) -> tuple[int, int]:
    """The number of the batch to write, if this reader is still the version's one; raises Fenced otherwise.

    With it the count of releases so far: one more than known, and what was parked or stopped has changed.
    """
    row = await connection.fetchrow(
        "update projection set batch = batch + 1, beat = clock_timestamp() where version = $1 and epoch = $2 "
        "returning batch, released",
        version,
        epoch,
    )
    if row is None:
        raise Fenced(f"another reader folds version {version}")
    return row["batch"], row["released"]
