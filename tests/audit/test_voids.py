"""What a void takes with it, and what counts again when an object is recorded anew."""

import pytest

from services.audit.hanging import HANGS_ON
from shared import contracts
from tests.audit.counting import value
from tests.audit.making import JURA, JURA_PROJECTS, ROOT, World
from tests.audit.telling import actor, admit, heads, joins, opened, operate, register, started, step


def name(kind: str) -> str:
    return kind.rpartition(".")[0]


def test_the_table_of_what_hangs_on_what_is_that_of_the_contracts() -> None:
    published = {name(kind): frozenset(about.get("hangs_on", ())) for kind, about in contracts.events().items()}
    assert {event: others for event, others in published.items() if others} == dict(HANGS_ON)


def project(told: World) -> tuple[int, int]:
    """A project in a world, with a step that makes it nearing."""
    return opened(told), step(told, "ProjectNearingDeclared", "2018-02-01")


def test_what_hangs_on_a_voided_record_goes_with_it() -> None:
    told = World(JURA_PROJECTS)
    opening, nearing = project(told)
    told.void(JURA_PROJECTS, opening, nearing)
    opened(told)
    assert (value(told, "projects_opened"), value(told, "projects_nearing")) == (1, 0)


@pytest.mark.parametrize("event", sorted(one.partition(".")[2] for one in HANGS_ON if one.startswith("projects.P")))
def test_each_step_of_a_project_hangs_on_its_opening(event: str) -> None:
    assert HANGS_ON[f"projects.{event}"] == {"projects.ProjectOpened"}


def test_what_stands_before_the_original_or_behind_its_void_stays() -> None:
    told = World(JURA_PROJECTS)
    qualified = step(told, "ProjectQualified", "2018-02-01")
    opening = opened(told)
    told.void(JURA_PROJECTS, opening, qualified)
    step(told, "LaunchPhaseOpened", "2018-02-01")
    opened(told)
    assert (value(told, "projects_qualified"), value(told, "projects_launching")) == (1, 1)


def test_what_the_void_does_not_name_stays() -> None:
    told = World(JURA)
    actor(told, "a")
    actor(told, "b")
    held = told.say("ideation.WorkshopHeld", {"workshop_id": "w"})
    first = joins(told, "a")
    joins(told, "b")
    told.void(JURA, held, first)
    assert (value(told, "workshops_held"), value(told, "actors_identified")) == (0, 1)


def test_what_does_not_hang_on_the_original_stays() -> None:
    told = World(JURA)
    held = told.say("ideation.WorkshopHeld", {"workshop_id": "w"})
    counted = heads(told, "w", 12)
    told.void(JURA, counted, held)
    assert (value(told, "workshops_held"), value(told, "actors_declared")) == (1, 0)


def test_what_lies_in_another_stream_stays() -> None:
    told = World(JURA)
    actor(told, "a")
    held = told.say("ideation.WorkshopHeld", {"workshop_id": "v"})
    there = joins(told, "a")
    told.void(JURA, held, there)
    assert value(told, "actors_identified") == 1


def test_what_is_gone_is_gone_though_it_was_corrected() -> None:
    told = World(JURA_PROJECTS)
    opening, nearing = project(told)
    told.correct(JURA_PROJECTS, nearing, on="2018-03-01")
    told.void(JURA_PROJECTS, opening, nearing)
    told.correct(JURA_PROJECTS, nearing, on="2018-04-01")
    opened(told)
    assert value(told, "projects_nearing") == 0


def test_each_void_of_a_record_takes_what_stands_between_them() -> None:
    told = World(JURA_PROJECTS)
    opening, nearing = project(told)
    told.void(JURA_PROJECTS, opening, nearing)
    step(told, "ProjectQualified", "2018-02-01")
    step(told, "LaunchPhaseOpened", "2018-02-01")
    told.void(JURA_PROJECTS, opening)
    opened(told)
    assert (value(told, "projects_nearing"), value(told, "projects_qualified")) == (0, 0)


def test_a_void_that_does_not_count_takes_nothing() -> None:
    told = World(JURA_PROJECTS)
    opening, nearing = project(told)
    told.void(JURA_PROJECTS, opening, nearing, target={"type": "projects.ProjectQualified.v1"})
    assert value(told, "projects_nearing") == 1


def test_an_operator_goes_with_the_admission() -> None:
    told = World(JURA)
    register(told, "chenove")
    first = admit(told, "2016-01-01")
    told.void(ROOT, first, operate(told, "2017-01-01", "fdfr-89"))
    admit(told, "2018-01-01")
    assert value(told, "territories_accompanied") == 1
    assert value(told, "territories_accompanied", scope="member/fdfr-89") == 0


def test_an_end_goes_with_the_job_and_a_cessation_with_the_activity() -> None:
    told = World(JURA_PROJECTS)
    opened(told)
    begun = started(told, "2018-02-01")
    told.void(JURA_PROJECTS, begun, step(told, "ActivityCeased", "2018-08-01", activity_id="x"))
    started(told, "2018-02-01")
    job = {"job_id": "j", "activity_id": "x", "contract": "agency", "starts": "2018-03-01"}
    post = step(told, "JobCreated", "2018-03-01", **job)
    told.void(JURA_PROJECTS, post, step(told, "JobEnded", "2018-04-01", job_id="j", activity_id="x"))
    step(told, "JobCreated", "2018-03-01", **job)
    assert (value(told, "jobs_alive"), value(told, "jobs_lost")) == (1, 0)


def test_recorded_anew_an_object_carries_what_hangs_on_it_from_other_streams() -> None:
    told = World(JURA_PROJECTS)
    opening = opened(told)
    started(told, "2018-02-01")
    told.void(JURA_PROJECTS, opening)
    assert value(told, "projects_completed") == 0
    opened(told)
    assert value(told, "projects_completed") == 1
