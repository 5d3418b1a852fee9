"""Dates of the territory: the day on which a fact counts, and steps of months."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

_HOUR: Final = len("2026-11-23T10")
_KEPT: Final = 8192
# Before it the gateway has no figures.
_EARLIEST: Final = date(1990, 1, 1)
_YEARS: Final = 10
_DRAWN: Final = 3
_DAY: Final = timedelta(days=1)
_PARIS = ZoneInfo("Europe/Paris")


def today() -> date:
    """Today where the collective works."""
    return datetime.now(UTC).astimezone(_PARIS).date()


def in_paris(time: str) -> date:
    """The day in Paris of a record's time, which is UTC."""
    return _in_paris(time[:_HOUR])


@lru_cache(_KEPT)
def _in_paris(hour: str) -> date:
    """The day in Paris of all of an hour: `2026-11-23T10`."""
    moment = datetime.fromisoformat(f"{hour}:00:00Z")
    try:
        return moment.astimezone(_PARIS).date()
    except OverflowError:  # the last hours of the year 9999
        return date.max


def that_matter(first: date, now: date, chance: Random) -> tuple[date, ...]:
    """The days at which figures are asked for, since figures are published and paid at them.

    Today, the ends of the last month, quarter and years, and some days in between that nobody can foresee.
    """
    begin = max(first, _EARLIEST)
    found = {now, now.replace(day=1) - _DAY, date(now.year, 3 * ((now.month - 1) // 3) + 1, 1) - _DAY}
    found |= {date(year, 12, 31) for year in range(max(begin.year, now.year - _YEARS), now.year)}
    span = (now - begin).days
    found |= {begin + timedelta(days=chance.randrange(span)) for _ in range(_DRAWN) if span > 0}
    return tuple(sorted(found))


@lru_cache(_KEPT)
def effective(occurred: date, precision: str, recorded: date) -> date:
    """The day a fact counts from: the last day of its period, never after the day in Paris when it was recorded."""
    return min(_last_day(occurred, precision), recorded)


def _last_day(occurred: date, precision: str) -> date:
    if precision == "month":
        return _end_of_month(occurred.year, occurred.month)
    if precision == "quarter":
        return _end_of_month(occurred.year, 3 * ((occurred.month + 2) // 3))
    if precision == "year":
        return date(occurred.year, 12, 31)
    return occurred


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
