"""Pools of connections, as every service of ours makes them."""

from typing import Any

import asyncpg


async def connect(dsn: str, **given: Any) -> asyncpg.Pool:
    """A pool whose connections are handed back as they are. `given` goes to `asyncpg.create_pool`.

    By default each hand-over costs a question that resets the session. None of our statements changes it, and a
    transaction left open is ended all the same.
    """
    return await asyncpg.create_pool(dsn, reset=_as_it_is, **given)


async def _as_it_is(connection: Any) -> None:
    return None
