"""The relay: publishes sealed records in order, at least once, byte for byte; no transaction open while waiting."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Final

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.produce import ProduceRequest

from shared.adapters.postgres.recovery import Mark
from shared.runtime.cut import closed, uncut
from shared.runtime.faults import point
from shared.runtime.seal import Fenced
from shared.runtime.topic import end_of

log = logging.getLogger("relay")

BATCH: Final = 4000
_BATCH_BYTES: Final = 512 * 1024
# As the sealer's: never the same twice.
_CLAIM: Final = """
update relay_state set epoch = greatest(epoch, $1::bigint) + 1 + floor(random() * 1099511627776)::bigint
returning epoch, acked, next_offset
"""
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


class Displaced(Exception):
    """The topic does not end where this relay left it: it is to be looked at before anything is sent."""


class Unsure(KafkaError):  # type: ignore[misc]  # without types of its own
    """A batch was sent and not acknowledged: whether it stands in the topic is not known."""

    retriable = False


class Relay:
    """Publishes one producer's records on its topic and remembers how far Kafka has acknowledged.

    `mark` says up to which sequence and which offset the topic is known.
    """

    def __init__(self, pool: asyncpg.Pool, topic: str, bootstrap: str, security: dict[str, Any] | None = None) -> None:
        self._pool = pool
        self.topic = topic
        self._bootstrap = bootstrap
        self._security = security or {}
        self._producer: AIOKafkaProducer | None = None
        self._epoch = 0
        self.mark = Mark(0, 0)

    async def claim(self) -> None:
        """Takes the relay's row; an older relay is fenced from now on."""
        row = await self._pool.fetchrow(_CLAIM, self._epoch)
        assert row is not None  # laid with the tables, and never removed
        self._epoch, self.mark = row["epoch"], Mark(row["acked"], row["next_offset"])

    async def place(self, mark: Mark) -> None:
        """Goes on from where the topic was found to end, be it further back. Raises Fenced."""
        await self._moved("update relay_state set acked = $1, next_offset = $2 where epoch = $3 returning acked", mark)

    async def publish(self, limit: int = BATCH) -> int:
        """Publishes up to `limit` records above the acknowledged one and says how many.

        A send that fails drops the producer with its window and returns 0: the next call starts again from
        the acknowledged record. Raises Fenced; Displaced if others wrote to the topic, or it was laid anew.
        """
        rows = await self._pool.fetch(
            "select sequence, key, bytes from record where sequence > $1 order by sequence limit $2",
            self.mark.acked,
            limit,
        )
        if not rows:
            return 0
        try:
            point("relay.before_send")
            async with asyncio.timeout(_DEADLINE):
                pairs = [(row["key"], row["bytes"]) for row in rows]
                made = await uncut(self._ready())
                end = await uncut(end_of(made.client, self.topic))
                if end != self.mark.next_offset:
                    raise Displaced(f"{self.topic} ends at offset {end}, expected {self.mark.next_offset}")
                await uncut(send(made, self.topic, pairs))
        except (KafkaError, TimeoutError, OSError) as error:
            log.warning("publishing on %s failed, starting again from %d: %r", self.topic, self.mark.acked, error)
            await self.stop()
            await asyncio.sleep(0.5)
            return 0
        point("relay.after_ack")
        # Where all is well our records stand one behind the other; if not, the next call finds the end elsewhere.
        await self._advance(Mark(rows[-1]["sequence"], end + len(rows)))
        point("relay.after_advance")
        return len(rows)

    async def _advance(self, mark: Mark) -> None:
        # Our own earlier update may have been committed and its answer lost: only the epoch says whose place it is.
        await self._moved(
            "update relay_state set acked = greatest(acked, $1), next_offset = $2 where epoch = $3 returning acked",
            mark,
        )

    async def _moved(self, sql: str, mark: Mark) -> None:
        acked = await self._pool.fetchval(sql, *mark, self._epoch)
        if acked is None:
            raise Fenced(f"another relay publishes on {self.topic}")
        self.mark = Mark(acked, mark.next_offset)

    async def _ready(self) -> AIOKafkaProducer:
        if self._producer is None:
            made = producer(self._bootstrap, f"{self.topic}.relay", **self._security)
            try:
                await made.start()
            except BaseException:
                await closed(f"the producer of {self.topic}", made.stop())
                raise
            once(made)
            self._producer = made
        return self._producer

    async def stop(self) -> None:
        """Drops the producer, waiting neither for what it holds nor for the broker."""
        made, self._producer = self._producer, None
        if made is not None:
            await closed(f"the producer of {self.topic}", made.stop())


def once(made: AIOKafkaProducer) -> None:
    """Lets a producer send each batch once: what fails is Unsure, and neither it nor what follows is sent after that.

    Sent again by itself it could come to a topic that was emptied meanwhile, and stand there without what precedes it.
    """
    sending = made.client.send
    failed: list[Unsure] = []

    async def sent(node: Any, request: Any, **given: Any) -> Any:
        if not isinstance(request, ProduceRequest):
            return await sending(node, request, **given)
        if failed:
            raise failed[0]
        try:
            answer = await sending(node, request, **given)
        except KafkaError as error:
            failed.append(Unsure(repr(error)))
            raise failed[0] from error
        for topic, parts in answer.topics:
            for _, code, *_rest in parts:
                if code:
                    failed.append(Unsure(f"{topic}: {for_code(code).__name__}"))
                    raise failed[0]
        return answer

    made.client.send = sent


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
