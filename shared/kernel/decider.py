"""How a command is described once, and what a decision is given: state, context and what is known of others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, Literal, NamedTuple, TypeVar
from uuid import UUID

from pydantic import BaseModel

from shared.kernel import dates
from shared.kernel.fields import Payload

P = TypeVar("P", bound=Payload, covariant=True)


@dataclass(frozen=True, slots=True)
class Draft:
    """One event that a decision wants recorded: its type and its payload (canonical-safe values)."""

    type: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordedEvent(Generic[P]):
    """One event of a stream: its fact in the newest shape, its type as recorded, and what its record says of it.

    `version`: position in the stream, from 1; `time`: when recorded, UTC text; `source`: the producer.
    """

    fact: P
    type: str
    version: int
    time: str
    occurred_on: date
    precision: str
    origin: str = "live"
    role: str = "AD"
    actor: str = ""

    @property
    def day(self) -> date:
        """The day from which figures count it."""
        return dates.effective_day(self.occurred_on, self.precision, dates.recorded_day(self.time))


Events = Sequence[RecordedEvent[Payload]]


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may know of the moment: given, never asked for, so that deciding stays pure.

    `standing`: of a correction the ids that the fact names; what they stand for was allowed when it was recorded, and
    is not asked about again.
    """

    now: datetime
    today: date
    member: str
    coordinator: str
    role: str
    actor: str
    occurred_on: date
    precision: str
    origin: str
    standing: frozenset[str] = frozenset()

    @property
    def day(self) -> date:
        """The day from which figures will count what is decided now."""
        return dates.effective_day(self.occurred_on, self.precision, self.today)


@dataclass(frozen=True, slots=True)
class Lookup:
    """Something a decision must know besides its own stream.

    `stream`: the live events of a stream of this service; `exists`: only whether it has any; `replica`: what was heard
    of others; `either`: the stream if it has events, else the replica; `either_exists`: only whether one is there;
    `naming`: the streams whose names begin with `name` and whose payloads hold `text`, a piece of canonical JSON.
    What is read of this service's own streams is checked once more when the decision is appended.
    """

    kind: Literal["stream", "exists", "replica", "either", "either_exists", "naming"]
    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the look-ups found."""

    streams: Mapping[str, Events] = field(default_factory=dict)
    existing: frozenset[str] = frozenset()
    replicas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def stream(self, name: str) -> Events:
        """The live events of a stream; none if there are none."""
        return self.streams.get(name, ())

    def exists(self, name: str) -> bool:
        """Whether there is such an object, here or as heard of others."""
        return name in self.existing or name in self.replicas or bool(self.streams.get(name))

    def replica(self, name: str) -> Mapping[str, Any] | None:
        """What was heard of something; None if nothing was, or if it is no more."""
        return self.replicas.get(name)


class RecordAddress(NamedTuple):
    """A record by its producer and its sequence there: the stream that it lies in is looked up."""

    source: str
    sequence: int


class Located(NamedTuple):
    """All the events of a record's stream, amendments too, and the record's version among them."""

    events: Events
    version: int


def no_lookups(command: Any, past: Any) -> Sequence[Lookup]:
    """For commands that look at their own stream only."""
    return ()


C = TypeVar("C", bound=BaseModel)
S = TypeVar("S")


@dataclass(frozen=True)
class Spec(Generic[C, S]):
    """One command, described once: the road, the contracts and the gateway all read this.

    `stream`: the stream it is about, by name, or as that of a record. `fold` is given the stream's live events; of a
    record's stream all that is there, as `Located`, which `lookups` is given too.
    `member`: the field of the input that names the member at whose service the coordinator gives it; none if it is
    always given at the caller's own. `one_at_a_time`: a rule over several streams that may be new needs them in turn.
    """

    name: str
    model: type[C]
    stream: Callable[[C], str | RecordAddress]
    roles: frozenset[str]
    emits: tuple[str, ...]
    fold: Callable[[Any], S]
    decide: Callable[[C, S, Context, Known], list[Draft]]
    title_en: str
    title_fr: str
    lookups: Callable[[C, Any], Sequence[Lookup]] = no_lookups
    member: str | None = None
    one_at_a_time: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """An event of another producer (or one's own) as a reaction hears it."""

    id: str
    type: str
    source: str
    sequence: int
    subject: str
    version: int
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
class Replica:
    """What is kept of something heard: `body` for the next event of it, `view` for decisions (None: it is no more)."""

    name: str
    body: Mapping[str, Any]
    view: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Reaction:
    """Events heard → commands and replicas. Repeating it is harmless.

    `scope`: "own" hears the topics of this member, "coordinator" those of the coordinator. `handle` is given the event
    and the body kept so far under `replica(event)`, if that names one.
    """

    name: str
    types: frozenset[str]
    scope: Literal["own", "coordinator"]
    handle: Callable[[Heard, Mapping[str, Any] | None], Sequence[Call | Replica]]
    replica: Callable[[Heard], str | None] = lambda heard: None
