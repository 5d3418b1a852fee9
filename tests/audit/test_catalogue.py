"""The audit counts all of the catalogue, and labels each figure by the weakest quantity in it."""

from pathlib import Path
from typing import Any

import pytest

from services.audit import catalogue, recount
from services.audit.catalogue import PARTS, SUMS, indicators
from shared import contracts
from tests.audit.counting import figures_of
from tests.audit.exporting import CATALOGUE, answer, export
from tests.audit.making import JURA, JURA_PROJECTS, World, qty
from tests.audit.telling import batch, heads
from tests.audit.test_attacks import EXPECTED, INCOMPLETE, replay, small_world


def test_every_indicator_of_the_catalogue_is_recounted() -> None:
    assert set(indicators()) == set(CATALOGUE)
    assert recount.uncounted(indicators()) == []


def test_an_indicator_without_a_recount_is_seen() -> None:
    assert recount.uncounted([*indicators(), "fame", "jobs_alive_approx"]) == ["fame", "jobs_alive_approx"]


def test_an_audit_of_a_catalogue_that_it_does_not_count_whole_lacks_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "indicators.toml").write_text(
        (contracts.FOLDER / "indicators.toml").read_text(encoding="utf-8") + "\n[fame]\nnumber = 999\n"
    )
    monkeypatch.setattr(contracts, "FOLDER", tmp_path)
    catalogue.indicators.cache_clear()
    try:
        folder = export(tmp_path / "export", small_world(), answer(small_world(), EXPECTED))
        assert replay(folder) == INCOMPLETE
    finally:
        catalogue.indicators.cache_clear()
    assert "nothing here counts fame" in capsys.readouterr().out


def test_every_number_that_is_counted_is_in_the_catalogue() -> None:
    assert set(indicators()) >= recount.COUNTED


def test_all_is_zero_and_exact_where_nothing_was_told() -> None:
    found = figures_of(World(JURA))
    assert set(found.values) == set(found.precision) == set(CATALOGUE)
    assert set(found.values.values()) == {0}
    assert set(found.precision.values()) == {"exact"}
    assert set(found.bounds) == set(PARTS)


def told(first: str, second: str) -> Any:
    """The figures of two batches of jobs, so well known."""
    world = World(JURA_PROJECTS)
    batch(world, 2, precision=first)
    batch(world, 3, precision=second)
    return figures_of(world)


@pytest.mark.parametrize(
    ("first", "second", "label"),
    [
        ("exact", "exact", "exact"),
        ("exact", "at_least", "at_least"),
        ("at_least", "approx", "approx"),
        ("approx", "exact", "approx"),
    ],
)
def test_a_figure_is_labelled_by_the_weakest_quantity_in_it(first: str, second: str, label: str) -> None:
    found = told(first, second)
    for name in ("jobs_declared", "jobs_created", "jobs_created_or_consolidated"):
        assert found.precision[name] == label
    for name in ("jobs_recorded", "jobs_consolidated", "jobs_alive"):
        assert found.precision[name] == "exact"


def test_the_amounts_so_labelled_stand_apart_and_are_labelled_themselves() -> None:
    found = told("approx", "at_least")
    for weak, count in (("approx", 2), ("at_least", 3)):
        assert found.values[f"jobs_declared_{weak}"] == count
        assert found.precision[f"jobs_declared_{weak}"] == weak
    assert found.values["jobs_declared"] == 5


def test_headlines_and_sums_are_the_sums_of_their_parts() -> None:
    world = World(JURA, JURA_PROJECTS)
    batch(world, 5)
    batch(world, 7, kind="consolidated")
    heads(world, "w", 11)
    world.say("ideation.AdviserBatchDeclared", {"count": qty(13)})
    found = figures_of(world)
    for name, parts in SUMS.items():
        if "advisers_ever" not in parts:
            assert found.values[name] == sum(found.values[part] for part in parts)
    for name in PARTS:
        assert found.bounds[name] == (found.values[name], found.values[name])
    assert found.values["advisers_mobilised_ever"] == 13
