"""What was recorded after a record must still stand when it is corrected; the first that would not is named."""

from datetime import date

import pytest

from tests.pure.deciding import OWN
from tests.pure.ideation.making import (
    actor,
    admitted,
    appointed,
    assigned,
    counted,
    deaf,
    departed,
    held,
    ideation,
    joined,
    left,
    operating,
    proposed,
    registered,
    released,
    shortlisted,
    took_part,
    unassigned,
)
from tests.pure.projects.making import ceased, created, ended, opened, paused, projects, resumed, started

OTHER = "cluster-doubs"
MAY, JUNE, JULY = (date(2026, month, 1) for month in (5, 6, 7))
TO_JULY = {"occurred_on": {"date": "2026-07-02"}}
served = ideation.given(appointed(), assigned(), on=MAY).given(unassigned(), departed(), on=JUNE)
operated = deaf.by("CO").given(registered(), joined(OTHER), joined(), admitted(OTHER), on=MAY)


@pytest.mark.parametrize(
    ("past", "at", "changes", "named"),
    [
        (served, 1, TO_JULY, "AdviserDeparted, recorded later (version 4)"),
        (served, 2, TO_JULY, "AdviserUnassigned, recorded later (version 3)"),
        (ideation.by("CO").given(joined(), on=MAY).given(left(), on=JUNE), 1, TO_JULY, "MemberLeft"),
        (
            operated.given(operating(), on=MAY).given(released(), on=JUNE),
            5,
            TO_JULY,
            "OperatorReleased, recorded later (version 3)",
        ),
        (operated.given(released(OTHER), on=JUNE), 4, {"operators": []}, "OperatorReleased"),
        # Who left since could not be assigned now; that is not asked again, but the order of days is.
        (operated.given(operating(OTHER, "support"), left(OTHER), on=JUNE), 4, TO_JULY, "OperatorAssigned"),
        (projects.given(opened(), paused(), on=MAY).given(resumed(), on=JUNE), 2, TO_JULY, "ProjectResumed"),
        (projects.given(opened(), started(), on=MAY).given(ceased(), on=JUNE), 2, TO_JULY, "ActivityCeased"),
        (
            projects.given(opened(), started(), on=MAY).given(created(starts="2026-05-01"), ended(), on=JUNE),
            3,
            {"starts": "2026-07-01"},
            "JobEnded, recorded later (version 2)",
        ),
    ],
)
def test_the_first_later_record_that_could_not_have_been_decided_is_named(past, at, changes, named):
    refused = past.correct(at, **changes).then_refused("correction.contradicts", "changes")
    assert refused.en.startswith(named), refused.en
    assert named.split(",")[0] in refused.fr


def test_of_several_the_first_is_named():
    past = projects.given(opened(), paused(), on=MAY).given(resumed(), on=JUNE).given(paused(), on=JUNE)
    refused = past.correct(2, **TO_JULY).then_refused("correction.contradicts")
    assert "(version 3)" in refused.en


def test_what_still_stands_contradicts_nothing():
    assert served.correct(1, occurred_on={"date": "2026-06-01"}).only["changed"] == ["occurred_on"]
    assert served.correct(1, share="0.5").only["changed"] == ["share"]


def test_a_later_record_is_looked_at_as_it_was_corrected_and_not_if_it_was_voided():
    moved = served.corrected(4, occurred_on={"date": "2026-08-01"}).corrected(3, occurred_on={"date": "2026-08-01"})
    assert moved.correct(1, **TO_JULY).only["changed"] == ["occurred_on"]
    gone = served.voided(4).voided(3)
    assert gone.correct(1, **TO_JULY).only["changed"] == ["occurred_on"]


def test_a_later_record_that_would_only_be_repeated_contradicts_nothing():
    past = ideation.given(held(), counted(40), counted(45))
    assert past.correct(2, headcount={"value": 45}).only["changed"] == ["headcount"]


def test_later_records_of_a_gathering_do_not_hold_back_its_correction():
    past = ideation.given(actor(), held(), took_part(), counted(24, 1))
    assert past.correct(2, title="Cakes").only["changed"] == ["title"]


def test_what_other_objects_have_made_impossible_since_is_not_laid_to_the_correction():
    past = ideation.given(actor(), held(), took_part(), counted(24, 1)).voided(1)
    assert past.correct(2, title="Cakes").only["changed"] == ["title"]


def test_who_operates_no_more_does_not_hold_back_the_correction_of_an_admission():
    past = operated.given(operating(), on=JUNE).given(left(), left(OTHER), on=JULY)
    assert past.correct(4, convention="2026-04").only["changed"] == ["convention"]


def test_the_voided_founding_of_an_idea_is_not_decided_again():
    past = ideation.given(proposed(), shortlisted()).voided(1).given(proposed(title="A mill"), shortlisted())
    said = past.correct(4, title="Two mills").only
    assert said["data"]["title"] == "Two mills"
    assert said["target"]["entities"] == [f"idea/{OWN}/{proposed().payload()['idea_id']}"]
