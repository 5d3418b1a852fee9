"""How the audit counts jobs."""

from typing import Any

import pytest

from tests.audit.counting import figures_of, value
from tests.audit.making import FDFR_PROJECTS, JURA_PROJECTS, World
from tests.audit.telling import batch, opened, started, step


def world() -> World:
    """A project with one activity, in which jobs can be."""
    told = World(JURA_PROJECTS, FDFR_PROJECTS)
    opened(told)
    started(told, "2018-02-01")
    return told


def create(told: World, starts: str, job: str = "j", on: str = "2026-01-01", **given: Any) -> int:
    data = {"activity_id": "x", "contract": "open_ended", "reference_hours": "35", "territory_ids": ["chenove"]}
    return step(told, "JobCreated", on, **{**data, "job_id": job, "starts": starts, **given})


def end(told: World, on: str, job: str = "j") -> int:
    return step(told, "JobEnded", on, job_id=job, activity_id="x")


def cease(told: World, on: str) -> int:
    return step(told, "ActivityCeased", on, activity_id="x")


def jobs(told: World, on: str = "2026-11-01", scope: str = "region") -> tuple[int, int, int]:
    found = figures_of(told, on, scope).values
    return found["jobs_created"], found["jobs_alive"], found["jobs_lost"]


def test_a_job_counts_from_its_start_even_before_it_was_recorded_or_after() -> None:
    told = world()
    create(told, "2026-12-01")
    create(told, "2025-06-01", "k")
    assert [jobs(told, day) for day in ("2025-05-31", "2025-06-01", "2026-12-01")] == [(0, 0, 0), (1, 1, 0), (2, 2, 0)]
    for scope in ("territory/chenove", "member/cluster-jura"):
        assert jobs(told, scope=scope) == (1, 1, 0)
    assert jobs(told, scope="member/fdfr-89") == (0, 0, 0)


def test_a_job_that_ended_stays_in_the_gross_figure_and_leaves_the_living_on_its_last_day() -> None:
    told = world()
    create(told, "2026-03-01", weekly_hours="17.5")
    end(told, "2026-06-30")
    assert value(told, "jobs_fte_alive", "2026-04-01") == 5000
    assert [jobs(told, day) for day in ("2026-06-29", "2026-06-30")] == [(1, 1, 0), (1, 0, 1)]
    assert value(told, "jobs_fte_alive", "2026-07-01") == 0


def test_a_job_whose_activity_ceased_is_not_alive_but_was_not_lost_by_that() -> None:
    told = world()
    create(told, "2026-03-01")
    cease(told, "2026-05-01")
    assert [jobs(told, day) for day in ("2026-04-30", "2026-05-01")] == [(1, 1, 0), (1, 0, 0)]


@pytest.mark.parametrize("first", [0, 1])
def test_of_several_ends_and_cessations_the_first_day_counts(first: int) -> None:
    days = ["2026-05-01", "2026-07-01"]
    for tell, lost in ((end, 1), (cease, 0)):
        told = world()
        create(told, "2026-03-01")
        tell(told, days[first])
        tell(told, days[1 - first])
        assert [jobs(told, day) for day in ("2026-04-30", "2026-05-01")] == [(1, 1, 0), (1, 0, lost)]


def test_an_end_before_the_start_leaves_nothing_alive() -> None:
    told = world()
    create(told, "2026-03-01")
    end(told, "2026-02-01")
    assert [jobs(told, day) for day in ("2026-02-15", "2026-03-01")] == [(0, 0, 0), (1, 0, 1)]


def test_a_job_counts_while_its_activity_is_started_and_its_project_opened() -> None:
    told = World(JURA_PROJECTS)
    create(told, "2026-03-01")
    assert jobs(told) == (0, 0, 0)
    begun = started(told, "2026-05-01")
    assert jobs(told) == (0, 0, 0)
    opening = opened(told, "2026-06-01")
    assert jobs(told, "2026-03-01") == (1, 1, 0)
    told.void(JURA_PROJECTS, begun)
    assert jobs(told) == (0, 0, 0)
    started(told, "2026-05-01")
    assert jobs(told) == (1, 1, 0)
    told.void(JURA_PROJECTS, opening)
    assert jobs(told) == (0, 0, 0)


def test_an_activity_of_another_member_holds_no_job() -> None:
    told = World(JURA_PROJECTS, FDFR_PROJECTS)
    opened(told)
    opened(told, source=FDFR_PROJECTS)
    started(told, "2018-02-01", source=FDFR_PROJECTS)
    create(told, "2026-03-01")
    assert jobs(told) == (0, 0, 0)


