"""What corrections and voids leave of facts, and from which day a fact counts."""

from datetime import date

import pytest

from services.indicators.facts import live
from tests.pure.indicators.making import YONNE, at, corrected, fact, target, voided

IDEA = fact("IdeaProposed", "2019-06-01", sequence=1)


def _ideas(day, *facts, scope="region"):
    return at(day, facts, scope).get("ideas_identified", 0)


def test_a_voided_record_is_gone_for_ever():
    for facts in ([IDEA, voided(IDEA, sequence=5)], [IDEA, voided(IDEA, sequence=5), corrected(IDEA, sequence=6)]):
        assert _ideas("2020-01-01", *facts) == 0
        assert _ideas("2020-01-01", *facts[::-1]) == 0


def test_the_correction_with_the_highest_sequence_says_the_whole_of_what_holds():
    first = corrected(IDEA, sequence=5, on="2018-01-01", territory_ids=["u"])
    last = corrected(IDEA, sequence=6, on="2017-01-01")
    for facts in ([IDEA, first, last], [last, first, IDEA]):
        assert _ideas("2016-12-31", *facts) == 0
        assert _ideas("2017-01-01", *facts) == 1
        assert _ideas("2020-01-01", *facts, scope="territory/u") == 0
        assert _ideas("2020-01-01", *facts, scope="territory/t") == 1


def test_clocks_decide_nothing():
    early, late = "2026-11-23T10:00:00.000000Z", "2026-11-25T10:00:00.000000Z"
    for one, two in ((early, late), (late, early)):
        first = _at(corrected(IDEA, sequence=5, on="2018-01-01"), one)
        last = _at(corrected(IDEA, sequence=6, on="2017-01-01"), two)
        assert _ideas("2017-12-31", IDEA, first, last) == 1


def _at(one, time):
    named = target(IDEA)
    said = one.said
    return fact(
        "RecordCorrected",
        time=time,
        sequence=one.sequence,
        target=named,
        data={"idea_id": "i", "title": "An idea", "provenance": "workshop", "territory_ids": ["t"]},
        occurred_on=said.occurred_on.isoformat(),
        occurred_precision=said.precision,
        changed=["occurred_on"],
    )


@pytest.mark.parametrize(
    "wrong", [{"sequence": 2}, {"type": "ideation.IdeaShortlisted.v1"}, {"entities": ["idea/cluster-jura/other"]}]
)
def test_an_amendment_that_does_not_name_its_original_as_it_was_recorded_amends_nothing(wrong):
    named = {**target(IDEA), **wrong}
    assert _ideas("2020-01-01", IDEA, fact("RecordVoided", sequence=5, target=named, subject=IDEA.subject)) == 1


def test_a_void_may_name_more_objects_than_its_original_and_a_correction_may_not():
    more = {**target(IDEA), "entities": ["actor/y", *IDEA.entities]}
    assert _ideas("2020-01-01", IDEA, fact("RecordVoided", sequence=5, target=more, subject=IDEA.subject)) == 0


def test_a_void_takes_what_hangs_on_its_original_before_it_and_nothing_behind_it():
    kept = fact("IdeaShortlisted", sequence=2)
    later = fact("IdeaShortlisted", sequence=9)
    assert live([IDEA, kept, voided(IDEA, sequence=5), later]) == [later]


def test_the_same_id_of_another_member_is_not_amended():
    theirs = fact("IdeaProposed", source=YONNE, sequence=1)
    assert _ideas("2020-01-01", IDEA, theirs, voided(theirs, sequence=5)) == 1


@pytest.mark.parametrize(
    ("on", "precision", "time", "counts_from"),
    [
        ("2019-06-15", "day", "2026-11-23T10:00:00.000000Z", "2019-06-15"),
        ("2019-06-15", "at_latest", "2026-11-23T10:00:00.000000Z", "2019-06-15"),
        ("2019-06-15", "month", "2026-11-23T10:00:00.000000Z", "2019-06-30"),
        ("2019-05-15", "quarter", "2026-11-23T10:00:00.000000Z", "2019-06-30"),
        ("2019-05-15", "year", "2026-11-23T10:00:00.000000Z", "2019-12-31"),
        ("2026-11-01", "year", "2026-11-23T10:00:00.000000Z", "2026-11-23"),
        ("2026-11-01", "year", "2026-11-23T22:59:59.999999Z", "2026-11-23"),
        ("2026-11-01", "year", "2026-11-23T23:00:00.000000Z", "2026-11-24"),
        ("2026-07-01", "year", "2026-07-14T21:59:59.999999Z", "2026-07-14"),
        ("2026-07-01", "year", "2026-07-14T22:00:00.000000Z", "2026-07-15"),
    ],
)
def test_a_fact_counts_from_the_end_of_its_period_and_never_after_the_day_in_paris_on_which_it_was_recorded(
    on, precision, time, counts_from
):
    one = fact("IdeaProposed", on, precision=precision, time=time)
    assert one.day == date.fromisoformat(counts_from).toordinal()
    moved = corrected(fact("IdeaProposed", "2010-01-01", time=time, sequence=1), on=on, precision=precision, sequence=9)
    assert _ideas(counts_from, fact("IdeaProposed", "2010-01-01", time=time, sequence=1), moved) == 1
    assert _ideas("2010-12-31", fact("IdeaProposed", "2010-01-01", time=time, sequence=1), moved) == 0
