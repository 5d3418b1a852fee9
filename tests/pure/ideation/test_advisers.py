"""Advisers are appointed by their member, then assigned."""

from datetime import date

import pytest

from services.ideation.events import AdviserBatchDeclared
from tests.pure.deciding import FOREIGN, HERE, JURA, OPERATED, OWN, told
from tests.pure.ideation.making import (
    ADVISER,
    BATCH,
    PROJECT,
    appointed,
    assigned,
    departed,
    ideation,
    unassigned,
)

DEPART = {"adviser_id": ADVISER, "member_id": OWN}
LEAVE = {**HERE, "adviser_id": ADVISER}
ON_PROJECT = {"adviser_id": ADVISER, "project_id": PROJECT, "territory_ids": [JURA]}


def appoint(past=ideation, share="1", member=OWN):
    return past.when("AppointAdviser", adviser_id=ADVISER, member_id=member, share=share)


def assign(past=ideation, share="0.5", **where):
    return past.when("AssignAdviser", adviser_id=ADVISER, share=share, **(where or HERE))


def test_a_member_appoints_an_adviser():
    appoint().then(appointed())


def test_an_appointment_said_again_changes_nothing():
    appoint(ideation.given(appointed())).then()


@pytest.mark.parametrize("share", ["1.0", "1.00"])
def test_a_share_written_otherwise_is_the_same_share(share):
    appoint(ideation.given(appointed()), share).then()


def test_another_share_is_not_passed_over_in_silence():
    appoint(ideation.given(appointed()), "0.5").then_refused("adviser.exists")


def test_a_member_appoints_for_itself_only():
    appoint(member="another-member").then_refused("adviser.foreign")


def test_who_departed_may_be_appointed_again():
    appoint(ideation.given(appointed(), departed()), "0.5").then(appointed("0.5"))


def test_an_adviser_departs_once():
    ideation.given(appointed()).when("DepartAdviser", **DEPART).then(departed())
    ideation.given(appointed(), departed()).when("DepartAdviser", **DEPART).then()


def test_who_was_never_appointed_does_not_depart():
    ideation.when("DepartAdviser", **DEPART).then_refused("adviser.not_appointed")


def test_an_appointed_adviser_is_assigned():
    assign(ideation.given(appointed())).then(assigned())


def test_only_appointed_advisers_are_assigned():
    assign().then_refused("adviser.not_appointed")
    assign(ideation.given(appointed(), departed())).then_refused("adviser.not_appointed")


def test_an_assignment_said_again_changes_nothing():
    assign(ideation.given(appointed(), assigned())).then()


def test_an_assignment_with_another_share_is_refused():
    assign(ideation.given(appointed(), assigned()), "0.2").then_refused("adviser.exists")


def test_an_assignment_is_to_one_target():
    both = {**HERE, "project_id": PROJECT}
    assign(ideation.given(appointed()), **both).then_refused("adviser.one_target")
    assign(ideation.given(appointed()), territory_ids=[JURA]).then_refused("adviser.one_target")


def test_an_adviser_is_assigned_to_a_project_too():
    told_of = ideation.given(appointed(), assigned()).when("AssignAdviser", share="0.1", **ON_PROJECT).only
    assert told_of["project_id"] == PROJECT
    assert "accompaniment_id" not in told_of


def test_a_member_assigns_only_where_it_operates():
    where = {"accompaniment_id": FOREIGN}
    assign(ideation.given(appointed()), **where).then_refused("accompaniment.not_operator")


def test_an_assignment_ends_once():
    past = ideation.given(appointed(), assigned())
    past.when("UnassignAdviser", **LEAVE).then(unassigned())
    past.given(unassigned()).when("UnassignAdviser", **LEAVE).then()


def test_what_was_not_assigned_does_not_end():
    asked = {"adviser_id": ADVISER, "accompaniment_id": OPERATED}
    ideation.given(appointed()).when("UnassignAdviser", **asked).then_refused("adviser.not_assigned")


def test_the_coordinator_declares_advisers_known_as_a_number():
    batch = {"batch_id": BATCH, "count": {"value": 15, "precision": "exact"}, "source": "The paper"}
    ideation.when("DeclareAdviserBatch", **batch).then(told(AdviserBatchDeclared, **batch))


def test_a_batch_is_declared_once():
    batch = {"batch_id": BATCH, "count": {"value": 15}, "source": "The paper"}
    past = ideation.given(told(AdviserBatchDeclared, **batch))
    past.when("DeclareAdviserBatch", **batch).then()
    past.when("DeclareAdviserBatch", **{**batch, "count": {"value": 16}}).then_refused("batch.exists")


def test_nobody_departs_before_the_appointment():
    past = ideation.given(appointed(), on=date(2026, 5, 1))
    past.on(date(2026, 4, 30)).when("DepartAdviser", **DEPART).then_refused("adviser.dates", "occurred_on", "date")
    past.on(date(2026, 5, 1)).when("DepartAdviser", **DEPART).then(departed())


def test_nobody_is_appointed_again_before_the_departure():
    past = ideation.given(appointed(), on=date(2026, 5, 1)).given(departed(), on=date(2026, 6, 1))
    appoint(past.on(date(2026, 5, 31))).then_refused("adviser.dates")
    appoint(past.on(date(2026, 6, 1))).then(appointed())


def test_an_assignment_does_not_end_before_it_began_nor_begin_again_before_it_ended():
    past = ideation.given(appointed(), assigned(), on=date(2026, 5, 1))
    past.on(date(2026, 4, 30)).when("UnassignAdviser", **LEAVE).then_refused("adviser.dates")
    again = past.given(unassigned(), on=date(2026, 6, 1))
    assign(again.on(date(2026, 5, 31))).then_refused("adviser.dates")
    assign(again.on(date(2026, 6, 1))).then(assigned())


def test_a_month_counts_from_its_last_day_when_dates_are_put_in_order():
    past = ideation.given(appointed(), on=date(2026, 5, 31))
    past.on(date(2026, 5, 1), "month").when("DepartAdviser", **DEPART).then(departed())
    past.on(date(2026, 4, 1), "month").when("DepartAdviser", **DEPART).then_refused("adviser.dates")
