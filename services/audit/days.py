"""Dates of the territory: the day on which a fact counts, and steps of months."""

from calendar import monthrange
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_PARIS = ZoneInfo("Europe/Paris")


def today() -> date:
    """Today where the collective works."""
    return datetime.now(UTC).astimezone(_PARIS).date()


def in_paris(time: str) -> date:
    """The day in Paris of a record's time, which is UTC."""
    moment = datetime.fromisoformat(time)
    try:
        return moment.astimezone(_PARIS).date()
    except OverflowError:  # the last hours of the year 9999
        return date.max


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
