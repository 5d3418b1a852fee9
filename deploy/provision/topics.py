"""One topic per producer: one partition, kept for ever, never created by accident."""

from collections.abc import Iterable
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

_CONFIG: Final = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "compression.type": "producer",
    "unclean.leader.election.enable": "false",
    "max.message.bytes": str(2 * 1024 * 1024),
}
_EXISTS: Final = 36


async def ensure(bootstrap: str, topics: Iterable[str], replication: int = 1) -> None:
    """Creates the topics that are missing. Raises RuntimeError with the broker's words if one is refused."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        missing = sorted(set(topics) - set(await admin.list_topics()))
        if not missing:
            return
        config = {**_CONFIG, "min.insync.replicas": "2" if replication > 2 else "1"}
        # Errors come back in the answer and raise nothing by themselves.
        answer = await admin.create_topics(
            [NewTopic(name, num_partitions=1, replication_factor=replication, topic_configs=config) for name in missing]
        )
        for error in answer.topic_errors:
            if error[1] not in (0, _EXISTS):
                raise RuntimeError(f"the broker refused the topic {error[0]}: {error[1:]}")
    finally:
        await admin.close()
