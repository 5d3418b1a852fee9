"""How the audit counts projects."""

import pytest

from tests.audit.making import JURA_PROJECTS, World, figures_of, qty


def step(told: World, event: str, on: str, project: str = "p", **data: object) -> int:
    given = {"project_id": project, **data}
    return told.say(f"projects.{event}", given, on, source=JURA_PROJECTS, subject=f"project/{project}")


def opened(on: str = "2018-01-01") -> World:
    told = World(JURA_PROJECTS)
    step(told, "ProjectOpened", on, member_id="fdfr-89", territory_ids=["chenove"])
    return told


def values(told: World, on: str = "2026-11-01", scope: str = "region") -> tuple[int, int, int]:
    found = figures_of(told, on, scope).values
    assert found["projects_completed_or_nearing"] == sum(
        found[name] for name in ("projects_completed", "projects_nearing", "projects_declared")
    )
    return found["projects_opened"], found["projects_nearing"], found["projects_completed"]


def test_an_open_project_is_neither_nearing_nor_completed() -> None:
    assert values(opened()) == (1, 0, 0)


def test_a_project_is_nearing_once_qualified_and_launching() -> None:
    told = opened()
    step(told, "LaunchPhaseOpened", "2018-02-01")
    step(told, "ProjectQualified", "2018-03-01")
    assert [values(told, day)[1] for day in ("2018-02-28", "2018-03-01")] == [0, 1]
    found = figures_of(told).values
    assert (found["projects_qualified"], found["projects_launching"]) == (1, 1)


def test_a_project_declared_nearing_is_nearing() -> None:
    told = opened()
    step(told, "ProjectNearingDeclared", "2018-02-01")
    assert values(told) == (1, 1, 0)


def test_a_started_activity_completes_a_project_for_ever() -> None:
    told = opened()
    step(told, "ProjectNearingDeclared", "2018-02-01")
    step(told, "ActivityStarted", "2018-06-01", activity_id="x")
    step(told, "ActivityCeased", "2018-07-01", activity_id="x")
    step(told, "ProjectAbandoned", "2018-08-01")
    assert [values(told, day)[1:] for day in ("2018-05-31", "2018-06-01", "2026-01-01")] == [(1, 0), (0, 1), (0, 1)]


def test_an_abandoned_project_is_not_nearing_even_if_resumed() -> None:
    told = opened()
    step(told, "ProjectNearingDeclared", "2018-02-01")
    step(told, "ProjectAbandoned", "2018-03-01")
    step(told, "ProjectResumed", "2018-04-01")
    assert [values(told, day)[1] for day in ("2018-02-28", "2018-03-01", "2018-05-01")] == [1, 0, 0]


@pytest.mark.parametrize(
    ("pause", "last", "first_out"),
    [("2018-03-01", "2019-03-01", "2019-03-02"), ("2020-02-29", "2021-02-28", "2021-03-01")],
)
def test_a_pause_of_more_than_twelve_months_excludes(pause: str, last: str, first_out: str) -> None:
    told = opened()
    step(told, "ProjectNearingDeclared", "2018-02-01")
    step(told, "ProjectPaused", pause)
    assert [values(told, day)[1] for day in (last, first_out)] == [1, 0]
    step(told, "ProjectResumed", "2022-01-01")
    assert [values(told, day)[1] for day in ("2021-12-31", "2022-01-01")] == [0, 1]


def test_a_second_pause_does_not_renew_the_first() -> None:
    told = opened()
    step(told, "ProjectNearingDeclared", "2018-02-01")
    step(told, "ProjectPaused", "2018-03-01")
    step(told, "ProjectPaused", "2019-01-01")
    assert values(told, "2019-03-02")[1] == 0


def test_a_project_counts_in_its_owning_member_and_its_own_territories() -> None:
    told = opened()
    step(told, "ActivityStarted", "2018-06-01", activity_id="x", territory_ids=["elsewhere"])
    assert values(told, scope="member/fdfr-89") == values(told, scope="territory/chenove") == (1, 0, 1)
    assert values(told, scope="member/cluster-jura") == values(told, scope="territory/elsewhere") == (0, 0, 0)


def test_a_project_that_was_never_opened_counts_nothing() -> None:
    told = World(JURA_PROJECTS)
    step(told, "ActivityStarted", "2018-06-01", activity_id="x")
    assert values(told) == (0, 0, 0)


def test_a_batch_counts_where_its_stage_says() -> None:
    told = World(JURA_PROJECTS)
    for number, stage in enumerate(("completed", "nearing", "completed_or_nearing"), 1):
        data = {"count": qty(number, "at_least"), "stage": stage, "territory_ids": ["chenove"]}
        told.say("projects.ProjectBatchDeclared", data, source=JURA_PROJECTS, subject=f"batch/{number}")
    for scope in ("region", "territory/chenove"):
        found = figures_of(told, scope=scope)
        parts = [found.values[name] for name in ("projects_completed", "projects_nearing", "projects_declared")]
        assert parts == [1, 2, 3]
        assert found.precision["projects_completed_or_nearing"] == "at_least"
    assert figures_of(told, scope="member/cluster-jura").values["projects_completed_or_nearing"] == 0
