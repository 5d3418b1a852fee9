"""How the audit counts projects."""

import pytest

from tests.audit.counting import figures_of, value
from tests.audit.making import JURA_PROJECTS, World, qty
from tests.audit.telling import opened, started, step


def world(on: str = "2018-01-01", *places: str) -> World:
    told = World(JURA_PROJECTS)
    opened(told, on, "p", *places)
    return told


def values(told: World, on: str = "2026-11-01", scope: str = "region") -> tuple[int, int, int]:
    found = figures_of(told, on, scope).values
    assert found["projects_completed_or_nearing"] == sum(
        found[name] for name in ("projects_completed", "projects_nearing", "projects_declared")
    )
    return found["projects_opened"], found["projects_nearing"], found["projects_completed"]


def test_an_open_project_is_neither_nearing_nor_completed() -> None:
    assert [values(world(), day) for day in ("2017-12-31", "2018-01-01")] == [(0, 0, 0), (1, 0, 0)]


def test_a_project_is_nearing_once_qualified_and_launching() -> None:
    told = world()
    step(told, "LaunchPhaseOpened", "2018-02-01")
    step(told, "ProjectQualified", "2018-03-01")
    assert [values(told, day)[1] for day in ("2018-02-28", "2018-03-01")] == [0, 1]
    assert [value(told, "projects_launching", day) for day in ("2018-01-31", "2018-02-01")] == [0, 1]
    assert [value(told, "projects_qualified", day) for day in ("2018-02-28", "2018-03-01")] == [0, 1]


def test_a_project_declared_nearing_is_nearing() -> None:
    told = world()
    step(told, "ProjectNearingDeclared", "2018-02-01")
    assert [values(told, day)[1] for day in ("2018-01-31", "2018-02-01")] == [0, 1]


def test_a_project_is_not_nearing_qualified_or_launched_before_its_opening() -> None:
    told = world("2018-06-01")
    for event in ("ProjectQualified", "LaunchPhaseOpened", "ProjectNearingDeclared"):
        step(told, event, "2018-02-01")
    for name in ("projects_nearing", "projects_qualified", "projects_launching"):
        assert [value(told, name, day) for day in ("2018-03-01", "2018-05-31", "2018-06-01")] == [0, 0, 1]


def test_a_completion_is_not_held_back_to_the_opening() -> None:
    told = world("2018-06-01")
    started(told, "2018-02-01")
    assert [values(told, day) for day in ("2018-01-31", "2018-02-01", "2018-06-01")] == [
        (0, 0, 0),
        (0, 0, 1),
        (1, 0, 1),
    ]


def test_a_started_activity_completes_a_project_once_and_for_ever() -> None:
    told = world()
    step(told, "ProjectNearingDeclared", "2018-02-01")
    started(told, "2018-06-01")
    started(told, "2018-06-02", "y")
    step(told, "ActivityCeased", "2018-07-01", activity_id="x")
    step(told, "ProjectAbandoned", "2018-08-01")
    assert [values(told, day)[1:] for day in ("2018-05-31", "2018-06-01", "2026-01-01")] == [(1, 0), (0, 1), (0, 1)]


def test_an_abandoned_project_is_not_nearing_even_if_resumed() -> None:
    told = world()
    step(told, "ProjectNearingDeclared", "2018-02-01")
    step(told, "ProjectAbandoned", "2018-03-01")
    step(told, "ProjectResumed", "2018-04-01")
    assert [values(told, day)[1] for day in ("2018-02-28", "2018-03-01", "2018-05-01")] == [1, 0, 0]


@pytest.mark.parametrize(
    ("pause", "last", "first_out"),
    [("2018-03-01", "2019-03-01", "2019-03-02"), ("2020-02-29", "2021-02-28", "2021-03-01")],
)
def test_a_pause_of_more_than_twelve_months_excludes(pause: str, last: str, first_out: str) -> None:
    told = world()
    step(told, "ProjectNearingDeclared", "2018-02-01")
    step(told, "ProjectPaused", pause)
    assert [values(told, day)[1] for day in (last, first_out)] == [1, 0]
    step(told, "ProjectResumed", "2022-01-01")
    assert [values(told, day)[1] for day in ("2021-12-31", "2022-01-01")] == [0, 1]


