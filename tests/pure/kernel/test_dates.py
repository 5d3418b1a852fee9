"""From which day a fact counts."""

from datetime import date

import pytest

from shared.kernel import dates
from shared.kernel.refusals import Refused

LATER = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "precision", "counts"),
    [
        (date(2019, 9, 5), "day", date(2019, 9, 5)),
        (date(2019, 9, 5), "month", date(2019, 9, 30)),
        (date(2020, 2, 1), "month", date(2020, 2, 29)),
        (date(2019, 8, 5), "quarter", date(2019, 9, 30)),
        (date(2014, 1, 1), "year", date(2014, 12, 31)),
        (date(2019, 12, 31), "at_latest", date(2019, 12, 31)),
    ],
)
def test_a_fact_counts_from_the_end_of_what_is_known_of_its_date(day, precision, counts):
    assert dates.effective_day(day, precision, LATER) == counts


def test_a_fact_of_this_year_counts_from_the_day_it_was_recorded():
    assert dates.effective_day(date(2026, 1, 1), "year", LATER) == LATER


def test_a_period_that_has_begun_is_not_in_the_future():
    dates.check(date(2026, 12, 31), "year", LATER)


@pytest.mark.parametrize(
    ("day", "precision"), [(date(2026, 11, 24), "day"), (date(2026, 12, 1), "month"), (date(2026, 12, 1), "at_latest")]
)
def test_the_future_is_refused(day, precision):
    with pytest.raises(Refused, match=r"date\.in_future"):
        dates.check(day, precision, LATER)


def test_what_is_too_old_is_refused():
    with pytest.raises(Refused, match=r"date\.too_early"):
        dates.check(date(1989, 12, 31), "day", LATER)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-23T10:00:00.000000Z", date(2026, 11, 23)),
        ("2026-11-23T22:59:59.999999Z", date(2026, 11, 23)),
        ("2026-11-23T23:00:00.000000Z", date(2026, 11, 24)),
        ("2026-07-14T21:59:59.999999Z", date(2026, 7, 14)),
        ("2026-07-14T22:00:00.000000Z", date(2026, 7, 15)),
        ("2026-12-31T23:30:00.000000Z", date(2027, 1, 1)),
    ],
)
def test_a_record_is_of_the_day_that_it_was_in_paris(moment, day):
    assert dates.recorded_day(moment) == day


def test_a_precision_that_is_none_is_refused():
    with pytest.raises(Refused, match=r"input\.invalid"):
        dates.check(LATER, "roughly", LATER)
    with pytest.raises(ValueError, match="no such precision"):
        dates.period(LATER, "roughly")
