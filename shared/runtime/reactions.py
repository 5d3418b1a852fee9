"""Events heard become commands and replicas: a FastStream subscriber whose repetition is harmless."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from aiokafka.errors import KafkaConnectionError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from shared.runtime.hearing import Hearing
from shared.runtime.verdict import whose

log = logging.getLogger("reactions")
_PAUSE: Final = 0.5
_STUCK: Final = 5
_SAID_EVERY: Final = 60
_LOOK: Final = 1.0


class Stuck(RuntimeError):
    """What fails is neither a record's fault nor the moment's: the process must end."""


class Reactor:
    """The subscriber of one service of one member: every record goes to `hearing`, and is kept until that has it."""

    def __init__(self, hearing: Hearing, group: str) -> None:
        self._hearing = hearing
        self._group = group
        self._ours = 0
        self._waited = 0
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def subscribe(self, broker: KafkaBroker) -> None:
        """Declares the subscriber on `broker`: one record at a time, kept until it was handled."""
        self._subscriber = broker.subscriber(
            *self._hearing.topics,
            group_id=self._group,
            auto_offset_reset="earliest",
            # The Kafka default acknowledges before the handler; ACK and REJECT_ON_ERROR commit past a failure.
            ack_policy=AckPolicy.NACK_ON_ERROR,
            # What a producer took back was never said.
            isolation_level="read_committed",
            parser=_bare,
            decoder=_raw,
            session_timeout_ms=10_000,
        )
        self._subscriber(self._receive)

    async def watch(self) -> None:
        """Until this is cancelled. Raises Stuck; KafkaConnectionError if the subscriber was cut off in silence."""
        while True:
            await asyncio.wait([self.failed], timeout=_LOOK)
            if self.failed.done():
                self.failed.result()
            if all(task.done() for task in self._subscriber.tasks):
                raise KafkaConnectionError("the subscriber was cut off")

    async def _receive(self, body: bytes, message: KafkaMessage) -> None:
        raw: Any = message.raw_message
        try:
            await self._hearing.hear(body, raw.topic, raw.offset)
        except Exception as error:
            self._note(error, f"{raw.topic}@{raw.offset}")
            await asyncio.sleep(_PAUSE)
            raise
        self._ours = self._waited = 0

    def _note(self, error: Exception, where: str) -> None:
        if whose(error) == "moment":
            if self._waited % _SAID_EVERY == 0:
                log.warning("%s waits at %s: %r", self._hearing.actor, where, error)
            self._waited += 1
            return
        self._ours += 1
        log.error("%s does not get past %s", self._hearing.actor, where, exc_info=error)
        if self._ours >= _STUCK and not self.failed.done():
            stuck = Stuck(f"{self._hearing.actor} has failed {_STUCK} times at {where}: {error!r}")
            stuck.__cause__ = error
            self.failed.set_exception(stuck)


async def _bare(message: Any, parse: Callable[[Any], Awaitable[Any]]) -> Any:
    """Without headers: FastStream wants text in them, and whoever writes to a topic may put in anything."""
    return await parse(replace(message, headers=()))


async def _raw(message: Any) -> bytes:
    return bytes(message.body)
