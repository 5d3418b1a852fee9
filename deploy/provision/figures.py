"""The read side: one database, a role that writes it and a role that may only call its functions."""

from pathlib import Path
from string import Template
from typing import Final

import asyncpg

import services.indicators
from deploy.provision import databases

_SQL: Final = Path(services.indicators.__file__).parent / "schema"
DATABASE: Final = "indicators"
WRITER: Final = "indicators_writer"
READER: Final = "gateway_reader"


async def ensure(admin_dsn: str, writer_password: str, reader_password: str, database: str = DATABASE) -> None:
    """The database, its roles, tables and functions; what exists stays as it is. Raises databases.Outdated."""
    admin = await asyncpg.connect(admin_dsn)
    try:
        await databases.ensure_role(admin, WRITER, writer_password)
        await databases.ensure_role(admin, READER, reader_password)
        await databases.ensure_database(admin, database)
        await admin.execute(f"grant connect on database {database} to {WRITER}, {READER}")
    finally:
        await admin.close()
    inside = await asyncpg.connect(admin_dsn, database=database)
    try:
        async with inside.transaction():
            if not await inside.fetchval("select to_regclass('public.projection') is not null"):
                for file in sorted(_SQL.glob("*.sql")):
                    text = file.read_text()
                    if "$writer" in text:
                        text = Template(text).substitute(writer=WRITER, reader=READER)
                    await inside.execute(text)
            elif not await inside.fetchval("select to_regclass('public.reach') is not null"):
                raise databases.Outdated(database)
    finally:
        await inside.close()
