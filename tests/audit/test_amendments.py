"""How the audit dates facts, and which hold after corrections and voids."""

from typing import Any

import pytest

from tests.audit.making import JURA, JURA_PROJECTS, ROOT, World, figures_of, qty

BATCH = "projects.JobBatchDeclared"


def batch(told: World, count: int = 35, on: str = "2026-01-01", precision: str = "day", number: int = 1) -> int:
    data = {"count": qty(count), "kind": "created"}
    return told.say(BATCH, data, on, precision=precision, source=JURA_PROJECTS, subject=f"batch/{number}")


def amend(told: World, number: int, replacement: object = None, by: str = JURA_PROJECTS, /, **target: Any) -> int:
    named = {"source": JURA_PROJECTS, "sequence": number, "type": f"{BATCH}.v1", "subject": "batch/1", "entities": []}
    event = "projects.RecordVoided" if replacement is None else "projects.RecordCorrected"
    data: dict[str, Any] = {"target": {**named, **target}, "reason": "error"}
    if replacement is not None:
        data["replacement"] = replacement
    return told.say(event, data, "2026-10-01", source=by, subject=f"amendment/{number}")


def data(count: int) -> dict[str, object]:
    return {"count": qty(count), "kind": "created", "territory_ids": []}


def jobs(told: World, on: str = "2026-11-01") -> int:
    return int(figures_of(told, on).values["jobs_created"])


@pytest.mark.parametrize(
    ("on", "precision", "first"),
    [
        ("2019-05-10", "day", "2019-05-10"),
        ("2019-05-10", "at_latest", "2019-05-10"),
        ("2019-05-10", "month", "2019-05-31"),
        ("2020-02-10", "month", "2020-02-29"),
        ("2019-05-10", "quarter", "2019-06-30"),
        ("2019-12-01", "quarter", "2019-12-31"),
        ("2019-05-10", "year", "2019-12-31"),
        ("2026-01-01", "year", "2026-11-01"),
    ],
)
def test_a_fact_counts_from_the_end_of_its_period_but_not_after_it_was_recorded(
    on: str, precision: str, first: str
) -> None:
    told = World(JURA_PROJECTS)
    batch(told, on=on, precision=precision)
    day = first[:8] + f"{int(first[8:]) - 1:02}" if not first.endswith("01") else "2026-10-31"
    assert (jobs(told, day), jobs(told, first)) == (0, 35)


def test_a_void_removes_a_fact() -> None:
    told = World(JURA_PROJECTS)
    amend(told, batch(told))
    assert jobs(told) == 0


def test_a_correction_replaces_payload_date_or_both() -> None:
    told = World(JURA_PROJECTS)
    amend(told, batch(told), {"data": data(34)})
    assert (jobs(told, "2025-12-31"), jobs(told, "2026-01-01")) == (0, 34)
    told = World(JURA_PROJECTS)
    amend(told, batch(told), {"occurred_on": "2025-06-15", "occurred_precision": "month"})
    assert (jobs(told, "2025-06-29"), jobs(told, "2025-06-30")) == (0, 35)
    told = World(JURA_PROJECTS)
    amend(told, batch(told, on="2025-01-01", precision="year"), {"occurred_on": "2024-06-15"})
    assert (jobs(told, "2024-12-30"), jobs(told, "2024-12-31")) == (0, 35)


def test_the_last_told_of_several_amendments_wins() -> None:
    told = World(JURA_PROJECTS)
    sequence = batch(told)
    amend(told, sequence)
    amend(told, sequence, {"data": data(34)})
    assert jobs(told) == 34
    amend(told, sequence)
    assert jobs(told) == 0


def test_an_amendment_by_the_coordinator_counts_wherever_it_is_read() -> None:
    projects = ROOT.replace("ideation", "projects")
    told = World(JURA_PROJECTS, projects)
    amend(told, batch(told), {"data": data(34)}, projects)
    assert jobs(told) == 34


@pytest.mark.parametrize("wrong", [{"source": JURA}, {"sequence": 9}, {"type": "projects.JobCreated.v1"}])
def test_an_amendment_that_names_no_such_record_changes_nothing(wrong: dict[str, Any]) -> None:
    told = World(JURA_PROJECTS)
    amend(told, batch(told), **wrong)
    assert jobs(told) == 35


def test_an_amendment_of_an_amendment_changes_nothing() -> None:
    told = World(JURA_PROJECTS)
    void = amend(told, batch(told))
    amend(told, void, type="projects.RecordVoided.v1")
    assert jobs(told) == 0


def test_a_type_that_moves_no_figure_is_passed() -> None:
    told = World(JURA_PROJECTS)
    told.say("projects.SomethingElse", {"count": "not even a quantity"}, source=JURA_PROJECTS)
    batch(told)
    assert jobs(told) == 35
