"""How a command is described once, and what a decision is given: state, context and what is known of others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict


@dataclass(frozen=True, slots=True)
class Draft:
    """One event that a decision wants recorded: its type and its payload (canonical-safe values)."""

    type: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Past:
    """One event read back from a stream. `time` is when it was recorded (text), `version` from 1."""

    type: str
    data: Mapping[str, Any]
    time: str
    role: str
    version: int


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may know of the moment: given, never asked for, so that deciding stays pure."""

    now: datetime
    today: date
    member: str
    coordinator: str
    role: str
    actor: str
    occurred_on: date
    precision: str
    origin: str


class Command(BaseModel):
    """The input of a command: frozen, nothing unknown accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


@dataclass(frozen=True, slots=True)
class Need:
    """Something a decision must know besides its own stream.

    `stream`: a stream of this service; `reference`: heard from others; `either`: the stream, else the reference;
    `record`: a record of this service by its sequence (the name is the number).
    """

    kind: Literal["stream", "reference", "either", "record"]
    name: str


Known = Mapping[str, Any]
"""By Need.name: a list[Past] for a stream, a dict for a reference or a record, None if unknown."""


def no_needs(command: Any) -> Sequence[Need]:
    """For commands that look at their own stream only."""
    return ()


C = TypeVar("C", bound=BaseModel)
S = TypeVar("S")


@dataclass(frozen=True)
class Spec(Generic[C, S]):
    """One command, described once: the road, the contracts and the gateway all read this."""

    name: str
    model: type[C]
    stream: Callable[[C], str]
    roles: frozenset[str]
    emits: tuple[str, ...]
    fold: Callable[[Sequence[Past]], S]
    decide: Callable[[C, S, Context, Known], list[Draft]]
    title_en: str
    title_fr: str
    needs: Callable[[C], Sequence[Need]] = no_needs


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of another producer (or one's own) as a reaction hears it."""

    id: str
    type: str
    source: str
    sequence: int
    subject: str
    time: str
    occurred_on: str
    precision: str
    origin: str
    correlation_id: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A reaction's command to its own service; the same event always gives the same command id."""

    command_id: UUID
    name: str
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """Something heard that decisions will ask for; `rank` (source, sequence) keeps the newest of equal names."""

    name: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reaction:
    """Events heard → commands and references. Repeating it is harmless.

    `scope`: "own" hears the topics of this member, "coordinator" those of the coordinator, "all" everyone's.
    `merge(known, heard)` gives the new body of a reference from the one known so far.
    """

    name: str
    types: frozenset[str]
    scope: Literal["own", "coordinator", "all"]
    handle: Callable[[Heard, Mapping[str, Any] | None], Sequence[Call | Reference]]
    reference: Callable[[Heard], str | None] = lambda heard: None
