"""Order does not matter, nobody moves another's figures: laws over random histories."""

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.indicators.drawn import draw as drawn_from
from services.indicators.facts import AnyFact, held
from services.indicators.fold import contributions
from services.indicators.portfolio import Document
from tests.pure.indicators.histories import MEMBERS, histories, is_of, voids
from tests.pure.indicators.making import COORDINATOR, coordinators, counted, fact


class Side:
    """The read side as the reader keeps it, without its database."""

    def __init__(self) -> None:
        self.known: dict[str, list[AnyFact]] = defaultdict(list)
        self.seen: set[tuple[str, int]] = set()
        self.totals: dict[Any, int] = defaultdict(int)
        self.documents: dict[tuple[str, str, int], Document] = {}
        self.amended: dict[tuple[str, int], Any] = {}

    def take(self, batch: list[AnyFact]) -> None:
        """What one batch changes; what was seen is passed over, as the chain does."""
        fresh: dict[str, list[AnyFact]] = defaultdict(list)
        for one in batch:
            if (one.source, one.sequence) not in self.seen:
                self.seen.add((one.source, one.sequence))
                for entity in one.entities:
                    fresh[entity].append(one)
        drawn = drawn_from(list(fresh), fresh, self.known)
        for _, changed in drawn.changes:
            for (indicator, scopes, day, source, sequence, dated), amount in changed.items():
                for scope in scopes:
                    self.totals[indicator, (scope,), day, source, sequence, dated] += amount
        for kind, name, made in drawn.stale:
            for level in {0, 1, 2} - set(made):
                self.documents.pop((kind, name, level), None)
        self.documents |= {(one.kind, one.id, one.lowest): one for one in drawn.documents}
        self.amended |= {key: (one.visibility, [by.sequence for by in one.by]) for key, one in drawn.amended.items()}
        for entity, its in fresh.items():
            self.known[entity] += its

    @property
    def all(self) -> Any:
        """Everything that answers come from."""
        return {key: value for key, value in self.totals.items() if value}, self.documents, self.amended


def _folded(*batches: list[AnyFact]) -> Any:
    side = Side()
    for batch in batches:
        side.take(batch)
    return side.all


@settings(max_examples=200, deadline=None)
@given(histories(), st.randoms(use_true_random=False), st.data())
def test_any_interleaving_any_cut_and_any_redelivery_gives_the_same_figures_and_sheets(facts, random, data):
    expected = _folded(facts)
    by_producer: dict[str, list[AnyFact]] = defaultdict(list)
    for one in sorted(facts, key=lambda one: one.sequence):
        by_producer[one.source].append(one)
    order = [source for source, its in by_producer.items() for _ in its]
    random.shuffle(order)
    left = {source: iter(its) for source, its in by_producer.items()}
    woven = [next(left[source]) for source in order]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(woven)), max_size=4)))
    batches = [woven[a:b] for a, b in zip([0, *cuts], [*cuts, len(woven)], strict=True)]
    assert _folded(*batches) == expected
    assert _folded(*[batch + woven[: len(batch)] for batch in batches]) == expected


def test_levels_of_sight_that_read_the_same_again_leave_no_sheet_behind():
    batches = [
        [fact("IdeaProposed", sequence=1, confidentiality="public")],
        [fact("IdeaShortlisted", sequence=2)],
        [fact("IdeaShortlisted", sequence=3, confidentiality="public")],
    ]
    assert _folded(*batches) == _folded([one for batch in batches for one in batch])


@settings(max_examples=200, deadline=None)
@given(histories())
def test_what_is_folded_is_what_the_rules_say_of_the_whole(facts):
    totals, documents, _ = _folded(facts)
    assert totals == counted(facts)
    assert {name for kind, name, _ in documents if kind == "idea"} <= {"cluster-jura/i", "fdfr-89/i"}


@settings(max_examples=200, deadline=None)
@given(histories())
def test_voiding_everything_gives_zero_and_no_sheet(facts):
    totals, documents, amended = _folded(facts, voids(facts))
    assert (totals, documents) == ({}, {})
    assert all(by for (_, sequence), (_, by) in amended.items() if sequence < 100)
    assert {(one.source, one.sequence) for one in facts if one.sequence < 100} <= amended.keys()


@settings(max_examples=200, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_a_rule_does_not_see_the_order_of_facts(facts, random):
    shuffled = facts.copy()
    random.shuffle(shuffled)
    assert _folded(shuffled) == _folded(facts)


def _by_day(facts: list[AnyFact]) -> dict[tuple[str, str, int], int]:
    """Each figure that is not zero, by scope, indicator and day, on the days on which one changes."""
    counted_ = counted(facts)
    days = {key[2] for key in counted_}
    found: dict[tuple[str, str, int], int] = defaultdict(int)
    for (indicator, (scope,), day, *_), amount in counted_.items():
        for at in days:
            if day <= at:
                found[scope, indicator, at] += amount
    return found


def _on(figures: dict[tuple[str, str, int], int], scope: str, indicator: str, day: int) -> int:
    earlier = [at for one, other, at in figures if (one, other) == (scope, indicator) and at <= day]
    return figures[scope, indicator, max(earlier)] if earlier else 0


@settings(max_examples=200, deadline=None)
@given(histories(), st.sampled_from(MEMBERS))
def test_what_a_member_records_moves_no_figure_of_another_and_lowers_none_of_the_region(facts, member):
    whole, without = _by_day(facts), _by_day([one for one in facts if not is_of(one, member)])
    for scope, indicator, day in {*whole, *without}:
        with_, alone = (_on(figures, scope, indicator, day) for figures in (whole, without))
        if scope.startswith("member/") and scope != f"member/{member}":
            assert with_ == alone
        if scope == "region":
            assert with_ >= alone


@pytest.mark.parametrize(
    "one",
    [
        coordinators("MemberJoined"),
        coordinators("MemberLeft"),
        fact("WorkshopScheduled"),
        coordinators(
            "ProducerKeyIntroduced", producer=COORDINATOR, member_id="mm", service="ideation", public_key="0" * 64
        ),
    ],
)
def test_a_fact_named_by_no_rule_counts_nothing(one):
    assert contributions(one.entities[0], held([one])) == {}
