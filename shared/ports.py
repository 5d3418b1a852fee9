"""Where the pure part meets a server. One real adapter stands behind each; no twin in memory is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from shared.kernel.decider import Past


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to append: its type, its attributes and its data, the last two as canonical bytes."""

    type: str
    attributes: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did: the versions `first`..`last` of `stream` (`last` < `first` if nothing)."""

    stream: str
    first: int
    last: int


class EventStore(Protocol):
    """The truth of one producer."""

    async def command(self, command_id: UUID) -> tuple[Done, bytes] | None:
        """What a command id did, with the digest of its input; None if it did nothing yet."""

    async def load(self, stream: str) -> Sequence[Past]:
        """A stream's events in order; empty if there is none."""

    async def append(
        self, stream: str, expected: int, entries: Sequence[Entry], command_id: UUID, digest: bytes
    ) -> None:
        """All or nothing. Raises Conflict if the stream is not at `expected` or the command id is taken."""

    async def remember(self, done: Done, command_id: UUID, digest: bytes) -> None:
        """Keeps that a command recorded nothing, its effect standing already. Raises Conflict if its id is taken."""

    async def sequences(self, stream: str, first: int, last: int) -> Sequence[int]:
        """The sequences given so far to these versions."""

    async def reference(self, name: str) -> Mapping[str, Any] | None:
        """Something heard from others."""

    async def record(self, sequence: int) -> bytes | None:
        """The bytes of one sealed record."""
