"""One producer's store laid anew from its topic, in the place of one that parted from it."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import asyncpg

from deploy.cli.state import Unhappy
from deploy.provision import databases
from shared.adapters.postgres.recovery import Event, Recovery
from shared.runtime import topic as own_topics
from shared.runtime.guard import compare
from shared.runtime.recover import Taken, Who

_ROWS: Final = 2000
# What the topic does not say, and the old store still knows: what was heard, and commands that recorded nothing.
_CARRIED: Final = {
    "replica": "select name, body, view from replica",
    "heard": "select source, sequence, digest, aside from heard",
    "set_aside": "select topic, at_offset, digest, size, bytes, code, en, fr, source, sequence, event, type, "
    "at, tries, settled, skipped from set_aside",
    "command": "select id, digest, stream, first, last, at from command where last < first",
}


@dataclass(frozen=True, slots=True)
class Anew:
    """What was taken from the topic; where the old store is kept; how many events only it held, and their file."""

    records: int
    commands: int
    aside: str
    dropped: int
    file: Path


async def lay(folder: Path, who: Who, dsn: str, topic: tuple[str, str]) -> Anew:
    """Makes a new database from `topic` (broker, name), then puts it in the old one's place.

    Begun again, it begins anew. A service at work waits meanwhile. Raises Stopped if the topic itself is broken,
    Unhappy without the administrator's password, and what is in WAITING.
    """
    _, _, member, service = who.source.split("/")
    parts = urlsplit(dsn)
    name = databases.database_of(member, service)
    admin_dsn = _admin(folder, parts.hostname or "", parts.port or 5432)
    fresh, stamp = f"{name[:50]}_anew", datetime.now(UTC).strftime("%Y%m%d_%H%M%S")
    aside = f"{name[:40]}_before_{stamp}"
    file = folder / "recovered" / f"{aside}.jsonl"
    async with _connected(admin_dsn, "postgres") as admin:
        await admin.execute(f"drop database if exists {fresh} with (force)")
        await databases.producer(admin_dsn, member, service, unquote(parts.password or ""), fresh)
        async with _connected(admin_dsn, fresh) as made:
            await _take(made, who, topic)
            await _moved(admin, name, aside)
            await admin.execute(f"revoke connect on database {aside} from {name}")
            # What was published until the old store was shut.
            await _take(made, who, topic)
            async with _connected(admin_dsn, aside) as old:
                dropped = await _alone(old, made, file)
                await _carry(old, made)
            found = await made.fetchrow("select (select count(*) from record) r, (select count(*) from command) c")
        await _moved(admin, fresh, name)
    return Anew(found["r"], found["c"], aside, dropped, file)


async def _take(made: Any, who: Who, topic: tuple[str, str]) -> Taken:
    async with own_topics.opened(*topic) as opened:
        _, taken, _ = await compare(made, opened, who)
        return taken


async def _moved(admin: Any, name: str, to: str) -> None:
    """Renames a database, cutting off whoever is connected."""
    await admin.execute(f"alter database {name} allow_connections false")
    await admin.execute("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1", name)
    await admin.execute(f"alter database {name} rename to {to}")
    await admin.execute(f"alter database {to} allow_connections true")


async def _alone(old: Any, made: Any, file: Path) -> int:
    """Writes the events that the old store has and the new one has not, one JSON line each; how many."""
    store, count = Recovery(made), 0
    file.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as lines:
        async with old.transaction():
            cursor = await old.cursor("select stream, version, type, attributes, data from event order by 1, 2")
            while rows := [Event(*row) for row in await cursor.fetch(_ROWS)]:
                there = await store.events([(one.stream, one.version) for one in rows])
                for one in rows:
                    if there.get((one.stream, one.version)) != one:
                        lines.write(_line(one))
                        count += 1
    return count


def _line(one: Event) -> str:
    said = {"stream": one.stream, "version": one.version, "type": one.type}
    said |= {"attributes": json.loads(one.attributes), "data": json.loads(one.data)}
    return json.dumps(said, ensure_ascii=False) + "\n"


async def _carry(old: Any, made: Any) -> None:
    for table, sql in _CARRIED.items():
        rows = await old.fetch(sql)
        if rows:
            await made.copy_records_to_table(table, records=[tuple(row) for row in rows], columns=list(rows[0].keys()))


def _admin(folder: Path, host: str, port: int) -> str:
    """The administrator's address: POSTGRES_PASSWORD, else what `make run` laid."""
    laid = folder / "pg" / "password"
    password = os.environ.get("POSTGRES_PASSWORD") or (laid.read_text().strip() if laid.exists() else "")
    if not password:
        raise Unhappy("Laying a store anew needs the administrator of PostgreSQL: set POSTGRES_PASSWORD.")
    return databases.dsn_of(host, port, "postgres", "postgres", password)


@asynccontextmanager
async def _connected(dsn: str, database: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(dsn, database=database, timeout=10)
    try:
        yield connection
    finally:
        connection.terminate()