def test_a_second_pause_does_not_renew_the_first() -> None:
    told = world()
    step(told, "ProjectNearingDeclared", "2018-02-01")
    step(told, "ProjectPaused", "2018-03-01")
    step(told, "ProjectPaused", "2019-01-01")
    assert [values(told, day)[1] for day in ("2019-03-01", "2019-03-02")] == [1, 0]


@pytest.mark.parametrize(("first", "second", "nearing"), [("Paused", "Resumed", 1), ("Resumed", "Paused", 0)])
def test_a_pause_and_a_resumption_of_one_day_are_in_the_order_of_their_sequence(
    first: str, second: str, nearing: int
) -> None:
    told = world()
    step(told, "ProjectNearingDeclared", "2018-02-01")
    step(told, f"Project{first}", "2018-03-01")
    told.moment = 0
    step(told, f"Project{second}", "2018-03-01")
    assert values(told, "2020-01-01")[1] == nearing


def test_a_project_counts_in_its_member_and_in_the_territories_of_its_opening() -> None:
    told = world("2018-01-01", "chenove")
    started(told, "2018-06-01")
    step(told, "ProjectQualified", "2018-06-01", territory_ids=["elsewhere"])
    for scope in ("member/cluster-jura", "territory/chenove"):
        assert values(told, scope=scope) == (1, 0, 1)
        assert value(told, "projects_qualified", scope=scope) == 1
    assert value(told, "projects_qualified", scope="territory/elsewhere") == 0


def test_of_several_openings_the_first_in_order_says_day_and_territories() -> None:
    told = world("2019-01-01", "chenove")
    opened(told, "2018-01-01", "p", "beaune")
    opened(told, "2018-01-01", "p", "dole")
    assert [value(told, "projects_opened", day) for day in ("2017-12-31", "2018-01-01")] == [0, 1]
    places = ("beaune", "chenove", "dole")
    assert [value(told, "projects_opened", scope=f"territory/{place}") for place in places] == [1, 0, 0]


def test_a_project_without_a_live_opening_counts_nothing() -> None:
    told = World(JURA_PROJECTS)
    opening = opened(told)
    for event in ("ProjectQualified", "LaunchPhaseOpened", "ProjectNearingDeclared"):
        step(told, event, "2018-06-01")
    started(told, "2018-06-01")
    assert values(told) == (1, 0, 1)
    told.void(JURA_PROJECTS, opening)
    assert values(told) == (0, 0, 0)
    assert (value(told, "projects_qualified"), value(told, "projects_launching")) == (0, 0)


def test_a_batch_counts_where_its_stage_says_in_the_scopes_of_the_declaring_record() -> None:
    told = World(JURA_PROJECTS)
    for number, stage in enumerate(("completed", "nearing", "completed_or_nearing"), 1):
        data = {"count": qty(number, "at_least"), "stage": stage, "territory_ids": ["chenove"]}
        told.say("projects.ProjectBatchDeclared", data, source=JURA_PROJECTS)
    for scope in ("region", "territory/chenove", "member/cluster-jura"):
        found = figures_of(told, scope=scope)
        for name, count in (("completed", 1), ("nearing", 2), ("declared", 3)):
            assert found.values[f"projects_{name}"] == found.values[f"projects_{name}_at_least"] == count
        assert found.precision["projects_completed_or_nearing"] == "at_least"
    days = ("2025-12-31", "2026-01-01")
    assert [value(told, "projects_completed_or_nearing", day) for day in days] == [0, 6]
    assert value(told, "projects_completed_or_nearing", scope="member/fdfr-89") == 0
