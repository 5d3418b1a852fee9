"""What holds for every history, over stories at chance of three members."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from services.audit.catalogue import PARTS
from services.audit.recount import Figures, Recount
from tests.audit.counting import heard
from tests.audit.stories import Book, Story, book_of

MEMBERS = ["coordinator", "alpha", "beta"]
DAYS = ["2018-06-30", "2019-02-28", "2019-12-31", "2020-02-29", "2021-03-01", "2022-12-31", "2026-11-01"]
SEEDS = range(60)
CUMULATED = (
    "advisers_mobilised_ever",
    "territories_accompanied",
    "accompaniments_total",
    "territories_with_project",
    "projects_opened",
    "projects_completed",
    "projects_qualified",
    "projects_launching",
    "actors_identified",
    "actor_organisations",
    "actors_declared",
    "actors_declared_low",
    "jobs_created",
    "jobs_lost",
    "jobs_consolidated",
    "ideas_identified",
    "ideas_declared",
    "needs_recorded",
    "interviews_held",
    "workshops_held",
)


def told(seed: int, broken: bool = True) -> Book:
    """One story, and nothing else."""
    book = book_of(MEMBERS, 0)
    Story(seed, book).tell(60, broken)
    return book


def scopes(seed: int) -> list[str]:
    return ["region", *(f"member/{one}" for one in MEMBERS), *(f"territory/t{seed}-{side}" for side in "ab")]


def counted(trail: Any, day: str, position: Mapping[str, int] | None = None) -> Recount:
    return Recount(trail.facts, trail.trusted if position is None else position, date.fromisoformat(day))


@pytest.mark.parametrize("seed", SEEDS)
def test_exactly_what_may_not_be_said_or_cannot_be_read_is_set_aside(seed: int) -> None:
    book = told(seed)
    found = {(one.source, one.sequence): one.reason.split(":")[0] for one in heard(book.world).facts.parked}
    assert found == book.aside


@pytest.mark.parametrize("seed", SEEDS)
def test_headlines_are_the_sums_of_their_parts_within_their_bounds(seed: int) -> None:
    trail = heard(told(seed).world)
    for day in DAYS:
        recount = counted(trail, day)
        for scope in scopes(seed):
            _is_sound(recount.figures(scope))


def _is_sound(found: Figures) -> None:
    for name, parts in PARTS.items():
        low, high = found.bounds[name]
        assert 0 <= low <= high == found.values[name] == sum(found.values[part] for part in parts)
    assert min(found.values.values()) >= 0
    assert found.values["jobs_alive"] + found.values["jobs_lost"] <= found.values["jobs_recorded"]
    assert found.values["advisers_mobilised"] <= found.values["advisers_mobilised_ever"]
    assert found.values["actors_declared_low"] <= found.values["actors_declared"]
    assert found.values["territories_with_project"] <= found.values["territories_accompanied"]


@pytest.mark.parametrize("seed", SEEDS)
def test_cumulative_figures_never_fall_from_day_to_day(seed: int) -> None:
    trail = heard(told(seed).world)
    for scope in scopes(seed):
        all_days = [counted(trail, day).figures(scope).values for day in DAYS]
        for before, now in pairwise(all_days):
            assert [name for name in CUMULATED if now[name] < before[name]] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_what_another_member_records_changes_no_members_figure_and_lowers_none_of_the_region(seed: int) -> None:
    trail = heard(told(seed).world)
    without = {source: end for source, end in trail.trusted.items() if not source.startswith("/members/beta/")}
    for day in DAYS:
        whole, less = counted(trail, day), counted(trail, day, without)
        for member in ("coordinator", "alpha"):
            assert whole.figures(f"member/{member}") == less.figures(f"member/{member}")
        for scope in ("region", f"territory/t{seed}-a", f"territory/t{seed}-b"):
            now, then = whole.figures(scope).values, less.figures(scope).values
            assert [name for name in now if now[name] < then[name]] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_arrival_decides_nothing(seed: int) -> None:
    trail = heard(told(seed).world)
    before = [counted(trail, day).figures(scope) for day in DAYS for scope in scopes(seed)]
    trail.facts.facts.reverse()
    trail.facts.amendments.reverse()
    assert [counted(trail, day).figures(scope) for day in DAYS for scope in scopes(seed)] == before


@pytest.mark.parametrize("seed", SEEDS)
def test_voiding_everything_gives_zero(seed: int) -> None:
    book = told(seed, broken=False)
    for source, topic in list(book.world.topics.items()):
        for sequence in range(1, len(topic) + 1):
            kind = book.world.record(source, sequence)["type"]
            if ".Record" not in kind and (source, sequence) not in book.broken:
                book.world.void(source, sequence)
    recount = counted(heard(book.world), "2026-11-01")
    for scope in scopes(seed):
        found = recount.figures(scope)
        assert set(found.values.values()) == {0}
        assert set(found.precision.values()) == {"exact"}
    assert recount.scopes == {"region"}
