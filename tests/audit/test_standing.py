"""What a gateway says of itself and leaves out: none of it is believed where the records can tell."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.audit.answers import from_saved
from services.audit.standing import late
from tests.audit.counting import heard
from tests.audit.exporting import answer, export
from tests.audit.making import JURA, JURA_PROJECTS, ROOT, World
from tests.audit.telling import batch, join, register
from tests.audit.test_attacks import EXPECTED, INCOMPLETE, KEY, VERIFIED, replay, set_to, small_world


def told_of_jura() -> World:
    world = World(JURA, JURA_PROJECTS)
    join(world, "cluster-jura")
    register(world, "chenove")
    batch(world)
    return world


def whole(world: World, **given: Any) -> list[dict[str, Any]]:
    """Right answers for every scope of the world above, all changed alike."""
    right = {"jobs_declared": 35, "jobs_created_or_consolidated": 35}
    values = {"region": right, "member/cluster-jura": right, "territory/chenove": {}}
    return [{**answer(world, those, scope), **given} for scope, those in values.items()]


def reasons(folder: Path, capsys: Any) -> tuple[int, set[str]]:
    """The exit code, and the reasons of what the claim about figures found."""
    capsys.readouterr()
    code = replay(folder, "--json")
    report = json.loads(capsys.readouterr().out)
    claim = next(one for one in report["claims"] if one["claim"] == "figures")
    return code, {one["reason"] for one in claim["first"]}


def test_right_answers_for_every_scope_are_verified(tmp_path: Path) -> None:
    world = told_of_jura()
    assert replay(export(tmp_path, world, *whole(world))) == VERIFIED


def test_no_answer_at_all_is_missing_evidence(tmp_path: Path, capsys: Any) -> None:
    assert reasons(export(tmp_path, small_world()), capsys) == (INCOMPLETE, {"figures.missing"})


@pytest.mark.parametrize("scope", ["region", "member/cluster-jura", "territory/chenove"])
def test_a_scope_that_is_left_out_is_missing_evidence(tmp_path: Path, capsys: Any, scope: str) -> None:
    world = told_of_jura()
    answers = [one for one in whole(world) if one["scope"] != scope]
    assert reasons(export(tmp_path, world, *answers), capsys) == (INCOMPLETE, {"figures.missing"})


def test_a_scope_that_is_left_out_on_one_day_only_is_missing_evidence(tmp_path: Path, capsys: Any) -> None:
    world = told_of_jura()
    answers = [*whole(world), *whole(world, day="2026-11-02")[1:]]
    assert reasons(export(tmp_path, world, *answers), capsys) == (INCOMPLETE, {"figures.missing"})


@pytest.mark.parametrize("part", ["values", "precision", "bounds", "shown"])
def test_figures_that_are_left_out_are_missing_evidence(tmp_path: Path, capsys: Any, part: str) -> None:
    told = answer(small_world(), EXPECTED)
    told[part] = [] if part == "shown" else {}
    assert reasons(export(tmp_path / "all", small_world(), told), capsys) == (INCOMPLETE, {"figures.missing"})


@pytest.mark.parametrize("name", ["jobs_created", "jobs_declared", "jobs_lost"])
def test_a_headline_or_what_stands_under_it_or_beside_it_must_be_shown(tmp_path: Path, capsys: Any, name: str) -> None:
    told = answer(small_world(), EXPECTED)
    told["shown"] = [one for one in told["shown"] if one[0] != name]
    assert reasons(export(tmp_path, small_world(), told), capsys) == (INCOMPLETE, {"figures.missing"})


def test_positions_of_zero_are_missing_evidence_however_right_their_figures_are(tmp_path: Path, capsys: Any) -> None:
    world = small_world()
    for number, position in enumerate(({}, dict.fromkeys(world.topics, 0))):
        told = {**answer(world, {}), "position": position}
        assert reasons(export(tmp_path / str(number), world, told), capsys) == (INCOMPLETE, {"figures.behind"})
        folder = export(tmp_path / f"asked {number}", world, told, asked={})
        assert reasons(folder, capsys) == (INCOMPLETE, {"figures.behind"})


def without(world: World, source: str) -> dict[str, int]:
    return {one: len(topic) for one, topic in world.topics.items() if one != source}


def test_a_producer_that_is_left_out_is_missing_evidence(tmp_path: Path, capsys: Any) -> None:
    world = small_world()
    values = {**EXPECTED, "jobs_declared": 0, "jobs_created_or_consolidated": 0}
    told = {**answer(world, values), "position": without(world, JURA_PROJECTS)}
    assert reasons(export(tmp_path, world, told), capsys) == (INCOMPLETE, {"figures.behind"})


def test_a_producer_that_is_said_to_be_stopped_while_its_topic_goes_on_is_missing_evidence(
    tmp_path: Path, capsys: Any
) -> None:
    world = small_world()
    told = {**answer(world, EXPECTED), "complete": False, "stopped": {JURA_PROJECTS: 4}}
    assert reasons(export(tmp_path / "end", world, told), capsys) == (INCOMPLETE, {"figures.stopped"})
    values = {**EXPECTED, "jobs_declared": 0, "jobs_created_or_consolidated": 0}
    told = {**answer(world, values), "complete": False, "stopped": {JURA_PROJECTS: 3}}
    told["position"][JURA_PROJECTS] = 3
    folder = export(tmp_path / "early", world, told)
    assert reasons(folder, capsys) == (INCOMPLETE, {"figures.stopped", "figures.behind"})


def test_a_producer_that_is_said_to_wait_for_a_key_that_is_introduced_is_missing_evidence(
    tmp_path: Path, capsys: Any
) -> None:
    world = small_world()
    told = {**answer(world, EXPECTED), "complete": False, "held": [JURA]}
    assert reasons(export(tmp_path, world, told), capsys) == (INCOMPLETE, {"figures.held"})


@pytest.mark.parametrize(
    "said", [{"stopped": {JURA: 4}}, {"held": [JURA]}, {"parked": 1, "aside": {f"{JURA} authority.coordinator": 1}}]
)
def test_complete_beside_what_is_not_counted_is_no_answer(tmp_path: Path, capsys: Any, said: Mapping[str, Any]) -> None:
    world = small_world()
    if "parked" in said:
        world.say("ideation.MemberLeft", {"member_id": "m"}, source=JURA)
    code, found = reasons(export(tmp_path, world, {**answer(world, EXPECTED), **said}), capsys)
    assert (code, "figures.complete" in found) == (INCOMPLETE, True)


def test_complete_is_not_turned_over_where_nothing_is_missing(tmp_path: Path, capsys: Any) -> None:
    told = {**answer(small_world(), EXPECTED), "complete": False}
    assert reasons(export(tmp_path, small_world(), told), capsys) == (INCOMPLETE, {"figures.complete"})


def test_not_complete_is_right_where_a_record_is_set_aside_or_newer_ones_are_there(tmp_path: Path) -> None:
    world = small_world()
    early = {**answer(world, EXPECTED), "complete": False}
    before = {source: len(topic) for source, topic in world.topics.items()}
    world.say("ideation.MemberLeft", {"member_id": "m"}, source=JURA)
    told = {**answer(world, EXPECTED, day="2026-11-02"), "complete": False}
    told |= {"parked": 1, "aside": {f"{JURA} authority.coordinator": 1}}
    assert replay(export(tmp_path, world, early, told, asked=before)) == VERIFIED


def test_a_producer_that_is_stopped_where_its_records_break_off_is_rightly_said_to_be(
    tmp_path: Path, capsys: Any
) -> None:
    world = small_world()
    world.change(JURA, 4, set_to("actor", "pseudonym-2"))
    told = {**answer(world, EXPECTED), "complete": False, "stopped": {JURA: 3}}
    told["position"][JURA] = 3
    asked = {**without(world, JURA), JURA: 3}
    assert reasons(export(tmp_path / "1", world, told, asked=asked), capsys) == (KEY, set())
    told |= {"complete": True, "stopped": {}}
    assert reasons(export(tmp_path / "2", world, told, asked=asked), capsys) == (KEY, {"figures.complete"})


def test_an_answer_that_counts_what_was_there_before_the_question_is_not_late() -> None:
    world = told_of_jura()
    trail = heard(world)
    told = from_saved(whole(world)[0])
    assert not late(told, trail.trusted, trail)
    assert late(from_saved({**whole(world)[0], "position": {ROOT: 1}}), trail.trusted, trail)
    assert late(from_saved({**whole(world)[0], "complete": False}), trail.trusted, trail)
