"""Prometheus metrics of the road, one registry per process, labelled by member and service."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_LABELS: Final = ("member", "service")

COMMANDS: Final = Counter("generateur_commands_total", "Commands answered", (*_LABELS, "command", "result"))
COMMAND_SECONDS: Final = Histogram(
    "generateur_command_seconds",
    "From request to answer",
    _LABELS,
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
SEALED: Final = Gauge("generateur_sealed_sequence", "Last sequence sealed", _LABELS)
PUBLISHED: Final = Gauge("generateur_published_sequence", "Last sequence acknowledged by Kafka", _LABELS)
REACTIONS: Final = Counter("generateur_reactions_total", "Events reacted to", (*_LABELS, "result"))
WAITING: Final = Gauge("generateur_set_aside", "Records that reactions set aside and that wait", _LABELS)
DROPPED: Final = Counter("generateur_connections_dropped_total", "Connections ended by us, not by the client", ("why",))
