"""An older version of an event is lifted where it comes in; behind that only the newest shape exists."""

from datetime import date
from typing import Any

import pytest

from services.audit import kinds
from services.audit.recount import Recount
from tests.audit.counting import heard
from tests.audit.making import JURA_PROJECTS, World, qty
from tests.audit.telling import batch

OLD = "projects.JobBatchDeclared.v7"
OLDER = "projects.JobBatchDeclared.v8"
NEW = "projects.JobBatchDeclared.v1"


def _number(data: dict[str, Any]) -> dict[str, Any]:
    return {**{k: v for k, v in data.items() if k != "jobs"}, "count": qty(data["jobs"])}


def _name(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "jobs": data["posts"]}


# As if version 7 had said `jobs`, a plain number, and version 8 had called it `posts`.
LIFTS: dict[str, kinds.Lift] = {OLD: (NEW, _number), OLDER: (OLD, _name)}


def told(version: int, **data: Any) -> World:
    """A world with one record of an older version."""
    world = World(JURA_PROJECTS)
    whole = {"batch_id": "b", "kind": "created", **data}
    world.say("projects.JobBatchDeclared", whole, source=JURA_PROJECTS, version=version)
    return world


def counted(world: World, parked: int = 0) -> int:
    trail = heard(world, LIFTS)
    assert len(trail.facts.parked) == parked, trail.facts.parked
    figures = Recount(trail.facts, trail.trusted, date(2026, 11, 1)).figures("region")
    return int(figures.values["jobs_declared"])


def test_an_older_version_counts_as_the_newest_that_it_became() -> None:
    assert counted(told(7, jobs=35)) == 35
    assert counted(told(8, posts=36)) == 36


def test_without_a_lift_it_is_an_unknown_version() -> None:
    trail = heard(told(7, jobs=35))
    assert [one.reason.split(":")[0] for one in trail.facts.parked] == ["payload.version"]


@pytest.mark.parametrize("data", [{}, {"jobs": "many"}, {"jobs": -3}])
def test_an_older_payload_that_cannot_be_lifted_or_read_breaks_its_contract(data: dict[str, Any]) -> None:
    trail = heard(told(7, **data), LIFTS)
    assert [one.reason.split(":")[0] for one in trail.facts.parked] == ["payload.contract"]


def test_a_correction_of_an_older_record_is_in_the_shape_of_its_target_and_is_lifted_too() -> None:
    world = told(7, jobs=35)
    world.correct(JURA_PROJECTS, 1, {"jobs": 34}, target={"entities": ["batch/cluster-jura/b"]})
    assert counted(world) == 34


@pytest.mark.parametrize(("written", "data"), [(NEW, {"count": qty(34)}), (OLD, {"jobs": 34})])
def test_a_correction_may_be_written_in_a_newer_type_than_its_original(written: str, data: dict[str, Any]) -> None:
    world = told(8, posts=36)
    world.correct(JURA_PROJECTS, 1, data, target={"entities": ["batch/cluster-jura/b"]}, data_type=written)
    assert counted(world) == 34


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("projects.JobBatchDeclared.v9", "payload.version"),
        ("projects.ProjectBatchDeclared.v1", "payload.contract"),
        ("projects.SomethingElse.v1", "payload.contract"),
        (7, "payload.contract"),
        (OLD, "payload.contract"),
    ],
)
def test_a_correction_that_is_written_in_another_event_or_that_its_type_cannot_read_is_set_aside(
    written: Any, code: str
) -> None:
    world = World(JURA_PROJECTS)
    world.correct(JURA_PROJECTS, batch(world, 3), {"count": qty(34)}, data_type=written)
    assert [one.reason.split(":")[0] for one in heard(world, LIFTS).facts.parked] == [code]


def test_an_amendment_names_the_type_as_it_was_recorded() -> None:
    world = told(7, jobs=35)
    world.void(JURA_PROJECTS, 1, target={"type": NEW, "entities": ["batch/cluster-jura/b"]})
    assert counted(world) == 35
    world.void(JURA_PROJECTS, 1, target={"entities": ["batch/cluster-jura/b"]})
    assert counted(world) == 0


def test_a_correction_of_an_unknown_event_says_nothing_here() -> None:
    world = World(JURA_PROJECTS)
    sequence = batch(world, 3, batch_id="b")
    world.correct(JURA_PROJECTS, sequence, target={"type": "projects.SomethingElse.v1"})
    assert counted(world) == 3


def test_no_version_has_been_replaced_yet() -> None:
    assert dict(kinds.LIFTS) == {}
