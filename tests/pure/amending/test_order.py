"""What was said last holds: the place in the stream decides, never a clock."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.pure.deciding import RECORDED
from tests.pure.ideation.making import IDEA, ideation, proposed

ELEVEN, TEN = "2026-11-21T11:00:00.000000Z", "2026-11-21T10:00:00.000000Z"
recorded = ideation.given(proposed())


def title_of(past):
    (event,) = past.live(f"idea/{IDEA}")
    return event.fact.payload()["title"]


def test_a_clock_that_steps_back_an_hour_between_two_corrections_changes_nothing():
    first = recorded.recording(recorded.correct(1, title="First"), time=ELEVEN)
    second = first.recording(first.correct(1, title="Second"), time=TEN)
    assert title_of(second) == "Second"
    second.correct(1, title="Second").then()
    assert second.correct(1, description="Bread").only["data"]["title"] == "Second"


def test_nor_does_one_that_steps_back_before_the_original():
    corrected = recorded.recording(recorded.correct(1, title="First"), time="2020-01-01T00:00:00.000000Z")
    assert title_of(corrected) == "First"
    voided = recorded.recording(recorded.void(1), time="2020-01-01T00:00:00.000000Z")
    assert voided.live(f"idea/{IDEA}") == []


def test_nor_does_the_day_that_a_correction_is_about():
    later = recorded.corrected(1, occurred_on={"date": "2026-11-01"}).corrected(1, occurred_on={"date": "2026-10-01"})
    (event,) = later.live(f"idea/{IDEA}")
    assert event.occurred_on == date(2026, 10, 1)


def test_a_corrected_date_counts_from_when_its_original_was_recorded():
    year = recorded.corrected(1, occurred_on={"date": "2026-01-01", "precision": "year"})
    (event,) = year.live(f"idea/{IDEA}")
    assert (event.time, event.day) == (RECORDED, date(2026, 11, 20))


_TIMES = st.integers(0, 59).map(lambda minute: f"2026-11-21T10:{minute:02}:00.000000Z")


@given(st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), _TIMES), min_size=1, max_size=6))
def test_whatever_the_clocks_say_the_last_correction_holds(told):
    past = recorded
    for title, time in told:
        past = past.recording(past.correct(1, title=title), time=time)
    assert title_of(past) == told[-1][0]
