"""Activities, the posts they open, and numbers known only as numbers."""

from datetime import date

from tests.pure.deciding import JURA, OPERATED
from tests.pure.projects.making import (
    CREATE,
    JOB,
    OF,
    OTHER_PROJECT,
    abandoned,
    ceased,
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
    past = running.given(opened(project_id=OTHER_PROJECT))
    past.when("CeaseActivity", **asked).then_refused("activity.other_project")
    past.when("CreateJob", **{**CREATE, "project_id": OTHER_PROJECT}).then_refused("activity.other_project")
    running.when("CeaseActivity", **asked).then_refused("project.unknown")


def test_an_activity_does_not_cease_before_it_started():
    past = projects.given(opened()).given(started(), on=date(2026, 5, 1))
    past.on(date(2026, 4, 30)).when("CeaseActivity", **CEASE).then_refused("activity.dates", "occurred_on", "date")
    past.on(date(2026, 5, 1)).when("CeaseActivity", **CEASE).then(ceased())


def test_an_activity_that_started_in_a_year_ceases_from_that_years_end_on():
    past = projects.given(opened()).given(started(), on=date(2025, 3, 1), precision="year")
    past.on(date(2025, 12, 30)).when("CeaseActivity", **CEASE).then_refused("activity.dates")
    past.on(date(2025, 1, 1), "year").when("CeaseActivity", **CEASE).then(ceased())


def test_a_voided_activity_is_unknown():
    past = running.voided(2)
    past.when("CeaseActivity", **CEASE).then_refused("activity.unknown")
    past.when("CreateJob", **CREATE).then_refused("activity.unknown")
    past.when("StartActivity", **START).then(started())


def test_of_a_voided_project_no_activity_starts_or_ceases():
    past = running.voided(1)
    past.when("StartActivity", **START).then_refused("project.unknown")
    past.when("CeaseActivity", **CEASE).then_refused("project.unknown")
