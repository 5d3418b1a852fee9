"""Events heard become commands and replicas: a FastStream subscriber whose repetition is harmless."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from aiokafka.errors import KafkaConnectionError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from pydantic import ValidationError

from shared.adapters.postgres.store import PostgresStore
from shared.kernel import canonical, keys, record
from shared.kernel.decider import Call, Heard, Reaction, Replica, Spec
from shared.kernel.refusals import Refused, Unreadable
from shared.runtime import metrics
from shared.runtime.handle import Handler, Request

log = logging.getLogger("reactions")
_PAUSE: Final = 0.5
_TRIES: Final = 5
_STUCK: Final = 120
_LOOK: Final = 1.0
# Said of the moment, not of the command: the record is kept and heard again.
_PASSING: Final = frozenset({"stream.conflict"})


class Stuck(RuntimeError):
    """The same record has failed too often: nothing advances, and the process must end."""


class Reactor:
    """The reactions of one service of one member.

    `trusted` maps a source to its raw public key: a record of another source, or not signed by that key, is
    not acted upon and stops the reactor.
    """

    def __init__(
        self,
        member: str,
        service: str,
        reactions: Sequence[Reaction],
        specs: Mapping[str, Spec[Any, Any]],
        handler: Handler,
        store: PostgresStore,
        trusted: Mapping[str, bytes],
        coordinator: str,
    ) -> None:
        self._labels = (member, service)
        self._coordinator = coordinator
        self._actor = f"service:{service}"
        self._reactions = reactions
        self._specs = specs
        self._handler = handler
        self._store = store
        self._trusted = trusted
        self._failures = 0
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def subscribe(self, broker: KafkaBroker) -> None:
        """Declares the subscriber on `broker`: one record at a time, kept until it was handled."""
        group = "{}.{}.reactions".format(*self._labels)
        self._subscriber = broker.subscriber(
            *sorted(record.topic_of(source) for source in self._trusted),
            group_id=group,
            auto_offset_reset="earliest",
            # The Kafka default acknowledges before the handler; ACK and REJECT_ON_ERROR commit past a failure.
            ack_policy=AckPolicy.NACK_ON_ERROR,
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
        topic = message.raw_message.topic  # type: ignore[union-attr]
        try:
            await self._hear(body, topic)
        except Exception as error:
            self._failures += 1
            log.warning("%s: a record of %s is not handled yet: %r", self._actor, topic, error)
            if self._failures >= _STUCK and not self.failed.done():
                self.failed.set_exception(Stuck(f"{self._actor} has failed {_STUCK} times on one record of {topic}"))
            await asyncio.sleep(_PAUSE)
            raise
        self._failures = 0

    async def _hear(self, body: bytes, topic: str) -> None:
        read = record.read(body)
        self._check(read, topic)
        heard = heard_of(read)
        for reaction in self._reactions:
            if heard.type in reaction.types and self._in_scope(reaction, heard):
                await self._react(reaction, heard)

    def _check(self, read: record.Record, topic: str) -> None:
        source = read.attributes.source
        public = self._trusted.get(source)
        if public is None or record.topic_of(source) != topic:
            raise Unreadable("chain.owner", f"a record of {source[:80]!r} stands in {topic}")
        if not keys.verify(public, read.signed, read.attributes.signature):
            raise Unreadable("chain.signature", f"sequence {read.attributes.sequence} of {source} is not signed by it")

    def _in_scope(self, reaction: Reaction, heard: Heard) -> bool:
        whose = heard.source.split("/")[2]
        match reaction.scope:
            case "own":
                return whose == self._labels[0]
            case "coordinator":
                return whose == self._coordinator

    async def _react(self, reaction: Reaction, heard: Heard) -> None:
        name = reaction.replica(heard)
        kept = None
        if name is not None:
            kept, sequences = await self._store.replica_body(name)
            if sequences.get(heard.source, 0) >= heard.sequence:
                return
        for wanted in reaction.handle(heard, kept):
            match wanted:
                case Replica():
                    view = None if wanted.view is None else canonical.encode(dict(wanted.view))
                    body = canonical.encode(dict(wanted.body))
                    await self._store.put_replica(wanted.name, body, view, heard.source, heard.sequence)
                case Call():
                    await self._call(wanted, heard)
        metrics.REACTIONS.labels(*self._labels, "done").inc()

    async def _call(self, wanted: Call, heard: Heard) -> None:
        spec = self._specs[wanted.name]
        for attempt in range(_TRIES):
            try:
                await self._handler.handle(spec, self._request(spec, wanted, heard))
                return
            except (Refused, ValidationError) as error:
                if isinstance(error, Refused) and error.code in _PASSING:
                    raise
                refused = error
                await asyncio.sleep(0.1 * attempt)
        code = refused.code if isinstance(refused, Refused) else "input.invalid"
        log.error("%s: %s after %s was refused for good: %s", self._actor, wanted.name, heard.id, code)
        await self._store.refuse_reaction(heard.id, wanted.name, code, str(refused)[:500])
        metrics.REACTIONS.labels(*self._labels, "refused").inc()

    def _request(self, spec: Spec[Any, Any], wanted: Call, heard: Heard) -> Request:
        return Request(
            command_id=wanted.command_id,
            input=spec.model.model_validate_json(canonical.encode(dict(wanted.input)), strict=True),
            actor=self._actor,
            role="SV",
            origin=heard.origin,
            occurred_on=date.fromisoformat(heard.occurred_on),
            precision=heard.precision,
            correlation_id=UUID(heard.correlation_id),
            causation_id=heard.id,
        )


def heard_of(read: record.Record) -> Heard:
    """What a reaction sees of a record."""
    a = read.attributes
    return Heard(
        id=a.id,
        type=a.type,
        source=a.source,
        sequence=a.sequence,
        subject=a.subject,
        version=a.streamversion,
        time=a.time,
        occurred_on=a.occurredon,
        precision=a.occurredprecision,
        origin=a.origin,
        correlation_id=a.correlationid,
        data=read.data,
    )


async def _raw(message: Any) -> bytes:
    return bytes(message.body)
