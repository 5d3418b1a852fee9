"""What a service's reactions have heard of each producer, and the records that they set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple

import asyncpg

from shared.kernel.record import MAX_RECORD

# Of what nobody we know has signed: whoever may write to a topic could fill this database with it.
UNSIGNED_BYTES: Final = 16 * 1024
UNSIGNED_ROWS: Final = 1000
_TEXT: Final = 500
_NOTED: Final = """
with noted as (
  insert into heard as h (source, sequence, digest) values ($1, $2, $3)
  on conflict (source, sequence) do update set aside = false where h.digest = excluded.digest
  returning 1
), settled as (
  update set_aside set settled = clock_timestamp()
  where source = $1 and sequence = $2 and digest = $4 and settled is null and exists (select from noted)
)
select count(*) = 1 from noted
"""
_SET_ASIDE: Final = """
with standing as (
  insert into heard (source, sequence, digest, aside)
  select $9, $10, $11, true where $9::text is not null on conflict do nothing
)
insert into set_aside (topic, at_offset, digest, size, bytes, code, en, fr, source, sequence, event, type)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $12, $13
where $9::text is not null
   or $14 > (select count(*) from (select from set_aside where topic = $1 and source is null limit $14) as kept)
on conflict do nothing returning true
"""
_COLUMNS: Final = "id, topic, at_offset, digest, size, bytes, code, en, fr, source, sequence, event, type, at, tries"


class Author(NamedTuple):
    """What a record says of itself that its producer's signature vouches for; `digest` is that of its signed part."""

    source: str
    sequence: int
    digest: str
    event: str
    type: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is the matter with a record: a stable code, and a sentence in English and in French.

    `author` is None unless the topic's owner has signed it.
    """

    code: str
    en: str
    fr: str
    author: Author | None = None


class Around(NamedTuple):
    """What was heard next to a sequence: the last one of all (0: none), its own digest, and that of the one before.

    `aside`: the record at this sequence was not acted upon yet. `""` stands for what was not heard.
    """

    last: int
    own: str
    aside: bool
    before: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that was set aside. `raw` is its beginning, `whole` whether that is all of it."""

    id: int
    topic: str
    offset: int
    digest: str
    size: int
    raw: bytes
    code: str
    en: str
    fr: str
    source: str | None
    sequence: int | None
    event: str | None
    type: str | None
    at: datetime
    tries: int

    @property
    def whole(self) -> bool:
        """Whether it can be tried again from what is kept."""
        return len(self.raw) == self.size


class PostgresHeard:
    """Behind a service's reactions; `pool` logs in as the producer's own role."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def last(self, source: str) -> int:
        """The last sequence heard of a source; 0 if none was."""
        found: int = await self._pool.fetchval("select coalesce(max(sequence), 0) from heard where source = $1", source)
        return found

    async def around(self, source: str, sequence: int) -> Around:
        """See `Around`."""
        rows = await self._pool.fetch(
            "select sequence, digest, aside from heard where source = $1 and sequence in ($2 - 1, $2) union all "
            "(select sequence, null, false from heard where source = $1 order by sequence desc limit 1)",
            source,
            sequence,
        )
        kept = {row["sequence"]: row for row in rows if row["digest"] is not None}
        own, before = kept.get(sequence), kept.get(sequence - 1)
        return Around(
            max((row["sequence"] for row in rows), default=0),
            "" if own is None else own["digest"].hex(),
            own is not None and own["aside"],
            "" if before is None else before["digest"].hex(),
        )

    async def note(self, author: Author, raw: bytes) -> bool:
        """A record was acted upon, and waits no more; False if another content was heard at its sequence meanwhile."""
        digest, whole = bytes.fromhex(author.digest), sha256(raw).digest()
        return bool(await self._pool.fetchval(_NOTED, author.source, author.sequence, digest, whole))

    async def set_aside(self, raw: bytes, topic: str, offset: int, fault: Fault) -> bool:
        """Keeps a record and what is the matter with it; False if it is kept already.

        Of one topic at most 1,000 are kept that its owner has not signed, 16 KiB of each.
        """
        by = fault.author
        given = await self._pool.fetchval(
            _SET_ASIDE,
            topic,
            offset,
            sha256(raw).digest(),
            len(raw),
            raw[: UNSIGNED_BYTES if by is None else MAX_RECORD],
            *map(_text, (fault.code, fault.en, fault.fr)),
            None if by is None else by.source,
            None if by is None else by.sequence,
            None if by is None else bytes.fromhex(by.digest),
            None if by is None else _text(by.event),
            None if by is None else _text(by.type),
            UNSIGNED_ROWS,
        )
        return bool(given)

    async def count(self) -> int:
        """How many wait."""
        return int(await self._pool.fetchval("select count(*) from set_aside where settled is null"))

    async def waiting(self, after: int, limit: int) -> Sequence[Waiting]:
        """Those that wait behind an id, in the order in which they were set aside."""
        rows = await self._pool.fetch(
            f"select {_COLUMNS} from set_aside where settled is null and id > $1 order by id limit $2",  # noqa: S608
            after,
            limit,
        )
        return [_waiting(row) for row in rows]

    async def named(self, ids: Sequence[int]) -> Sequence[Waiting]:
        """Of these the ones that wait, in the order in which they were set aside."""
        rows = await self._pool.fetch(
            f"select {_COLUMNS} from set_aside where settled is null and id = any ($1::bigint[]) order by id",  # noqa: S608
            ids,
        )
        return [_waiting(row) for row in rows]

    async def settle(self, number: int, skipped: bool = False) -> None:
        """It waits no more: heard after all, or skipped; it stays as evidence."""
        await self._pool.execute(
            "update set_aside set settled = clock_timestamp(), skipped = $2 where id = $1 and settled is null",
            number,
            skipped,
        )

    async def tried(self, number: int, fault: Fault) -> None:
        """It was tried again in vain."""
        await self._pool.execute(
            "update set_aside set tries = tries + 1, code = $2, en = $3, fr = $4 where id = $1",
            number,
            *map(_text, (fault.code, fault.en, fault.fr)),
        )


def _waiting(row: asyncpg.Record) -> Waiting:
    number, topic, offset, digest, *rest = row.values()
    return Waiting(number, topic, offset, digest.hex(), *rest)


def _text(value: str) -> str:
    """As PostgreSQL takes it: bounded, without NUL or lone surrogates."""
    return value[:_TEXT].encode(errors="replace").decode().replace("\0", "�")
