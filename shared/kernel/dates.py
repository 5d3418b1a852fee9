"""When a fact happened: a date, how precisely it is known, and the day from which figures count it."""

from calendar import monthrange
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from shared.kernel import bounds
from shared.kernel.refusals import Refused

PRECISIONS: Final = ("day", "month", "quarter", "year", "at_latest")
EARLIEST: Final = bounds.FIRST_DAY
PARIS: Final = ZoneInfo("Europe/Paris")


def period(day: date, precision: str) -> tuple[date, date]:
    """First and last day of the period that `day` stands for; for `day` and `at_latest` the day itself."""
    match precision:
        case "day" | "at_latest":
            return day, day
        case "month":
            first, last = day.month, day.month
        case "quarter":
            first = 3 * ((day.month - 1) // 3) + 1
            last = first + 2
        case "year":
            first, last = 1, 12
        case _:
            raise ValueError(f"no such precision: {precision}")
    return date(day.year, first, 1), date(day.year, last, monthrange(day.year, last)[1])


def effective_day(occurred_on: date, precision: str, recorded: date) -> date:
    """The day from which a figure counts a fact: the end of its period, or the day it was recorded if earlier."""
    return min(period(occurred_on, precision)[1], recorded)


def recorded_day(time: str) -> date:
    """The day in Europe/Paris of a moment in UTC (`2026-11-23T10:00:00.123456Z`): where what is recorded happened."""
    return _day_of_hour(time[:13])


@lru_cache(maxsize=8192)
def _day_of_hour(hour: str) -> date:
    # Offsets of Europe/Paris are whole hours throughout the time in which records exist.
    moment = datetime(int(hour[:4]), int(hour[5:7]), int(hour[8:10]), int(hour[11:13]), tzinfo=UTC)
    return moment.astimezone(PARIS).date()


def check(occurred_on: date, precision: str, today: date) -> None:
    """Raises Refused `date.in_future` when the period has not begun by `today`, `date.too_early` before 1990."""
    if precision not in PRECISIONS:
        raise Refused("input.invalid", "Unknown precision.", "Précision inconnue.", ("occurred_on", "precision"))
    path = ("occurred_on", "date")
    if period(occurred_on, precision)[0] > today:
        raise Refused("date.in_future", "This date is in the future.", "Cette date est dans le futur.", path)
    if occurred_on < EARLIEST:
        raise Refused("date.too_early", "No fact before 1990.", "Pas de fait avant 1990.", path)
