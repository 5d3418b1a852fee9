"""Where a disagreement begins: the first day and the record at which both counts part."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from services.audit.answers import Answer, from_saved
from services.audit.beginnings import Search
from services.audit.recount import Recount
from tests.audit.counting import heard
from tests.audit.exporting import answer, export
from tests.audit.making import JURA, JURA_PROJECTS, World
from tests.audit.telling import batch, opened, started
from tests.audit.test_attacks import EXPECTED, FIGURE, replay, small_world

LAST = date(2026, 11, 1)


def told() -> World:
    """Jobs by batches, and projects, over some years."""
    world = World(JURA, JURA_PROJECTS)
    for number in range(12):
        batch(world, number + 1, f"{2012 + number}-03-0{1 + number % 9}")
        opened(world, f"{2012 + number}-05-01", f"p{number}")
    started(world, "2020-07-14", project="p2")
    world.say("ideation.NeedRecorded", {"need_id": "n"})
    return world


def counting_as(world: World, counted: Callable[[date], int], figure: str) -> Callable[[str, date], Answer]:
    """A gateway that counts right, but for one figure."""
    trail = heard(world)

    def ask(scope: str, day: date) -> Answer:
        ours = Recount(trail.facts, trail.trusted, day).figures(scope).values
        saved = answer(world, {}, scope, day.isoformat())
        saved["values"] = {**ours, figure: counted(day)}
        return from_saved(saved)

    return ask


def begins(world: World, other: World, figure: str, again: bool = True) -> str:
    """What is found when a gateway counts another history than the records tell."""
    wrong = heard(other)
    ask = counting_as(
        world,
        lambda day: int(Recount(wrong.facts, wrong.trusted, day).figures("region").values[figure]),
        figure,
    )
    answers = [ask("region", day) for day in (date(2011, 12, 31), date(2016, 12, 31), LAST)]
    return str(Search(heard(world).facts, answers, ask if again else lambda scope, day: None).find(figure, "region"))


def test_a_record_that_is_not_counted_there_is_named_with_its_day_and_entity() -> None:
    world, other = told(), told()
    other.void(JURA_PROJECTS, 5)
    entity = world.named(JURA_PROJECTS, 5)[0]
    said = begins(world, other, "jobs_declared")
    assert "differs from 2014-03-03 on (equal on 2014-03-02): 3 there, 6 here" in said
    assert said.endswith(f"{JURA_PROJECTS}, sequence 5 ({entity}): counted here, and not there")
    coarse = begins(world, other, "jobs_declared", again=False)
    assert "differs from 2016-12-31 on (equal on 2011-12-31)" in coarse
    assert coarse.endswith(f"{JURA_PROJECTS}, sequence 5 ({entity}): counted here, and not there")


def test_a_record_that_counts_twice_there_is_named() -> None:
    world, other = told(), told()
    batch(other, 8, "2019-03-08")
    said = begins(world, other, "jobs_declared")
    assert "differs from 2019-03-08 on (equal on 2019-03-07)" in said
    assert "sequence 15 (" in said
    assert said.endswith("counted twice there")


@pytest.mark.parametrize("how", ["voids", "corrects"])
def test_an_amendment_that_does_not_hold_there_is_named(how: str) -> None:
    world, other = told(), told()
    if how == "voids":
        last = world.void(JURA_PROJECTS, 3)
    else:
        last = world.correct(JURA_PROJECTS, 3, {"count": {"value": 7, "precision": "exact"}})
    said = begins(world, other, "jobs_declared")
    assert f"{JURA_PROJECTS}, sequence {last} (" in said
    assert said.endswith(f"{how} sequence 3 here, and not there")


def test_a_difference_that_no_record_makes_alone_has_its_first_day() -> None:
    world = told()
    right = heard(world)

    def count(day: date) -> int:
        mine = int(Recount(right.facts, right.trusted, day).figures("region").values["jobs_declared"])
        return mine + (1000 if day >= date(2017, 6, 5) else 0)

    ask = counting_as(world, count, "jobs_declared")
    found = Search(right.facts, [ask("region", LAST)], ask).find("jobs_declared", "region")
    assert found is not None
    assert (found.day, found.after, found.source) == (date(2017, 6, 5), date(2017, 6, 4), "")


def test_what_is_equal_begins_nowhere() -> None:
    world = told()
    ask = counting_as(world, lambda day: 0, "jobs_lost")
    assert Search(heard(world).facts, [ask("region", LAST)], ask).find("jobs_lost", "region") is None


def test_the_report_says_where_a_difference_begins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = export(tmp_path, small_world(), answer(small_world(), {**EXPECTED, "jobs_declared": 0}))
    assert replay(folder) == FIGURE
    said = capsys.readouterr().out
    assert "begins  jobs_declared of region differs from 2026-11-01 on: 0 there, 35 here; " in said
    assert f"{JURA_PROJECTS}, sequence 4 (batch/" in said
