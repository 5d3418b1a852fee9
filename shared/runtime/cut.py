"""Keeps what a client cancels within itself from ending our tasks in silence.

aiokafka cancels futures of its own when a connection closes, and its `stop` may raise the cancellation of its own
tasks. To a task that awaits them this looks as if it had been told to end.
"""

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from typing import Any, Final, TypeVar

from aiokafka.errors import KafkaConnectionError

log = logging.getLogger("cut")
_AFTER_CANCEL: Final = 1.0

T = TypeVar("T")


async def uncut(waited: Coroutine[Any, Any, T]) -> T:
    """What `waited` gives. Raises KafkaConnectionError where it was cancelled and this task was not."""
    task = asyncio.create_task(waited)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait({task}, timeout=_AFTER_CANCEL)
        raise
    if task.cancelled():
        raise KafkaConnectionError("the connection to the broker was cut")
    return task.result()


async def closed(what: str, closing: Coroutine[Any, Any, object], seconds: float = 3) -> bool:
    """Waits at most `seconds` for something to close; what goes wrong meanwhile is logged, never raised.

    False if it did not close cleanly.
    """
    task = asyncio.create_task(closing)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.cancel()
        log.info("%s did not close in time", what)
        return False
    if task.cancelled() or task.exception() is not None:
        log.info("%s did not close well: %r", what, None if task.cancelled() else task.exception())
        return False
    return True


async def endless(name: str, working: Awaitable[object]) -> None:
    """Awaits what must not end by itself. Raises RuntimeError when it does, or is cut off without being told to."""
    try:
        await working
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise RuntimeError(f"{name} was cut off") from None
    raise RuntimeError(f"{name} has ended")
