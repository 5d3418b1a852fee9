"""Order does not matter: histories over tiny domains, where order would show."""

from collections import defaultdict
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from services.indicators.facts import AnyFact
from services.indicators.fold import contributions, difference
from services.indicators.tally import Contributions, Key
from tests.pure.indicators.making import COORDINATOR, amending, fact, job, opened, project_fact

DAYS = st.sampled_from(["2019-01-01", "2019-01-02", "2020-01-03"])
MEMBERS = st.sampled_from(["cluster-jura", "fdfr-89"])
PROJECTS = st.sampled_from(["p", "q"])
TIMES = st.sampled_from(["2026-11-23T10:00:00.000000Z", "2026-11-23T10:00:00.000001Z"])


def _of(kind: str, **more):
    return st.builds(
        lambda on, member, project, time: project_fact(
            kind,
            on,
            **{"source": f"/members/{member}/projects", "project_id": project, "time": time, **more},
        ),
        DAYS,
        MEMBERS,
        PROJECTS,
        TIMES,
    )


def _opened():
    return st.builds(
        lambda on, member, project, time: opened(
            on, source=f"/members/{member}/projects", member_id=member, project_id=project, time=time
        ),
        DAYS,
        MEMBERS,
        PROJECTS,
        TIMES,
    )


def _people():
    adviser: dict[str, Any] = {"adviser_id": "x", "share": "0.5"}
    return st.one_of(
        st.builds(lambda d, m: fact("AdviserAppointed", d, member_id=m, **adviser), DAYS, MEMBERS),
        st.builds(lambda d, m: fact("AdviserDeparted", d, member_id=m, adviser_id="x"), DAYS, MEMBERS),
        st.builds(lambda d: fact("AdviserAssigned", d, accompaniment_id="a", territory_ids=["t"], **adviser), DAYS),
        st.builds(lambda d: fact("AdviserUnassigned", d, accompaniment_id="a", adviser_id="x"), DAYS),
        st.builds(lambda d: fact("ActorRegistered", d, actor_id="y", kind="person"), DAYS),
        st.builds(
            lambda d, m: fact(
                "ParticipationRecorded",
                d,
                source=f"/members/{m}/ideation",
                actor_id="y",
                activity={"kind": "workshop", "id": "w"},
                territory_ids=["t"],
            ),
            DAYS,
            MEMBERS,
        ),
        st.builds(
            lambda d, t, n: fact(
                "HeadcountDeclared",
                d,
                time=t,
                activity={"kind": "workshop", "id": "w"},
                headcount={"value": n, "precision": "exact"},
                identified=1,
                accompaniment_id="a",
                territory_ids=["t"],
            ),
            DAYS,
            TIMES,
            st.integers(0, 4),
        ),
    )


ORIGINALS = st.lists(
    st.one_of(
        _opened(),
        _of("ProjectQualified"),
        _of("LaunchPhaseOpened"),
        _of("ProjectNearingDeclared"),
        _of("ProjectPaused"),
        _of("ProjectResumed"),
        _of("ProjectAbandoned", reason="other"),
        _of("ActivityStarted", activity_id="a"),
        _of("ActivityCeased", activity_id="a"),
        _of("JobEnded", job_id="j", activity_id="a"),
        st.builds(lambda on, project: job(on, project_id=project), DAYS, PROJECTS),
        _people(),
    ),
    max_size=8,
)


def _numbered(facts: list[AnyFact]) -> list[AnyFact]:
    """Each fact at the next sequence of its producer."""
    last: dict[str, int] = defaultdict(int)
    numbered = []
    for one in facts:
        last[one.source] += 1
        numbered.append(msgspec.structs.replace(one, sequence=last[one.source]))
    return numbered


@st.composite
def histories(draw):
    """Facts, some of them corrected or voided, possibly twice."""
    facts = _numbered(draw(ORIGINALS))
    for number, original in enumerate(facts.copy()):
        for again in range(draw(st.integers(0, 2))):
            kind = draw(st.sampled_from(["RecordVoided", "RecordCorrected"]))
            more: dict[str, Any] = {"replacement": {"occurred_on": draw(DAYS)}} if kind == "RecordCorrected" else {}
            facts.append(amending(original, kind, sequence=100 + 10 * number + again, time=draw(TIMES), **more))
    return facts


def _add(totals: dict[Key, int], more: Contributions) -> None:
    """Scope by scope: in whose company an amount was written does not matter."""
    for (indicator, scopes, day, source, sequence), amount in more.items():
        for scope in scopes:
            totals[indicator, (scope,), day, source, sequence] += amount


def _fold(batches: list[list[AnyFact]]) -> dict[Key, int]:
    """As the reader does: facts by entity, one by one, what changes summed up; what was seen is passed over."""
    kept: dict[str, list[AnyFact]] = defaultdict(list)
    seen: set[tuple[str, int]] = set()
    totals: dict[Key, int] = defaultdict(int)
    for batch in batches:
        for one in batch:
            if (one.source, one.sequence) in seen:
                continue
            seen.add((one.source, one.sequence))
            for entity in one.entities:
                before = contributions(entity, kept[entity])
                kept[entity].append(one)
                _add(totals, difference(before, contributions(entity, kept[entity])))
    return {key: value for key, value in totals.items() if value}


def _at_once(facts: list[AnyFact]) -> dict[Key, int]:
    totals: dict[Key, int] = defaultdict(int)
    for entity in {entity for one in facts for entity in one.entities}:
        _add(totals, contributions(entity, [one for one in facts if entity in one.entities]))
    return {key: value for key, value in totals.items() if value}


@settings(max_examples=300, deadline=None)
@given(histories(), st.randoms(use_true_random=False), st.data())
def test_any_interleaving_any_cut_and_any_redelivery_gives_the_same_figures(facts, random, data):
    expected = _at_once(facts)
    by_producer: dict[str, list[AnyFact]] = defaultdict(list)
    for one in facts:
        by_producer[one.source].append(one)
    order = [source for source, its in by_producer.items() for _ in its]
    random.shuffle(order)
    left = {source: iter(its) for source, its in by_producer.items()}
    woven = [next(left[source]) for source in order]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(woven)), max_size=4)))
    batches = [woven[a:b] for a, b in zip([0, *cuts], [*cuts, len(woven)], strict=True)]
    again = [batch + woven[: len(batch)] for batch in batches]
    assert _fold(batches) == expected
    assert _fold(again) == expected


@settings(max_examples=200, deadline=None)
@given(histories())
def test_voiding_everything_gives_zero(facts):
    late = "2027-01-01T00:00:00.000000Z"
    voids = [
        amending(one, "RecordVoided", sequence=1000 + number, time=late)
        for number, one in enumerate(facts)
        if "Record" not in one.type
    ]
    assert _at_once([*facts, *voids]) == {}


@settings(max_examples=200, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_a_rule_does_not_see_the_order_of_facts(facts, random):
    shuffled = facts.copy()
    random.shuffle(shuffled)
    assert _at_once(shuffled) == _at_once(facts)


def test_a_fact_named_by_no_rule_counts_nothing():
    assert contributions("member/x", [fact("MemberJoined", source=COORDINATOR, member_id="x")]) == {}
