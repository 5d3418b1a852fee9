"""The relay: publishes sealed records in order, at least once, byte for byte; no transaction open while waiting."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Final

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.runtime.cut import closed, uncut
from shared.runtime.faults import point
from shared.runtime.seal import Fenced

log = logging.getLogger("relay")

BATCH: Final = 4000
_BATCH_BYTES: Final = 512 * 1024
_DEADLINE: Final = 30.0
HEADERS: Final = [("content-type", b"application/cloudevents+json")]


def producer(bootstrap: str, client_id: str, **security: Any) -> AIOKafkaProducer:
    """The producer of one relay: idempotent, all acknowledgements, lz4, records of up to 256 KiB."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        client_id=client_id,
        enable_idempotence=True,
        compression_type="lz4",
        max_batch_size=_BATCH_BYTES,
        max_request_size=2 * 1024 * 1024,
        linger_ms=0,
        request_timeout_ms=20_000,
        metadata_max_age_ms=60_000,
        **security,
    )


class Relay:
    """Publishes one producer's records on its topic and remembers how far Kafka has acknowledged."""

    def __init__(self, pool: asyncpg.Pool, topic: str, bootstrap: str, security: dict[str, Any] | None = None) -> None:
        self._pool = pool
        self.topic = topic
        self._bootstrap = bootstrap
        self._security = security or {}
        self._producer: AIOKafkaProducer | None = None
        self._epoch = 0
        self.acked = 0

    async def claim(self) -> None:
        """Takes the relay's row; an older relay is fenced from now on."""
        row = await self._pool.fetchrow("update relay_state set epoch = epoch + 1 returning epoch, acked")
        assert row is not None  # laid with the tables, and never removed
        self._epoch, self.acked = row["epoch"], row["acked"]

    async def publish(self, limit: int = BATCH) -> int:
        """Publishes up to `limit` records above the acknowledged one and says how many.

        A send that fails drops the producer with its window and returns 0: the next call starts again from
        the acknowledged record. Raises Fenced.
        """
        rows = await self._pool.fetch(
            "select sequence, key, bytes from record where sequence > $1 order by sequence limit $2", self.acked, limit
        )
        if not rows:
            return 0
        try:
            point("relay.before_send")
            async with asyncio.timeout(_DEADLINE):
                pairs = [(row["key"], row["bytes"]) for row in rows]
                await uncut(send(await uncut(self._ready()), self.topic, pairs))
        except (KafkaError, TimeoutError, OSError) as error:
            log.warning("publishing on %s failed, starting again from %d: %r", self.topic, self.acked, error)
            await self.stop()
            await asyncio.sleep(0.5)
            return 0
        point("relay.after_ack")
        await self._advance(rows[-1]["sequence"])
        point("relay.after_advance")
        return len(rows)

    async def _advance(self, to: int) -> None:
        # Our own earlier update may have been committed and its answer lost: only the epoch says whose place it is.
        acked = await self._pool.fetchval(
            "update relay_state set acked = greatest(acked, $1) where epoch = $2 returning acked", to, self._epoch
        )
        if acked is None:
            raise Fenced(f"another relay publishes on {self.topic}")
        self.acked = acked

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is None:
            made = producer(self._bootstrap, f"{self.topic}.relay", **self._security)
            try:
                await made.start()
            except BaseException:
                await closed(f"the producer of {self.topic}", made.stop())
                raise
            self._producer = made
        return self._producer

    async def stop(self) -> None:
        """Drops the producer, waiting neither for what it holds nor for the broker."""
        made, self._producer = self._producer, None
        if made is not None:
            await closed(f"the producer of {self.topic}", made.stop())


async def send(made: AIOKafkaProducer, topic: str, rows: Sequence[tuple[bytes, bytes]]) -> None:
    """Sends `(key, value)` rows in order to the topic's one partition and waits for every acknowledgement."""
    # Whole batches: one future each instead of one per record, and the order is ours to see.
    futures = []
    batch = made.create_batch()
    for key, value in rows:
        if batch.append(key=key, value=value, timestamp=None, headers=HEADERS) is None:
            futures.append(await made.send_batch(batch, topic, partition=0))
            point("relay.between_sends")
            batch = made.create_batch()
            batch.append(key=key, value=value, timestamp=None, headers=HEADERS)
    futures.append(await made.send_batch(batch, topic, partition=0))
    for future in futures:
        await future
