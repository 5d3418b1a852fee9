"""What holds for every history, over a tiny domain: two projects, three days, two members."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit.making import World, figures_of, qty

SOURCES = [
    f"/members/{member}/{service}" for member in ("cluster-jura", "fdfr-89") for service in ("ideation", "projects")
]
DAYS = ["2026-01-01", "2026-01-02", "2026-01-03"]
PLACES = [[], ["chenove"], ["chenove", "val-d-amour"]]
Story = list[tuple[int, int, int, int, int]]


def job(n: int) -> dict[str, Any]:
    return {"job_id": f"j{n}", "activity_id": f"x{n}", "contract": "agency", "starts": DAYS[n], "weekly_hours": "17.5"}


EVENTS: list[tuple[str, Callable[[int], dict[str, Any]]]] = [
    ("ideation.AdviserAppointed", lambda n: {"adviser_id": f"a{n}", "member_id": "cluster-jura", "share": "0.5"}),
    ("ideation.AdviserDeparted", lambda n: {"adviser_id": f"a{n}", "member_id": "cluster-jura"}),
    ("ideation.AdviserAssigned", lambda n: {"adviser_id": f"a{n}", "accompaniment_id": "acc"}),
    ("ideation.AdviserUnassigned", lambda n: {"adviser_id": f"a{n}", "accompaniment_id": "acc"}),
    ("ideation.AdviserBatchDeclared", lambda n: {"count": qty(n, "approx")}),
    (
        "ideation.TerritoryAdmitted",
        lambda n: {"territory_id": "chenove", "accompaniment_id": f"acc{n}", "operators": []},
    ),
    (
        "ideation.OperatorAssigned",
        lambda n: {"territory_id": "chenove", "accompaniment_id": f"acc{n}", "member_id": "m"},
    ),
    ("ideation.ActorRegistered", lambda n: {"actor_id": f"p{n}", "kind": ("person", "organisation")[n % 2]}),
    ("ideation.ParticipationRecorded", lambda n: {"actor_id": f"p{n}"}),
    (
        "ideation.HeadcountDeclared",
        lambda n: {"activity": {"kind": "workshop", "id": f"w{n}"}, "headcount": qty(9), "identified": n},
    ),
    ("projects.ProjectOpened", lambda n: {"project_id": f"p{n}", "member_id": "fdfr-89"}),
    ("projects.ProjectNearingDeclared", lambda n: {"project_id": f"p{n}"}),
    ("projects.ProjectQualified", lambda n: {"project_id": f"p{n}"}),
    ("projects.LaunchPhaseOpened", lambda n: {"project_id": f"p{n}"}),
    ("projects.ProjectAbandoned", lambda n: {"project_id": f"p{n}"}),
    ("projects.ActivityStarted", lambda n: {"project_id": f"p{n}"}),
    ("projects.ActivityCeased", lambda n: {"project_id": f"p{n}", "activity_id": f"x{n}"}),
    ("projects.JobCreated", lambda n: {**job(n), "project_id": f"p{n}", "reference_hours": "35"}),
    ("projects.JobEnded", lambda n: {"project_id": f"p{n}", "job_id": f"j{n}"}),
    ("projects.ProjectBatchDeclared", lambda n: {"count": qty(n), "stage": "completed"}),
    ("projects.JobBatchDeclared", lambda n: {"count": qty(n), "kind": "created"}),
]
stories = st.lists(
    st.tuples(
        st.integers(0, len(EVENTS) - 1), st.integers(0, 1), st.integers(0, 2), st.integers(0, 2), st.integers(0, 3)
    ),
    max_size=14,
)


def told(story: Story) -> World:
    world = World(*SOURCES)
    for number, (event, which, day, places, source) in enumerate(story):
        name, make = EVENTS[event]
        data = {**make(which), "territory_ids": PLACES[places]}
        world.say(name, data, DAYS[day], source=SOURCES[source], subject=f"thing/{number}")
    return world


@given(stories)
@settings(max_examples=40, deadline=None)
def test_voiding_everything_gives_zero(story: Story) -> None:
    world = told(story)
    for event, _, _, _, source in story:
        kind = EVENTS[event][0]
        for sequence in range(1, len(world.topics[SOURCES[source]]) + 1):
            target = {"source": SOURCES[source], "sequence": sequence, "type": f"{kind}.v1"}
            world.say("projects.RecordVoided", {"target": target, "reason": "error"}, source=SOURCES[1], subject="v")
    for scope in ("region", "territory/chenove", "member/cluster-jura", "member/fdfr-89"):
        found = figures_of(world, scope=scope)
        assert set(found.values.values()) == {0}
        assert set(found.precision.values()) == {"exact"}


@given(stories, st.sampled_from([*DAYS, "2026-11-01"]))
@settings(max_examples=60, deadline=None)
def test_headlines_are_the_sums_of_their_parts_within_their_bounds(story: Story, day: str) -> None:
    world = told(story)
    for scope in ("region", "territory/chenove", "member/cluster-jura"):
        found = figures_of(world, day, scope)
        for name, parts in (
            ("projects_completed_or_nearing", ("projects_completed", "projects_nearing", "projects_declared")),
            ("actors_mobilised", ("actors_identified", "actors_declared")),
        ):
            assert found.values[name] == sum(found.values[part] for part in parts)
        assert all(0 <= low <= high for low, high in found.bounds.values())
        assert min(found.values.values()) >= 0
        assert found.values["jobs_alive"] <= found.values["jobs_recorded"]
        assert found.values["advisers_mobilised"] <= found.values["advisers_mobilised_ever"]


@given(stories)
@settings(max_examples=40, deadline=None)
def test_cumulative_figures_never_fall(story: Story) -> None:
    world = told(story)
    before = figures_of(world, DAYS[0]).values
    for day in (*DAYS[1:], "2026-11-01"):
        now = figures_of(world, day).values
        for name in ("territories_accompanied", "projects_completed", "actors_mobilised", "jobs_created", "jobs_lost"):
            assert now[name] >= before[name]
        before = now
