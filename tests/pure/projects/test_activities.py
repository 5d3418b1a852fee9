"""Activities, the posts they open, and numbers known only as numbers."""

from datetime import date

import pytest

from services.projects.events import JobBatchDeclared, ProjectBatchDeclared
from tests.pure.deciding import HERE, JURA, OPERATED, told
from tests.pure.projects.making import (
    BATCH,
    CREATE,
    JOB,
    OF,
    OTHER_PROJECT,
    abandoned,
    ceased,
    created,
    ended,
    opened,
    projects,
    started,
)

START = {**OF, "kind": "permanent"}
CEASE = {**OF, "reason": "The baker retired"}
END = {**OF, "job_id": JOB, "reason": "end_of_term"}
running = projects.given(opened(), started())


def test_an_open_projects_activity_starts():
    projects.given(opened()).when("StartActivity", **START).then(started())


def test_an_activity_needs_no_qualified_project():
    projects.given(opened()).legacy().when("StartActivity", **START).then(started())


def test_an_activity_starts_once():
    running.when("StartActivity", **START).then()
    running.when("StartActivity", **{**START, "kind": "seasonal"}).then_refused("activity.exists")


def test_no_activity_without_its_project():
    projects.when("StartActivity", **START).then_refused("project.unknown")


def test_no_activity_of_a_project_that_was_given_up():
    projects.given(opened(), abandoned()).when("StartActivity", **START).then_refused("project.abandoned")


def test_an_activity_is_where_its_project_is():
    told_of = projects.given(opened(territory_ids=[JURA])).when("StartActivity", **START, territory_ids=[]).only
    assert told_of["territory_ids"] == [JURA]
    assert told_of["accompaniment_id"] == OPERATED


def test_an_activity_ceases_once():
    running.when("CeaseActivity", **CEASE).then(ceased())
    running.given(ceased()).when("CeaseActivity", **CEASE).then()


def test_what_never_started_does_not_cease():
    projects.given(opened()).when("CeaseActivity", **CEASE).then_refused("activity.unknown")


def test_an_activity_is_of_its_project():
    asked = {**CEASE, "project_id": OTHER_PROJECT}
    running.when("CeaseActivity", **asked).then_refused("activity.other_project")
    running.when("CreateJob", **{**CREATE, "project_id": OTHER_PROJECT}).then_refused("activity.other_project")


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


@pytest.mark.parametrize(
    ("name", "payload", "more"),
    [
        ("DeclareProjectBatch", ProjectBatchDeclared, {"stage": "completed_or_nearing"}),
        ("DeclareJobBatch", JobBatchDeclared, {"kind": "created", "fte": "4.50"}),
    ],
)
def test_a_number_is_declared_once(name, payload, more):
    batch = {**HERE, "batch_id": BATCH, "count": {"value": 24, "precision": "approx"}, "source": "The paper", **more}
    fact = told(payload, **batch)
    projects.when(name, **batch).then(fact)
    projects.given(fact).when(name, **batch).then()
    changed = {**batch, "count": {"value": 25}}
    projects.given(fact).when(name, **changed).then_refused("batch.exists")