def test_two_members_that_use_one_id_have_two_jobs() -> None:
    told = world()
    opened(told, source=FDFR_PROJECTS)
    started(told, "2018-02-01", source=FDFR_PROJECTS)
    create(told, "2026-03-01")
    create(told, "2026-03-01", source=FDFR_PROJECTS)
    end(told, "2026-04-01")
    assert jobs(told) == (2, 1, 1)
    assert jobs(told, scope="member/fdfr-89") == (1, 1, 0)


@pytest.mark.parametrize("contract", ["open_ended", "fixed_term", "apprentice", "insertion", "self_employed", "agency"])
@pytest.mark.parametrize(
    ("starts", "ends", "counted"),
    [
        ("2026-04-01", "2026-04-29", 0),
        ("2026-04-01", "2026-04-30", 1),
        ("2026-02-01", "2026-02-27", 0),
        ("2026-02-01", "2026-02-28", 1),
        ("2026-01-15", "2026-02-13", 0),
        ("2026-01-15", "2026-02-14", 1),
        ("2026-01-31", "2026-02-26", 0),
        ("2026-01-31", "2026-02-27", 1),
        ("2026-01-15", "2026-01-14", 0),
        ("2026-01-15", None, 1),
    ],
)
def test_a_contract_of_any_kind_of_less_than_a_full_month_is_no_job(
    contract: str, starts: str, ends: str | None, counted: int
) -> None:
    told = world()
    create(told, starts, contract=contract, **({"expected_end": ends} if ends else {}))
    assert jobs(told) == (counted, counted, 0)


def test_contracts_up_to_the_last_day_that_can_be_written_are_counted_as_others() -> None:
    told = world()
    create(told, "2026-03-01", expected_end="2099-12-31")
    create(told, "2099-12-15", "k", expected_end="2099-12-31")
    create(told, "2099-03-01", "l", expected_end="2099-04-15")
    assert [jobs(told, day) for day in ("2026-11-01", "2099-12-01", "2099-12-31")] == [(1, 1, 0), (2, 2, 0), (2, 2, 0)]


def test_of_several_records_of_one_job_the_one_with_the_lowest_sequence_holds() -> None:
    told = world()
    first = create(told, "2026-03-01", on="2026-02-01")
    told.moment = 0
    create(told, "2026-02-01", on="2026-01-01")
    assert [jobs(told, day) for day in ("2026-02-15", "2026-03-01")] == [(0, 0, 0), (1, 1, 0)]
    told.void(JURA_PROJECTS, first)
    assert jobs(told, "2026-02-15") == (1, 1, 0)


def test_unknown_hours_are_said_to_be_unknown() -> None:
    told = world()
    create(told, "2026-03-01")
    create(told, "2026-03-01", "k", weekly_hours="28", reference_hours="39")
    found = figures_of(told).values
    assert (found["jobs_fte_alive"], found["jobs_fte_unknown"]) == (7179, 1)
    assert value(told, "jobs_fte_unknown", "2026-02-28") == 0


def test_hours_are_rounded_half_to_even() -> None:
    told = world()
    create(told, "2026-03-01", "a", weekly_hours="0.01", reference_hours="40")
    create(told, "2026-03-01", "b", weekly_hours="0.03", reference_hours="40")
    assert value(told, "jobs_fte_alive") == 2 + 8


def test_reference_hours_are_thirty_five_unless_said() -> None:
    told = world()
    data = {"job_id": "j", "activity_id": "x", "contract": "agency", "starts": "2026-03-01", "weekly_hours": "7"}
    step(told, "JobCreated", "2026-01-01", **data)
    assert value(told, "jobs_fte_alive") == 2000


def test_batches_are_created_or_consolidated_in_the_scopes_of_the_declaring_record() -> None:
    told = World(JURA_PROJECTS)
    batch(told, 35, precision="at_least", territory_ids=["chenove"])
    batch(told, 4, precision="approx", kind="consolidated", territory_ids=["chenove"])
    for scope in ("region", "territory/chenove", "member/cluster-jura"):
        found = figures_of(told, scope=scope)
        assert found.values["jobs_created"] == found.values["jobs_declared_at_least"] == 35
        assert found.values["jobs_consolidated"] == found.values["jobs_consolidated_approx"] == 4
        assert found.values["jobs_created_or_consolidated"] == 39
        assert found.precision["jobs_created"] == "at_least"
        assert found.precision["jobs_created_or_consolidated"] == "approx"
    assert [value(told, "jobs_created", day) for day in ("2025-12-31", "2026-01-01")] == [0, 35]
    assert value(told, "jobs_created", scope="member/fdfr-89") == 0
