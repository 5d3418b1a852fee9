"""A read side filled by SQL: what the reader of topics would have written, in the tables of its own DDL."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from tests.gateway.serving import until

ROOT = Path(__file__).parents[2]
DDL = ROOT / "services" / "indicators" / "schema"
CATALOGUE = ROOT / "shared" / "contracts" / "indicators.toml"

Amount = tuple[str, str, str, int]


class ReadSide:
    """One database with a reading role; `batch` commits and notifies as the reader of topics does."""

    def __init__(self, admin_dsn: str, name: str) -> None:
        self._admin_dsn = admin_dsn
        self.name = name
        self.number = 0
        self._c: Any = None

    @property
    def dsn(self) -> str:
        """The address of a role that may only call the functions of `api`."""
        place = self._admin_dsn.rpartition("@")[2].rpartition("/")[0]
        return f"postgresql://{self.name}_reader:secret@{place}/{self.name}"

    @classmethod
    async def create(cls, admin_dsn: str) -> "ReadSide":
        """A new database with the DDL applied."""
        made = cls(admin_dsn, f"reads_{uuid4().hex[:12]}")
        admin = await asyncpg.connect(admin_dsn)
        await admin.execute(f"create database {made.name} strategy wal_log template template0")
        for role in ("reader", "writer"):
            await admin.execute(f"create role {made.name}_{role} login password 'secret'")
        await admin.close()
        made._c = await asyncpg.connect(f"{admin_dsn.rpartition('/')[0]}/{made.name}")
        for file in sorted(DDL.glob("*.sql")):
            text = file.read_text(encoding="utf-8")
            await made._c.execute(
                text.replace("$writer", f"{made.name}_writer").replace("$reader", f"{made.name}_reader")
            )
        await made._c.execute("select add_version(1)")
        rows = [(one["number"], name, one["scale"]) for name, one in tomllib.loads(CATALOGUE.read_text()).items()]
        await made._c.executemany("insert into indicator values ($1, $2, $3)", rows)
        return made

    async def drop(self) -> None:
        """Removes the database and its roles."""
        await self._c.close()
        admin = await asyncpg.connect(self._admin_dsn)
        await admin.execute(f"drop database {self.name} with (force)")
        await admin.execute(f"drop role {self.name}_reader, {self.name}_writer")
        await admin.close()

    async def batch(self, positions: Mapping[str, int], amounts: Iterable[Amount] = ()) -> int:
        """Commits a batch: positions, and amounts (scope, indicator, day, change); tells whoever listens."""
        self.number += 1
        async with self._c.transaction():
            for scope, indicator, day, change in amounts:
                await self._change(scope, indicator, date.fromisoformat(day), change)
            for source, sequence in positions.items():
                await self._c.execute(
                    "insert into position values (1, $1, $1, $2, $2, '') on conflict (version, topic) "
                    "do update set sequence = excluded.sequence, next_offset = excluded.next_offset",
                    source,
                    sequence,
                )
            await self._c.execute("insert into batch values (1, $1, default, $2)", self.number, json.dumps({}))
            await self._c.execute("update projection set batch = $1", self.number)
            await self._c.execute("select pg_notify('figures', $1)", str(self.number))
        return self.number

    async def _change(self, scope: str, indicator: str, day: date, change: int) -> None:
        await self._c.execute("insert into scope (name) values ($1) on conflict do nothing", scope)
        await self._c.execute(
            "insert into change select 1, api.pack(i.number, s.id, api.day($3)), $4, 0, 0, 0, $5 "
            "from indicator i, scope s where i.id = $2 and s.name = $1",
            scope,
            indicator,
            day,
            change,
            self.number,
        )
        await self._c.execute(
            "insert into total_1 select 1, api.pack(i.number, s.id, api.month($3)), $4 from indicator i, scope s "
            "where i.id = $2 and s.name = $1 on conflict (key) do update set value = total_1.value + $4",
            scope,
            indicator,
            day,
            change,
        )

    async def document(self, kind: str, code: str, body: Mapping[str, Any]) -> None:
        """Keeps a sheet; its territories and its member are those its body names."""
        name = str(body.get("name", body.get("title")))
        await self._c.execute(
            "insert into document values (1, $1, $2, $3, $4, $5, $6)",
            kind,
            code,
            f"{name.casefold()} {code}",
            list(body.get("territories", [code])),
            body.get("member"),
            json.dumps(body),
        )

    async def event(self, entity: str, sequence: int, kind: str, data: Mapping[str, Any]) -> None:
        """Keeps one event of an entity, recorded `sequence` seconds after noon."""
        time = f"2026-01-01T12:00:{sequence:02}.000000Z"
        head = ["/members/m1/ideation", sequence, kind, time, 739616, "2026-01-01", "day", entity, "live", "p-9", "AD"]
        await self._c.execute(
            "insert into fact values (1, ('x' || encode(substr(sha256($1), 1, 8), 'hex'))::bit(64)::bigint, 1, $2)",
            entity.encode(),
            json.dumps([*head, [entity], data]).encode(),
        )

    async def stop(self, source: str, reason: str | None) -> None:
        """Stops a producer, or lets it go on."""
        await self._c.execute("update position set stopped = $2 where source = $1", source, reason)

    async def heard_by(self, app: Any) -> None:
        """Returns when a gateway knows the last batch."""
        await until(lambda: app.feed.state is not None and app.feed.state.batch >= self.number)

    async def cut(self) -> None:
        """Ends every other connection to this database, as a restart of the server would."""
        await self._c.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
            "and pid <> pg_backend_pid()"
        )
