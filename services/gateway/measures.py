"""Output types of figures: what is counted, and how much."""

from dataclasses import dataclass
from datetime import date as Day
from typing import Annotated, Self

import strawberry

from services.gateway import figures, positions
from services.gateway.call import Call
from services.gateway.enums import Lang, Precision
from services.gateway.faults import Fault
from services.gateway.indicators import Indicator, catalogue
from services.gateway.reads import State
from services.gateway.scalars import Count
from services.gateway.sizes import INDICATORS
from services.gateway.types import (
    COMPLETE,
    CURRENT,
    AsOf,
    Behind,
    Context,
    SetAside,
    Stopped,
    behind,
    set_aside,
    stopped,
)

Language = Annotated[Lang | None, strawberry.argument(description="Default: the request's Accept-Language, then FR")]


def named(indicator: Indicator, lang: Lang | None, call: Call) -> str:
    """An indicator's name in the language asked for."""
    chosen = lang.value if lang is not None else call.caller.lang
    return indicator.fr if chosen == "fr" else indicator.en


def _name(info: Context, parent: strawberry.Parent["Measured"], lang: Language = None) -> str:
    return named(parent.about, lang, info.context)


def _indicators(parent: strawberry.Parent["Figures"], ids: list[str]) -> list["Part"]:
    known = catalogue()
    if len(ids) > INDICATORS or any(name not in known for name in ids):
        raise Fault("id.invalid", ("ids",))
    values = figures.complete(parent.values)
    return [Part.of(figures.amount(name, values), parent.basis) for name in ids]


@dataclass(frozen=True, slots=True)
class Basis:
    """What the numbers of one answer rest on besides their indicators: a scope, its days, a state of the read side."""

    said: tuple[str, ...]

    @classmethod
    def of(cls, where: str, state: State, *days: Day) -> Self:
        """The basis of a scope's numbers at these days, as known in a state."""
        known = positions.state_digest(state.version, state.batch, state.positions)
        return cls((where, *(day.isoformat() for day in days), known))

    def id(self, kind: str, indicator: str) -> strawberry.ID:
        """The id of one number of this type on this basis."""
        return strawberry.ID(positions.measure_id(kind, indicator, *self.said))


@strawberry.interface(description="A number that the catalogue of indicators defines")
class Measured:
    id: strawberry.ID = strawberry.field(
        description="Of this number alone: another indicator, scope, day or state of counting has another id"
    )
    indicator: str = strawberry.field(description="Stable id of the indicator in the catalogue")
    value: Count
    precision: Precision
    unit: str = strawberry.field(description="What is counted")
    scale: int = strawberry.field(description="Decimals held in the numbers: 4 means that 12500 stands for 1.25")
    about: strawberry.Private[Indicator]
    name: str = strawberry.field(resolver=_name, description="Its name")


@strawberry.type(description="One indicator beside a headline, or one of its summands")
class Part(Measured):
    @classmethod
    def of(cls, amount: figures.Amount, basis: Basis) -> Self:
        """The part that shows an amount."""
        about = amount.indicator
        return cls(
            id=basis.id("Part", about.id),
            indicator=about.id,
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
    def of(cls, total: figures.Total, basis: Basis) -> Self:
        """The figure that shows a total."""
        about = total.indicator
        return cls(
            id=basis.id("Figure", about.id),
            indicator=about.id,
            value=Count(total.value),
            precision=Precision(total.precision),
            unit=about.unit,
            scale=about.scale,
            about=about,
            low=Count(total.low),
            high=Count(total.high),
            parts=[Part.of(part, basis) for part in total.parts],
            beside=[Part.of(part, basis) for part in total.beside],
        )


@strawberry.type(description="Figures of the region, of a territory or of a member, at a day")
class Figures:
    as_of: AsOf
    complete: bool = strawberry.field(description=COMPLETE)
    current: bool = strawberry.field(description=CURRENT)
    behind: list[Behind]
    parked: int = strawberry.field(description="How many records are set aside")
    set_aside: list[SetAside] = strawberry.field(description="The records set aside, by producer and reason")
    stopped: list[Stopped]
    held: list[str] = strawberry.field(description="Producers not counted yet: their key is not known")
    items: list[Figure] = strawberry.field(description="The five headline figures, always in the same order")
    values: strawberry.Private[dict[str, int]]
    basis: strawberry.Private[Basis]

    indicators: list[Part] = strawberry.field(
        resolver=_indicators, description="Any indicators of the catalogue, at most 100; an unknown one is refused"
    )

    @classmethod
    def of(cls, where: str, state: State, lag_ms: int, day: Day, values: dict[str, int]) -> Self:
        """The answer made of a scope's values."""
        basis = Basis.of(where, state, day)
        return cls(
            as_of=AsOf.of(state, lag_ms, day),
            complete=state.complete,
            current=state.current,
            behind=behind(state),
            parked=state.parked,
            set_aside=set_aside(state),
            stopped=stopped(state),
            held=list(state.held),
            items=[Figure.of(total, basis) for total in figures.totals(values)],
            values=values,
            basis=basis,
        )


@strawberry.type(description="What one indicator gained or lost in one month")
class MonthChange:
    month: Day = strawberry.field(description="First day of the month")
    change: Count = strawberry.field(description="What is known to have happened in this month")
    total: Count = strawberry.field(description="Value at the end of the month, with what is undated until then")


@strawberry.type(
    description="Facts known only by quarter, by year or at the latest: in the totals from their day on, "
    "in no month's change"
)
class UndatedChange:
    year: int
    change: Count


@strawberry.type(description="One indicator month by month")
class Series(Measured):
    months: list[MonthChange]
    undated: list[UndatedChange] = strawberry.field(description="By year, those that are not 0")


@strawberry.type(description="Figures by month")
class FiguresByMonth:
    as_of: AsOf
    complete: bool = strawberry.field(description=COMPLETE)
    series: list[Series]
