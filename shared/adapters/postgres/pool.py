"""Pools of connections, as every service of ours makes them."""

from typing import Any

import asyncpg


async def connect(dsn: str, **given: Any) -> asyncpg.Pool:
    """A pool whose connections are handed back as they are. `given` goes to `asyncpg.create_pool`.

    By default each hand-over costs a question that resets the session. None of our statements changes it, and a
    transaction left open is ended all the same.
    """
    return await asyncpg.create_pool(dsn, reset=_as_it_is, connect=_connect, **given)


async def _connect(*args: Any, **given: Any) -> asyncpg.Connection:
    """Raises CannotConnectNowError where the role may not connect: a database that is being put back has no grants yet.

    On a statement the same code (42501) says that a grant was forgotten, and is not waited for.
    """
    try:
        return await asyncpg.connect(*args, **given)
    except asyncpg.InsufficientPrivilegeError as error:
        raise asyncpg.CannotConnectNowError(str(error)) from error


async def _as_it_is(connection: Any) -> None:
    return None
