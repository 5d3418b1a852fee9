"""A correction is the command decided again: whatever the command refuses, its correction refuses."""

from datetime import date

import pytest

from tests.pure.deciding import ELSEWHERE, FOREIGN, JURA, OPERATED, OWN, uid
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
    proposed,
    registered,
    shortlisted,
    took_part,
    unassigned,
)
from tests.pure.projects.making import (
    abandoned,
    ceased,
    created,
    ended,
    launched,
    opened,
    projects,
    qualified,
    started,
)

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
EARLY = {"date": "2026-04-30"}
ON_PROJECT = {"accompaniment_id": None, "project_id": uid(2)}
served = ideation.given(appointed(), assigned(), on=MAY).given(unassigned(), departed(), on=JUNE)
running = projects.given(opened(), started(), on=MAY)
working = running.given(created(expected_end="2026-12-31"))


@pytest.mark.parametrize(
    ("past", "at", "changes", "code"),
    [
        (ideation.given(appointed()), 1, {"member_id": "another-member"}, "adviser.foreign"),
        (ideation.given(proposed()), 1, {"accompaniment_id": FOREIGN}, "accompaniment.not_operator"),
        (ideation.given(proposed()), 1, {"accompaniment_id": uid(99)}, "accompaniment.unknown"),
        (ideation.given(proposed()), 1, {"territory_ids": ["cc-nowhere"]}, "territory.unknown"),
        (ideation.given(held(), counted(40, 5)), 2, {"headcount": {"value": 4}}, "headcount.too_small"),
        (ideation.given(held(), counted(40, 5)), 2, {"identified": 41}, "headcount.too_small"),
        (ideation.given(actor(), held(), took_part()), 3, {"actor_id": uid(98)}, "actor.unknown"),
        (served, 2, {**ON_PROJECT, "accompaniment_id": OPERATED}, "adviser.one_target"),
        (served, 2, {"accompaniment_id": None}, "adviser.one_target"),
        (served, 3, {"occurred_on": EARLY}, "adviser.dates"),
        (served, 4, {"occurred_on": EARLY}, "adviser.dates"),
        (ideation.by("CO").given(joined(), on=MAY).given(left()), 2, {"occurred_on": EARLY}, "member.dates"),
        (running.given(ceased()), 3, {"occurred_on": EARLY}, "activity.dates"),
        (working, 3, {"starts": "2999-01-01"}, "date.in_future"),
        (working, 3, {"starts": "1989-01-01"}, "date.too_early"),
        (working, 3, {"expected_end": "2026-08-31"}, "job.dates"),
        (working, 3, {"starts": "2027-01-01"}, "job.dates"),
        (working.given(ended()), 4, {"occurred_on": {"date": "2026-08-31"}}, "job.dates"),
        (working, 3, {"attribution": [{"programme": p, "share": "0.6"} for p in "ab"]}, "job.attribution"),
        (projects.given(opened()), 1, {"member_id": "another-member"}, "project.foreign"),
        (
            projects.given(opened(), qualified()),
            2,
            {"criteria": {"study": False, "partners": True, "project_holder": True, "model": True}},
            "project.criteria",
        ),
    ],
)
def test_what_the_command_refuses_its_correction_refuses(past, at, changes, code):
    past.correct(at, **changes).then_refused(code)


def test_the_coordinator_moves_a_fact_to_an_accompaniment_that_the_member_does_not_operate():
    said = ideation.given(proposed()).by("CO", OWN).correct(1, accompaniment_id=FOREIGN).only
    assert (said["accompaniment_id"], said["territory_ids"]) == (FOREIGN, [ELSEWHERE, JURA])


def test_not_even_the_coordinator_corrects_to_what_nobody_may_say():
    ideation.given(appointed()).by("CO", OWN).correct(1, member_id="another-member").then_refused("adviser.foreign")
    working.by("CO", OWN).correct(3, starts="2999-01-01").then_refused("date.in_future")


def test_a_correction_that_only_repeats_an_earlier_record_is_refused():
    past = ideation.given(actor(), actor(uid(4)), held(), took_part(), counted(40), counted(45))
    past.correct(6, headcount={"value": 40}).then_refused("correction.repeats", "changes")


def test_of_an_accompaniment_that_one_operates_no_more_what_stood_is_still_corrected():
    gone = {f"accompaniment/{OPERATED}": {"territory_id": JURA, "operators": ["another-member"]}}
    past = ideation.given(proposed(), shortlisted()).hearing(gone)
    assert past.correct(1, title="A mill").only["changed"] == ["title"]
    asked = {"idea_id": uid(33), "title": "x", "provenance": "online", "accompaniment_id": OPERATED}
    past.when("ProposeIdea", **asked).then_refused("accompaniment.not_operator")


def test_an_admission_is_corrected_although_its_operator_has_left_since():
    past = deaf.by("CO").given(registered(), joined(), admitted(OWN), left())
    assert past.correct(3, convention="2026-04").only["changed"] == ["convention"]
    another = [{"member_id": OWN}, {"member_id": "another-member"}]
    past.correct(3, operators=another).then_refused("member.unknown", "operators")


def test_an_activity_is_corrected_although_its_project_was_given_up_since():
    past = running.given(abandoned())
    assert past.correct(2, place="The mill").only["changed"] == ["place"]


def test_a_post_is_corrected_although_its_activity_has_ceased_since():
    past = working.given(ceased())
    assert past.correct(3, weekly_hours="35").only["changed"] == ["weekly_hours"]


def test_an_activity_of_a_voided_project_is_not_corrected():
    running.voided(1).correct(2, place="The mill").then_refused("project.unknown")


def test_what_was_told_of_the_past_is_corrected_as_told_of_the_past():
    past = projects.given(opened()).given(launched(), origin="legacy")
    assert past.correct(2, decision="CP-2019").only["changed"] == ["decision"]
    projects.given(opened()).given(launched()).correct(2, decision="CP-2019").then_refused("project.not_qualified")


def test_a_number_of_heads_is_corrected_and_who_was_identified_stays():
    past = ideation.given(actor(), held(), took_part(), counted(24, 1))
    said = past.correct(4, headcount={"value": 30, "precision": "approx"}).only
    assert (said["data"]["headcount"]["value"], said["data"]["identified"]) == (30, 1)
