"""Events as they pass: every topic of the collective read without a group, one readable line per event."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import orjson
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from deploy.cli.state import Unhappy
from shared.kernel.texts import shown
from shared.runtime.consume import TOPICS

_TELLING: Final = ("title", "project_title", "name", "legal_name", "text", "hypothesis", "reason", "source")
_CUT: Final = 70


async def show(kafka: str, follow: bool, member: str | None, from_start: bool, as_json: bool) -> None:
    """Prints events until the end of the topics, or for ever with `follow`. Raises Unhappy if Kafka is not reached."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka, enable_auto_commit=False, auto_offset_reset="none", fetch_max_wait_ms=200
    )
    try:
        await consumer.start()
    except KafkaError as error:
        raise Unhappy(f"Kafka at {kafka} does not answer: {error}.") from None
    try:
        await _read(consumer, follow, member, from_start, as_json)
    finally:
        await consumer.stop()


async def _read(consumer: Any, follow: bool, member: str | None, from_start: bool, as_json: bool) -> None:
    positions = await _assign(consumer, {}, member, from_start or not follow)
    ends = await consumer.end_offsets(list(positions)) if positions else {}
    if not positions and not follow:
        return
    while True:
        batches = await consumer.getmany(timeout_ms=500, max_records=500)
        records = sorted((one for batch in batches.values() for one in batch), key=lambda one: one.timestamp)
        for one in records:
            print(shown(one.value.decode(errors="replace")) if as_json else line(one.value), flush=True)
            positions[TopicPartition(one.topic, one.partition)] = one.offset + 1
        if not follow and all(positions[part] >= end for part, end in ends.items()):
            return
        if follow and not batches:
            # A member that joined meanwhile is heard from its first event.
            positions = await _assign(consumer, positions, member, True)


async def _assign(
    consumer: Any, positions: dict[TopicPartition, int], member: str | None, start: bool
) -> dict[TopicPartition, int]:
    topics = await consumer.topics()
    wanted = [TopicPartition(topic, 0) for topic in sorted(topics) if _heard(topic, member)]
    fresh = [part for part in wanted if part not in positions]
    if not fresh:
        return positions
    found = await (consumer.beginning_offsets(fresh) if start else consumer.end_offsets(fresh))
    known = {**positions, **found}
    consumer.assign(list(known))
    for part, offset in known.items():
        consumer.seek(part, offset)
    return known


def _heard(topic: str, member: str | None) -> bool:
    match = TOPICS.fullmatch(topic)
    return match is not None and member in (None, match[1])


def line(raw: bytes) -> str:
    """One event for a person: when recorded, by whom, its number, what, about what, when it happened."""
    try:
        event = orjson.loads(raw)
        data = event["data"]
        who = event["source"].removeprefix("/members/")
        kind = event["type"].split(".")[1]
        when = event["occurredon"] + ("" if event["occurredprecision"] == "day" else f" ({event['occurredprecision']})")
        told = " ".join(filter(None, (event["subject"], when, _words(data))))
        return shown(f"{event['time'][:19]}  {who} #{event['sequence']}  {kind}  {told}").replace("\n", " ")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return f"(a record that cannot be read, {len(raw)} bytes)"


def _words(data: Mapping[str, Any]) -> str:
    for name in ("count", "headcount"):
        if name in data:
            return f"{data[name]['value']} ({data[name]['precision']})"
    text = next((str(data[name]) for name in _TELLING if data.get(name)), "")
    return f"“{text[:_CUT]}…”" if len(text) > _CUT else f"“{text}”" if text else ""


def run(kafka: str, follow: bool, member: str | None, from_start: bool, as_json: bool) -> int:
    """See `show`; 0 when done or interrupted."""
    try:
        asyncio.run(show(kafka, follow, member, from_start, as_json))
    except KeyboardInterrupt:
        return 0
    return 0
