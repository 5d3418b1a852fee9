"""A group of reactions that has handled more than its database knows hears again: the database was restored."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kernel.record import read
from shared.kernel.refusals import Unreadable
from shared.runtime.consume import let_go, reader, source_of_topic
from shared.runtime.cut import uncut
from shared.runtime.topic import OwnTopic, Unseen

log = logging.getLogger("reactions")
# Of the records before the group's place the last readable one is looked at; strangers may have written some.
_BACK: Final = 50
Heard = Callable[[str], Awaitable[int]]


async def rewind(kafka: str, group: str, topics: Sequence[str], heard: Heard) -> Sequence[str]:
    """Takes the group to the beginning of each topic of which it stands behind a record that was never heard.

    `heard` gives the last sequence that the database knows of a source. What it knows is heard again without effect.
    The group must have no member. Gives these topics. Raises KafkaError, TimeoutError.
    """
    consumer = reader(kafka, f"{group}.rewind", group_id=group, fetch_max_wait_ms=100)
    try:
        await uncut(consumer.start())
        behind = [topic for topic in topics if await _handled(consumer, topic) > await heard(source_of_topic(topic))]
        if behind:
            consumer.assign([TopicPartition(topic, 0) for topic in behind])
            await uncut(consumer.commit({TopicPartition(topic, 0): 0 for topic in behind}))
            log.warning("%s hears %s again: its database is older than what it has handled", group, ", ".join(behind))
        return behind
    finally:
        await let_go(f"the look at {group}", consumer)


async def _handled(consumer: AIOKafkaConsumer, topic: str) -> int:
    """The sequence of the last record before the group's place in a topic; 0 if there is none."""
    own = OwnTopic(consumer, topic)
    try:
        begin, end = await own.bounds()
        place = await uncut(consumer.committed(TopicPartition(topic, 0))) or 0
        last = 0
        if place <= end:
            async for rows in own.read(max(begin, place - _BACK), place):
                last = max((last, *(_sequence(row.value or b"", source_of_topic(topic)) for row in rows)))
        return last
    except Unseen as fault:
        log.info("%s is not looked at: %s", topic, fault)
        return 0


def _sequence(raw: bytes, source: str) -> int:
    try:
        attributes = read(raw).attributes
    except Unreadable:
        return 0
    return attributes.sequence if attributes.source == source else 0
