"""The rows of a batch, and how PostgreSQL takes them in."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from services.indicators.drawn import Drawn

# In the order in which `packing` writes them.
_FACT_COLUMNS: Final = ("version", "entity", "batch", "body")
# Parts of a text that go to PostgreSQL in one message: two make a row of `fact`, of 150 KiB at most.
_AT_ONCE: Final = 1_000
_CHANGE_COLUMNS: Final = ("version", "batch", "entity", "source", "sequence", "delta", "key")


@dataclass(frozen=True, slots=True)
class Rows:
    """All that one batch writes: two tables' rows as parts of one text each, totals by key, and what was drawn besides.

    `undated`: by key, what of the totals is not known to have happened in that month.
    """

    version: int
    batch: int
    facts: Sequence[bytes]
    changes: Sequence[bytes]
    totals: Sequence[tuple[int, int]]
    undated: Sequence[tuple[int, int]]
    drawn: Drawn

    async def write(self, connection: Any) -> None:
        """Writes them, in the caller's transaction."""
        await _copy(connection, f"fact_{self.version}", _FACT_COLUMNS, self.facts)
        if self.changes:
            await _copy(connection, f"change_{self.version}", _CHANGE_COLUMNS, self.changes)
        await self._write_totals(connection, "value", self.totals)
        await self._write_totals(connection, "undated", self.undated)
        await self._write_documents(connection)
        await self._write_amended(connection)

    async def _write_totals(self, connection: Any, column: str, totals: Sequence[tuple[int, int]]) -> None:
        if totals:
            value, undated = ("v", "0") if column == "value" else ("0", "v")
            await connection.execute(
                f"insert into total_{self.version} as t (version, key, value, undated) "  # noqa: S608  constants
                f"select {self.version}, k, {value}, {undated} "
                "from unnest($1::text::bigint[], $2::text::bigint[]) as x (k, v) "
                f"on conflict (key) do update set {column} = t.{column} + excluded.{column}",
                array(key for key, _ in totals),
                array(amount for _, amount in totals),
            )

    async def _write_documents(self, connection: Any) -> None:
        if self.drawn.stale:
            await connection.execute(
                f"delete from document_{self.version} d "  # noqa: S608  an integer
                "using unnest($1::text[], $2::text[], $3::text[]) as x (kind, id, made) "
                "where d.kind = x.kind and d.id = x.id and d.lowest <> all (x.made::smallint[])",
                [kind for kind, _, _ in self.drawn.stale],
                [name for _, name, _ in self.drawn.stale],
                [array(made) for _, _, made in self.drawn.stale],
            )
        made = sorted(self.drawn.documents, key=lambda one: (one.kind, one.id, one.lowest))
        if made:
            await connection.execute(
                f"insert into document_{self.version} "  # noqa: S608  an integer
                "(version, kind, id, lowest, highest, owner, sort, territories, body) "
                f"select {self.version}, kind, id, lowest, highest, owner, sort, "
                "string_to_array(territories, chr(31)), body::jsonb "
                "from unnest($1::text[], $2::text[], $3::text::smallint[], $4::text::smallint[], $5::text[], "
                "$6::text[], $7::text[], $8::text[]) as x (kind, id, lowest, highest, owner, sort, territories, body) "
                "on conflict (kind, id, lowest) do update set highest = excluded.highest, owner = excluded.owner, "
                "sort = excluded.sort, territories = excluded.territories, body = excluded.body",
                [d.kind for d in made],
                [d.id for d in made],
                array(d.lowest for d in made),
                array(d.highest for d in made),
                [d.owner for d in made],
                [d.sort for d in made],
                ["\x1f".join(d.territories) for d in made],
                [orjson.dumps(d.body).decode() for d in made],
            )

    async def _write_amended(self, connection: Any) -> None:
        if self.drawn.amended:
            rows = sorted(self.drawn.amended.items())
            await connection.execute(
                f"insert into amended_{self.version} (version, source, sequence, visibility, amended_by) "  # noqa: S608
                f"select {self.version}, source, sequence, visibility, amended_by::jsonb "
                "from unnest($1::text[], $2::text::bigint[], $3::text[], $4::text[]) "
                "as x (source, sequence, visibility, amended_by) on conflict (source, sequence) do update set "
                "visibility = excluded.visibility, amended_by = excluded.amended_by",
                [source for (source, _), _ in rows],
                array(sequence for (_, sequence), _ in rows),
                [one.visibility for _, one in rows],
                [orjson.dumps(one.named()).decode() for _, one in rows],
            )


def array(numbers: Iterable[int]) -> str:
    """A PostgreSQL array as text: asyncpg looks at each element of a list for a list."""
    return "{" + ",".join(map(str, numbers)) + "}"


async def _copy(connection: Any, table: str, columns: Sequence[str], parts: Sequence[bytes]) -> None:
    # Never as one text: a record stands under each entity that it names, so that a MiB of records with a thousand
    # names each makes more than a GiB here, which PostgreSQL takes in no message.
    async def whole() -> AsyncIterator[bytes]:
        for at in range(0, len(parts), _AT_ONCE):
            yield b"".join(parts[at : at + _AT_ONCE])

    await connection.copy_to_table(table, source=whole(), columns=columns, format="binary")
