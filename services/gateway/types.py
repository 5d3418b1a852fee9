"""Output types of figures: what is counted, how much, and how far the read side had come."""

from datetime import date as Day
from datetime import datetime
from typing import Annotated, Final, Self

import strawberry
from strawberry.types import Info

from services.gateway import figures, positions
from services.gateway.call import Call
from services.gateway.enums import Lang, Precision
from services.gateway.faults import Fault
from services.gateway.indicators import Indicator, catalogue
from services.gateway.reads import State
from services.gateway.scalars import Count

Context = Info[Call, None]
MAX_IDS: Final = 100
Language = Annotated[Lang | None, strawberry.argument(description="Default: the request's Accept-Language, then FR")]


def named(indicator: Indicator, lang: Lang | None, call: Call) -> str:
    """An indicator's name in the language asked for."""
    chosen = lang.value if lang is not None else call.caller.lang
    return indicator.fr if chosen == "fr" else indicator.en


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


def _name(info: Context, parent: strawberry.Parent["Measured"], lang: Language = None) -> str:
    return named(parent.about, lang, info.context)


def _indicators(parent: strawberry.Parent["Figures"], ids: list[str]) -> list["Part"]:
    known = catalogue()
    if len(ids) > MAX_IDS or any(name not in known for name in ids):
        raise Fault("id.invalid", ("ids",))
    values = figures.complete(parent.values)
    return [Part.of(figures.amount(name, values)) for name in ids]


@strawberry.interface(description="A number that the catalogue of indicators defines")
class Measured:
    id: str = strawberry.field(description="Stable id of the indicator")
    value: Count
    precision: Precision
    unit: str = strawberry.field(description="What is counted")
    scale: int = strawberry.field(description="Decimals held in the numbers: 4 means that 12500 stands for 1.25")
    about: strawberry.Private[Indicator]
    name: str = strawberry.field(resolver=_name, description="Its name")


@strawberry.type(description="One indicator beside a headline, or one of its summands")
class Part(Measured):
    @classmethod
    def of(cls, amount: figures.Amount) -> Self:
        """The part that shows an amount."""
        about = amount.indicator
        return cls(
            id=about.id,
            value=Count(amount.value),
            precision=Precision(amount.precision),
            unit=about.unit,
            scale=about.scale,
            about=about,
        )


@strawberry.type(description="One of the five headline figures")
class Figure(Measured):
    low: Count = strawberry.field(description="Lower bound: anonymous headcounts may repeat the same persons")
    high: Count = strawberry.field(description="Upper bound; the headline itself")
    parts: list[Part] = strawberry.field(description="The summands of `value`")
    beside: list[Part] = strawberry.field(description="Always to be read with it; not part of the sum")

    @classmethod
    def of(cls, total: figures.Total) -> Self:
        """The figure that shows a total."""
        about = total.indicator
        return cls(
            id=about.id,
            value=Count(total.value),
            precision=Precision(total.precision),
            unit=about.unit,
            scale=about.scale,
            about=about,
            low=Count(total.low),
            high=Count(total.high),
            parts=[Part.of(part) for part in total.parts],
            beside=[Part.of(part) for part in total.beside],
        )


@strawberry.type(description="Figures of the region, of a territory or of a member, at a day")
class Figures:
    as_of: AsOf
    complete: bool = strawberry.field(description="No producer is stopped or held, and no record is parked")
    parked: int = strawberry.field(description="Records set aside because they break their contract")
    stopped: list[Stopped]
    held: list[str] = strawberry.field(description="Producers not counted yet: their key is not known")
    items: list[Figure] = strawberry.field(description="The five headline figures, always in the same order")
    values: strawberry.Private[dict[str, int]]

    indicators: list[Part] = strawberry.field(
        resolver=_indicators, description="Any indicators of the catalogue by id, at most 100; an unknown id is refused"
    )

    @classmethod
    def of(cls, state: State, lag_ms: int, day: Day, values: dict[str, int]) -> Self:
        """The answer made of a scope's values."""
        return cls(
            as_of=AsOf.of(state, lag_ms, day),
            complete=state.complete,
            parked=state.parked,
            stopped=stopped(state),
            held=list(state.held),
            items=[Figure.of(total) for total in figures.totals(values)],
            values=values,
        )


@strawberry.type(description="The read side's own state")
class ReadState:
    as_of: AsOf
    version: int = strawberry.field(description="Version of the rules of counting")
    batch: Count = strawberry.field(description="Number of the last counted batch")
    complete: bool
    parked: int
    stopped: list[Stopped]
    held: list[str]


@strawberry.type(description="What one indicator gained or lost in one month")
class MonthChange:
    month: Day = strawberry.field(description="First day of the month")
    change: Count
    total: Count = strawberry.field(description="Value at the end of the month")


@strawberry.type(description="One indicator month by month")
class Series(Measured):
    months: list[MonthChange]


@strawberry.type(description="Figures by month")
class FiguresByMonth:
    as_of: AsOf
    complete: bool
    series: list[Series]


def stopped(state: State) -> list[Stopped]:
    """The producers that a state says are stopped."""
    return [
        Stopped(source=str(one["source"]), sequence=Count(int(one["sequence"])), reason=str(one["reason"]))
        for one in state.stopped
    ]
