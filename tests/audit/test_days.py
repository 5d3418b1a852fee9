"""From which day a fact counts."""

from datetime import date, timedelta
from random import Random

import pytest

from services.audit import days
from services.audit.days import in_paris
from tests.audit.counting import value
from tests.audit.making import JURA_PROJECTS, World, qty
from tests.audit.telling import batch


def before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("on", "precision", "first"),
    [
        ("2019-05-10", "day", "2019-05-10"),
        ("2019-05-10", "at_latest", "2019-05-10"),
        ("2019-05-10", "month", "2019-05-31"),
        ("2020-02-10", "month", "2020-02-29"),
        ("2019-05-10", "quarter", "2019-06-30"),
        ("2019-12-01", "quarter", "2019-12-31"),
        ("2019-05-10", "year", "2019-12-31"),
        ("2026-01-01", "year", "2026-11-01"),
        ("2027-01-01", "day", "2026-11-01"),
    ],
)
def test_a_fact_counts_from_the_end_of_its_period_but_not_after_the_day_of_its_recording(
    on: str, precision: str, first: str
) -> None:
    told = World(JURA_PROJECTS)
    batch(told, on=on, dated=precision)
    assert [value(told, "jobs_created", day) for day in (before(first), first)] == [0, 35]


@pytest.mark.parametrize(
    ("time", "before", "first"),
    [
        ("2026-06-30T21:59:59.999999Z", "2026-06-29", "2026-06-30"),
        ("2026-06-30T22:00:00.000000Z", "2026-06-30", "2026-07-01"),
        ("2026-12-31T22:59:59.999999Z", "2026-12-30", "2026-12-31"),
        ("2026-12-31T23:00:00.000000Z", "2026-12-31", "2027-01-01"),
    ],
)
def test_the_day_of_a_recording_is_that_of_paris(time: str, before: str, first: str) -> None:
    told = World(JURA_PROJECTS)
    data = {"count": qty(35), "kind": "created"}
    told.say("projects.JobBatchDeclared", data, "2027-12-31", source=JURA_PROJECTS, time=time)
    assert [value(told, "jobs_created", day) for day in (before, first)] == [0, 35]


def test_the_last_hour_that_can_be_written_has_a_day() -> None:
    assert in_paris("9999-12-31T23:59:59.999999Z").isoformat() == "9999-12-31"


def test_figures_are_asked_for_at_the_ends_of_periods_today_and_at_days_that_nobody_can_foresee() -> None:
    asked = [days.that_matter(date(2019, 5, 3), date(2026, 11, 27), Random(seed)) for seed in range(9)]
    ends = {date(year, 12, 31) for year in range(2019, 2026)}
    known = {*ends, date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 27)}
    for one in asked:
        assert known <= set(one) <= {*known, *(day for day in one if date(2019, 5, 3) <= day < date(2026, 11, 27))}
        assert len(one) <= len(known) + 3
    assert len(set(asked)) > 1


def test_of_a_long_history_the_last_ten_years_are_asked_for_and_of_none_the_present() -> None:
    asked = days.that_matter(date(1, 1, 1), date(2026, 1, 5), Random(1))
    assert [day.year for day in asked if (day.month, day.day) == (12, 31)][-10:] == list(range(2016, 2026))
    assert min(asked).year >= 1990
    today = date(2026, 1, 5)
    assert set(days.that_matter(today, today, Random(1))) == {today, date(2025, 12, 31)}
