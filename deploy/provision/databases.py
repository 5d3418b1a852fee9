"""A database and a role per producer: the role appends and seals, and may rewrite nothing."""

import re
import secrets
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import quote

import asyncpg

import shared.adapters.postgres
from shared.runtime import keyfiles

_SQL: Final = Path(shared.adapters.postgres.__file__).parent
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,62}")


class Outdated(RuntimeError):
    """What is there was laid by a version that was never released, and is not carried on."""

    def __init__(self, database: str) -> None:
        super().__init__(f"{database} was laid by a version never released: `generateur reset` removes it")


def database_of(member: str, service: str) -> str:
    """The name of a producer's database and of its role (PostgreSQL keeps 63 characters)."""
    name = f"{member}_{service}".replace("-", "_")
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name} is no database name")
    return name


def secret(file: Path) -> str:
    """The password in `file`, made there with mode 600 if there is none."""
    keyfiles.lay(file, secrets.token_urlsafe(24).encode())
    return file.read_text().strip()


def dsn_of(host: str, port: int, database: str, role: str, password: str) -> str:
    """A connection address for asyncpg."""
    return f"postgresql://{role}:{quote(password)}@{host}:{port}/{database}"


async def ensure_role(admin: asyncpg.Connection, role: str, password: str) -> None:
    """A login role with this password and no right beyond what is granted to it."""
    if not _NAME.fullmatch(role):
        raise ValueError(f"{role} is no role name")
    exists = await admin.fetchval("select true from pg_roles where rolname = $1", role)
    verb = "alter" if exists else "create"
    # The password is quoted by the server itself: DDL takes no parameters.
    literal = await admin.fetchval("select quote_literal($1::text)", password)
    await admin.execute(
        f"{verb} role {role} login nosuperuser nocreatedb nocreaterole noinherit connection limit 20 password {literal}"
    )


async def ensure_database(admin: asyncpg.Connection, name: str) -> bool:
    """Makes the database if it is missing, open to nobody by default; True if it was made now."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name} is no database name")
    if await admin.fetchval("select true from pg_database where datname = $1", name):
        return False
    await admin.execute(f"create database {name} strategy wal_log encoding 'UTF8' template template0")
    await admin.execute(f"revoke all on database {name} from public")
    return True


async def close_defaults(admin: asyncpg.Connection) -> None:
    """Every role may connect to PostgreSQL's own databases unless told otherwise: tells it so, once."""
    # Several of us may come at once, and the catalogue's rows are not changed by two.
    async with admin.transaction():
        await admin.execute("select pg_advisory_xact_lock(20160101)")
        if await admin.fetchval("select has_database_privilege('public', 'template1', 'connect')"):
            await admin.execute("revoke all on database postgres, template1 from public")


async def producer(admin_dsn: str, member: str, service: str, password: str, database: str | None = None) -> None:
    """The database, role, tables and grants of one producer. A half-made one is completed.

    `database` names another database than the producer's own: one that is to take its place.
    """
    role = database_of(member, service)
    name = database or role
    admin = await asyncpg.connect(admin_dsn)
    try:
        await close_defaults(admin)
        await ensure_role(admin, role, password)
        await ensure_database(admin, name)
        await admin.execute(f"grant connect on database {name} to {role}")
    finally:
        await admin.close()
    inside = await asyncpg.connect(admin_dsn, database=name)
    try:
        async with inside.transaction():
            if not await inside.fetchval("select to_regclass('public.seal_state') is not null"):
                await inside.execute((_SQL / "store.sql").read_text())
            elif not await inside.fetchval("select to_regclass('public.replica') is not null"):
                raise Outdated(name)
            # Of databases laid, or restored from a backup made, before this column was: it says nothing yet.
            await inside.execute(
                "alter table relay_state add column if not exists next_offset bigint not null default 0"
            )
            if not await inside.fetchval("select to_regclass('public.heard') is not null"):
                await inside.execute((_SQL / "heard.sql").read_text())
            await inside.execute(Template((_SQL / "grants.sql").read_text()).substitute(app=role))
    finally:
        await inside.close()
