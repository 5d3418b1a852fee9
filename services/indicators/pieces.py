"""Long work in pieces, between which others in this process are answered and PostgreSQL is fed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")
_SIZE: Final = 1_000


async def in_pieces(items: Sequence[T]) -> AsyncIterator[Sequence[T]]:
    """All of `items`, at most a thousand at a time; gives way after each."""
    for at in range(0, len(items), _SIZE):
        yield items[at : at + _SIZE]
        await asyncio.sleep(0)
