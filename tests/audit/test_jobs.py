"""How the audit counts jobs."""

import pytest

from tests.audit.making import JURA_PROJECTS, World, figures_of, qty


def create(told: World, starts: str, job: str = "j", **given: object) -> int:
    data = {
        "job_id": job,
        "activity_id": "x",
        "project_id": "p",
        "contract": "open_ended",
        "reference_hours": "35",
        "starts": starts,
        "territory_ids": ["chenove"],
        **given,
    }
    return told.say("projects.JobCreated", data, "2026-01-01", source=JURA_PROJECTS, subject=f"job/{job}")


def end(told: World, on: str, job: str = "j") -> int:
    data = {"job_id": job, "activity_id": "x", "project_id": "p", "reason": "closure"}
    return told.say("projects.JobEnded", data, on, source=JURA_PROJECTS, subject=f"job/{job}")


def cease(told: World, on: str) -> int:
    data = {"activity_id": "x", "project_id": "p", "reason": "r"}
    return told.say("projects.ActivityCeased", data, on, source=JURA_PROJECTS, subject="activity/x")


def jobs(told: World, on: str = "2026-11-01", scope: str = "region") -> tuple[int, int, int]:
    found = figures_of(told, on, scope).values
    return found["jobs_created"], found["jobs_alive"], found["jobs_lost"]


def test_a_job_counts_from_its_start_even_before_it_was_recorded_or_after() -> None:
    told = World(JURA_PROJECTS)
    create(told, "2026-12-01")
    create(told, "2025-06-01", "k")
    assert [jobs(told, day) for day in ("2025-05-31", "2025-06-01", "2026-12-01")] == [(0, 0, 0), (1, 1, 0), (2, 2, 0)]
    for scope in ("territory/chenove", "member/cluster-jura"):
        assert jobs(told, scope=scope) == (1, 1, 0)


def test_a_job_that_ended_stays_in_the_gross_figure_and_leaves_the_living_on_its_last_day() -> None:
    told = World(JURA_PROJECTS)
    create(told, "2026-03-01", weekly_hours="17.5")
    end(told, "2026-06-30")
    assert figures_of(told, "2026-04-01").values["jobs_fte_alive"] == 5000
    assert [jobs(told, day) for day in ("2026-06-29", "2026-06-30")] == [(1, 1, 0), (1, 0, 1)]
    assert figures_of(told, "2026-07-01").values["jobs_fte_alive"] == 0


def test_a_job_whose_activity_ceased_is_not_alive_but_was_not_lost_by_that() -> None:
    told = World(JURA_PROJECTS)
    create(told, "2026-03-01")
    cease(told, "2026-05-01")
    assert [jobs(told, day) for day in ("2026-04-30", "2026-05-01")] == [(1, 1, 0), (1, 0, 0)]


def test_an_end_before_the_start_leaves_nothing_alive() -> None:
    told = World(JURA_PROJECTS)
    create(told, "2026-03-01")
    end(told, "2026-02-01")
    assert [jobs(told, day) for day in ("2026-02-15", "2026-03-01")] == [(0, 0, 0), (1, 0, 1)]


@pytest.mark.parametrize(
    ("contract", "starts", "ends", "counted"),
    [
        ("fixed_term", "2026-01-15", "2026-02-14", 0),
        ("fixed_term", "2026-01-15", "2026-02-15", 1),
        ("fixed_term", "2026-01-31", "2026-02-28", 1),
        ("fixed_term", "2026-01-15", None, 1),
        ("agency", "2026-01-15", "2026-01-20", 1),
    ],
)
def test_a_fixed_term_of_less_than_a_month_is_no_job(
    contract: str, starts: str, ends: str | None, counted: int
) -> None:
    told = World(JURA_PROJECTS)
    create(told, starts, contract=contract, **({"expected_end": ends} if ends else {}))
    assert jobs(told) == (counted, counted, 0)


def test_a_job_told_twice_counts_once_as_it_was_told_first() -> None:
    told = World(JURA_PROJECTS)
    create(told, "2026-03-01")
    create(told, "2026-02-01")
    assert jobs(told, "2026-02-15") == (0, 0, 0)
    assert jobs(told) == (1, 1, 0)


def test_unknown_hours_are_said_to_be_unknown() -> None:
    told = World(JURA_PROJECTS)
    create(told, "2026-03-01")
    create(told, "2026-03-01", "k", weekly_hours="28", reference_hours="39")
    found = figures_of(told).values
    assert (found["jobs_fte_alive"], found["jobs_fte_unknown"]) == (7179, 1)


def test_hours_are_rounded_half_to_even() -> None:
    told = World(JURA_PROJECTS)
    create(told, "2026-03-01", "a", weekly_hours="0.0001", reference_hours="2")
    create(told, "2026-03-01", "b", weekly_hours="0.0003", reference_hours="2")
    assert figures_of(told).values["jobs_fte_alive"] == 2


def test_batches_are_created_or_consolidated_and_belong_to_no_member() -> None:
    told = World(JURA_PROJECTS)
    for number, kind in ((35, "created"), (4, "consolidated")):
        data = {"count": qty(number, "at_least"), "kind": kind, "territory_ids": ["chenove"]}
        told.say("projects.JobBatchDeclared", data, source=JURA_PROJECTS, subject=f"batch/{kind}")
    found = figures_of(told, scope="territory/chenove")
    assert found.values["jobs_created"] == 35
    assert found.values["jobs_created_or_consolidated"] == 39
    assert found.precision["jobs_created"] == "at_least"
    assert jobs(told, scope="member/cluster-jura") == (0, 0, 0)
