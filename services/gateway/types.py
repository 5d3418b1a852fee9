"""What answers say of themselves: how far the read side had come, and what is not counted."""

from datetime import date as Day
from datetime import datetime
from typing import Final, Self

import strawberry
from strawberry.types import Info

from services.gateway import positions
from services.gateway.call import Call
from services.gateway.reads import State
from services.gateway.scalars import Count

Context = Info[Call, None]


@strawberry.input(description="From which state to answer")
class AsOfInput:
    date: Day | None = strawberry.field(default=None, description="As it was by the end of this day; default today")
    at_least: str | None = strawberry.field(
        default=None, description="A position, as a mutation returned it: wait until its facts are counted"
    )
    wait_ms: int | None = strawberry.field(
        default=None, description="How long `atLeast` waits, 0 to 5000; default 2000"
    )


@strawberry.type(description="What an answer reflects")
class AsOf:
    position: str = strawberry.field(description="Token of each producer's last counted record; give it to `atLeast`")
    recorded_at: datetime = strawberry.field(description="When the last counted batch was committed")
    lag_ms: int = strawberry.field(description="Milliseconds from that commit until this gateway knew of it")
    date: Day = strawberry.field(description="The day whose end is shown")

    @classmethod
    def of(cls, state: State, lag_ms: int, day: Day) -> Self:
        """The reflection of a state at a day."""
        return cls(position=positions.position(state.positions), recorded_at=state.at, lag_ms=lag_ms, date=day)


@strawberry.type(description="A producer that is no longer counted, since one of its records cannot be trusted")
class Stopped:
    source: str
    sequence: Count
    reason: str


@strawberry.type(description="A producer that is not counted to the end of its topic, and why")
class Behind:
    source: str
    sequence: Count = strawberry.field(description="Its last counted record")
    reason: str


COMPLETE: Final = (
    "The answer reflects all that the topics hold: `current`, no producer is stopped, held or behind, no record is "
    "set aside"
)
CURRENT: Final = "A moment ago everything was counted up to the topics' ends, but for what is named here"


@strawberry.type(description="Records that are kept but not counted: whose, and why")
class SetAside:
    source: str = strawberry.field(description="The producer: /members/<member>/<service>")
    code: str = strawberry.field(description="Stable reason, like payload.contract or authority.coordinator")
    records: Count


def stopped(state: State) -> list[Stopped]:
    """The producers that a state says are stopped."""
    return [
        Stopped(source=str(one["source"]), sequence=Count(int(one["sequence"])), reason=str(one["reason"]))
        for one in state.stopped
    ]


def behind(state: State) -> list[Behind]:
    """The producers that a state says are behind."""
    return [
        Behind(source=str(one["source"]), sequence=Count(int(one["sequence"])), reason=str(one["reason"]))
        for one in state.behind
    ]


def set_aside(state: State) -> list[SetAside]:
    """What a state says is set aside."""
    return [
        SetAside(source=source, code=code, records=Count(records))
        for source, codes in sorted(state.parked_by.items())
        for code, records in sorted(codes.items())
    ]


@strawberry.type(description="The read side's own state")
class ReadState:
    as_of: AsOf
    version: int = strawberry.field(description="Version of the rules of counting")
    batch: Count = strawberry.field(description="Number of the last counted batch")
    complete: bool = strawberry.field(description=COMPLETE)
    current: bool = strawberry.field(description=CURRENT)
    behind: list[Behind]
    parked: int
    set_aside: list[SetAside]
    stopped: list[Stopped]
    held: list[str]

    @classmethod
    def of(cls, state: State, lag_ms: int, day: Day) -> Self:
        """What a state says of itself."""
        return cls(
            as_of=AsOf.of(state, lag_ms, day),
            version=state.version,
            batch=Count(state.batch),
            complete=state.complete,
            current=state.current,
            behind=behind(state),
            parked=state.parked,
            set_aside=set_aside(state),
            stopped=stopped(state),
            held=list(state.held),
        )
