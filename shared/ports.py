"""Where the pure part meets a server. One real adapter stands behind each; no twin in memory is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to append: its type, its attributes and its data, the last two as canonical bytes."""

    type: str
    attributes: bytes
    data: bytes


class Stored(NamedTuple):
    """One event as it is stored; of an event that is only asked for its existence `attributes` and `data` are empty."""

    type: str
    version: int
    attributes: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """What one reading found: streams with their events, which exist, and replicas, each by name.

    `versions`: those of the streams read, 0 for one that is not there. `existing`: of the streams asked for their
    existence their events, without content but for voids.
    """

    streams: Mapping[str, Sequence[Stored]] = field(default_factory=dict)
    existing: Mapping[str, Sequence[Stored]] = field(default_factory=dict)
    replicas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did: the versions `first`..`last` of `stream` (`last` < `first` if nothing)."""

    stream: str
    first: int
    last: int


class EventStore(Protocol):
    """The truth of one producer."""

    async def command(self, command_id: UUID) -> tuple[Done, bytes] | None:
        """What a command id did, with the digest of its input, empty if that is not known any more; None if nothing."""

    async def types(self, stream: str, first: int, last: int) -> Sequence[str]:
        """The types of a stream's events between two versions, in order."""

    async def stream_of(self, sequence: int) -> tuple[str, int] | None:
        """The stream of a sealed record and its version there; None if there is no such record."""

    async def read(self, streams: Sequence[str], existing: Sequence[str], replicas: Sequence[str]) -> Found:
        """All of it at one moment."""

    async def naming(self, prefix: str, text: str) -> Sequence[str]:
        """The streams whose names begin with `prefix` and in whose payloads `text` occurs."""

    async def append(
        self,
        stream: str,
        expected: int,
        entries: Sequence[Entry],
        command_id: UUID,
        digest: bytes,
        guards: Mapping[str, int],
    ) -> None:
        """All or nothing. `guards`: other streams and the versions at which they were read.

        Raises Conflict if the stream is not at `expected`, a guard is not at its version, or the command id is taken.
        """

    async def remember(self, done: Done, command_id: UUID, digest: bytes) -> None:
        """Keeps that a command recorded nothing, its effect standing already. Raises Conflict if its id is taken."""

    async def sequences(self, stream: str, first: int, last: int) -> Sequence[int]:
        """The sequences given so far to these versions."""
