"""Indicators month by month: what is known to have happened in each month, and what only in a year."""

from calendar import monthrange
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.gateway import figures, sizes
from services.gateway.arguments import known, within
from services.gateway.call import Call
from services.gateway.enums import Precision
from services.gateway.faults import Fault
from services.gateway.indicators import catalogue
from services.gateway.measures import Basis, FiguresByMonth, MonthChange, Series, UndatedChange
from services.gateway.reads import Snapshot, Step
from services.gateway.scalars import Count
from services.gateway.types import AsOf

Values = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Span:
    """Values before the first month and at the end of the last, and what changed in between."""

    months: list[date]
    before: Values
    end: Values
    steps: Mapping[str, list[Step]]


def months(first: date, last: date) -> list[date]:
    """The first days of the months from that of `first` to that of `last`; at most fifty years.

    Raises Fault `date.invalid`.
    """
    count = sizes.months(first, last)
    if not 1 <= count <= sizes.MONTHS or first > last or not within(first) or not within(last):
        raise Fault("date.invalid", ("to",))
    start = first.month - 1
    return [date(first.year + (start + n) // 12, (start + n) % 12 + 1, 1) for n in range(count)]


async def by_month(call: Call, where: str, ids: list[str], first: date, last: date) -> FiguresByMonth:
    """These indicators of a scope; raises Fault `date.invalid`, `id.invalid`, `territory.unknown`, `member.unknown`."""
    shown = months(first, last)
    if not 1 <= len(ids) <= sizes.SERIES or any(name not in catalogue() for name in ids):
        raise Fault("id.invalid", ("indicators",))
    snapshot = await call.snapshot()
    await known(snapshot, where)
    end = date(last.year, last.month, monthrange(last.year, last.month)[1])
    span = await _span(snapshot, where, shown, end, ids)
    basis = Basis.of(where, snapshot.state, shown[0], end)
    series = []
    for name in ids:
        await call.parts.slices.turn()
        series.append(_series(name, span, basis))
    return FiguresByMonth(
        as_of=AsOf.of(snapshot.state, call.parts.feed.lag_ms(snapshot.state), end),
        complete=snapshot.state.complete,
        series=series,
    )


async def _span(snapshot: Snapshot, where: str, shown: list[date], end: date, ids: list[str]) -> _Span:
    steps: dict[str, list[Step]] = {}
    for step in await snapshot.series(where, shown[0], end, figures.needed(ids)):
        steps.setdefault(step.indicator, []).append(step)
    before = figures.complete(await snapshot.figures(where, shown[0] - timedelta(days=1)))
    return _Span(shown, before, figures.complete(await snapshot.figures(where, end)), steps)


def _series(name: str, span: _Span, basis: Basis) -> Series:
    dated: Counter[date] = Counter()
    undated: Counter[date] = Counter()
    for step in (step for part in figures.needed([name]) for step in span.steps.get(part, ())):
        dated[step.month] += step.dated
        undated[step.month] += step.undated
    total, points = span.before.get(name, 0), []
    years: Counter[int] = Counter()
    for month in span.months:
        total += dated[month] + undated[month]
        years[month.year] += undated[month]
        points.append(MonthChange(month=month, change=Count(dated[month]), total=Count(total)))
    about = catalogue()[name]
    return Series(
        id=basis.id("Series", about.id),
        indicator=about.id,
        value=Count(total),
        precision=Precision(figures.precision(name, span.end)),
        unit=about.unit,
        scale=about.scale,
        about=about,
        months=points,
        undated=[UndatedChange(year=year, change=Count(change)) for year, change in sorted(years.items()) if change],
    )
