"""The posts that activities open."""

from datetime import date

import pytest

from tests.pure.projects.making import CREATE, JOB, OF, OTHER_PROJECT, ceased, created, ended, opened, projects, started

END = {**OF, "job_id": JOB, "reason": "end_of_term"}
running = projects.given(opened(), started())


def test_an_activity_opens_a_post():
    running.when("CreateJob", **CREATE).then(created())


def test_a_full_week_has_thirty_five_hours_unless_said():
    assert running.when("CreateJob", **CREATE).only["reference_hours"] == "35"


def test_a_post_is_created_once():
    running.given(created()).when("CreateJob", **CREATE).then()
    changed = {**CREATE, "weekly_hours": "35"}
    running.given(created()).when("CreateJob", **changed).then_refused("job.exists")


def test_no_post_without_its_activity():
    projects.given(opened()).when("CreateJob", **CREATE).then_refused("activity.unknown")


def test_an_activity_that_ceased_opens_no_post_but_may_have_opened_one():
    past = running.given(ceased())
    past.when("CreateJob", **CREATE).then_refused("activity.ceased")
    past.legacy().when("CreateJob", **CREATE).then(created())


def test_a_post_does_not_end_before_it_starts():
    asked = {**CREATE, "contract": "fixed_term", "expected_end": "2026-08-31"}
    running.when("CreateJob", **asked).then_refused("job.dates")


@pytest.mark.parametrize(
    ("starts", "code"),
    [("1989-12-31", "date.too_early"), ("2027-11-25", "date.in_future"), ("9999-12-31", "date.in_future")],
)
def test_a_post_starts_within_reason(starts, code):
    running.when("CreateJob", **{**CREATE, "starts": starts}).then_refused(code)


def test_a_post_may_start_within_a_year():
    running.when("CreateJob", **{**CREATE, "starts": "2027-11-24"}).then(created(starts="2027-11-24"))


def test_programmes_do_not_claim_more_than_a_post():
    half = {"programme": "one", "share": "0.5"}
    more = {"programme": "two", "share": "0.5001"}
    running.when("CreateJob", **CREATE, attribution=[half, more]).then_refused("job.attribution")
    rest = {"programme": "two", "share": "0.5"}
    running.when("CreateJob", **CREATE, attribution=[half, rest]).then(created(attribution=[half, rest]))


def test_a_post_ends_once():
    running.given(created()).when("EndJob", **END).then(ended())
    running.given(created(), ended()).when("EndJob", **END).then()


def test_a_post_that_nobody_recorded_does_not_end():
    running.when("EndJob", **END).then_refused("job.unknown")


def test_a_post_is_named_by_its_activity_and_project():
    past = running.given(created())
    past.when("EndJob", **{**END, "activity_id": OTHER_PROJECT}).then_refused("job.unknown")
    past.when("EndJob", **{**END, "project_id": OTHER_PROJECT}).then_refused("job.other_project")


@pytest.mark.parametrize(
    ("day", "precision"),
    [
        (date(2026, 8, 31), "day"),
        (date(2026, 8, 31), "at_latest"),
        (date(2026, 8, 1), "month"),
        (date(2026, 6, 1), "quarter"),
        (date(2025, 1, 1), "year"),
    ],
)
def test_a_post_does_not_end_before_its_start(day, precision):
    running.given(created()).on(day, precision).when("EndJob", **END).then_refused("job.dates")


@pytest.mark.parametrize(
    ("day", "precision"), [(date(2026, 9, 1), "day"), (date(2026, 9, 1), "month"), (date(2026, 1, 1), "year")]
)
def test_a_post_may_end_in_the_period_of_its_start(day, precision):
    running.given(created()).on(day, precision).when("EndJob", **END).then(ended())


def test_a_post_may_end_when_its_activity_has_ceased():
    running.given(created(), ceased()).when("EndJob", **END).then(ended())


def test_a_voided_post_does_not_end():
    running.given(created()).voided(3).when("EndJob", **END).then_refused("job.unknown")


def test_a_voided_end_never_was():
    past = running.given(created(), ended()).voided(4)
    past.when("EndJob", **END).then(ended())


def test_of_a_voided_activity_or_project_no_post_ends():
    past = running.given(created())
    past.voided(2).when("EndJob", **END).then_refused("activity.unknown")
    past.voided(1).when("EndJob", **END).then_refused("project.unknown")
