"""Databases copied and put back as an operator does it, whoever is connected to them."""

import asyncpg


async def administer(admin_dsn: str, *statements: str) -> None:
    """Statements of the server's administrator, one after the other, none of them in a transaction."""
    connection = await asyncpg.connect(admin_dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def copied(admin_dsn: str, name: str, to: str, *roles: str) -> None:
    """Makes the database `to` anew as a copy of `name`; then these roles may connect to it.

    Whoever is connected to either is cut off.
    """
    await administer(
        admin_dsn,
        f"drop database if exists {to} with (force)",
        f"alter database {name} allow_connections false",
        f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}'",
        f"create database {to} template {name}",
        f"alter database {name} allow_connections true",
        f"revoke all on database {to} from public",
        *(f"grant connect on database {to} to {role}" for role in roles),
    )
