"""What decisions see is what figures count: the state of every object as its service decides on it, and its figures."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from hypothesis import example, given

from services.ideation import accompaniment as accompaniments
from services.ideation import adviser as advisers
from services.ideation import idea as ideas
from services.ideation import workshop as workshops
from services.ideation.events import ActorRegistered, TerritoryRegistered
from services.ideation.events_listening import InterviewHeld, NeedCharacterised, NeedRecorded
from services.ideation.gatherings import present
from services.projects import activity as activities
from services.projects import job as jobs
from services.projects import project as projects
from shared.kernel.deciding import last
from tests.laws.commands import Move
from tests.laws.counting import Counted
from tests.laws.examples import examples
from tests.laws.moves import moves, play
from tests.laws.world import COORDINATOR, MEMBERS, Producer, World

LATER: Final = date(2026, 11, 23)


# A post that a correction makes shorter than a month, over the turn of a year.
_TURN_OF_YEAR: Final = [
    Move("beta", 17, 0, 0, 0, 0),
    Move("beta", 25, 0, 0, 0, 0),
    Move("beta", 27, 0, 0, 0, 0),
    Move("beta", 31, 7, 11, 0, 3),
]


@examples
@given(moves(MEMBERS, 30))
@example(_TURN_OF_YEAR)
def test_what_decisions_see_is_what_figures_count(told: list[Move]) -> None:
    world = World()
    play(world, told)
    counted = Counted(world)
    assert counted.parked == []
    values = counted.values(LATER)
    for scope, indicators in _expected(world).items():
        shown = {name: values.get((scope, name), 0) for name in indicators}
        assert shown == indicators, scope
    for producer in world.producers.values():
        for stream in producer.streams:
            _same_sheet(producer, stream, counted)


_ALL: Final = (
    *("ideas_identified", "needs_recorded", "interviews_held", "workshops_held", "projects_opened"),
    *("projects_completed", "jobs_recorded", "jobs_alive", "advisers_identified", "actors_identified"),
    *("territories_epci", "territories_not_epci", "accompaniments_total"),
)
_WITHOUT_BATCHES: Final = {"projects_completed"}


def _expected(world: World) -> dict[str, dict[str, int]]:
    """By scope what the states come to, in the region and in members; numbers without identity are left out."""
    found: dict[str, Counter[str]] = {"region": Counter(), **{f"member/{one}": Counter() for one in MEMBERS}}
    for producer in world.producers.values():
        for name, amount in _of(producer, world):
            found["region"][name] += amount
            found[f"member/{producer.member}"][name] += amount
    found["region"]["advisers_identified"] = len({one for p in world.producers.values() for one in _advisers(p)})
    found["region"]["actors_identified"] = len(_persons(world))
    _territories(world, found["region"])
    kept = {name for name in _ALL if name not in _WITHOUT_BATCHES or not _declared(world)}
    members = kept - {"territories_epci", "territories_not_epci", "accompaniments_total", "actors_identified"}
    return {
        scope: {name: amounts[name] for name in (kept if scope == "region" else members)}
        for scope, amounts in found.items()
    }


def _declared(world: World) -> bool:
    registry = world.producer(COORDINATOR, "projects")
    return any(stream.startswith("batch/") for stream in registry.streams)


def _of(producer: Producer, world: World) -> Iterator[tuple[str, int]]:
    completed = set()
    for stream in producer.streams:
        kind, held = stream.partition("/")[0], producer.live(stream)
        match kind:
            case "idea":
                yield "ideas_identified", not isinstance(ideas.idea(held), ideas.Unknown)
            case "need":
                told = last(held, NeedRecorded) is not None and last(held, NeedCharacterised) is not None
                yield "needs_recorded", told
            case "interview":
                yield "interviews_held", last(held, InterviewHeld) is not None
            case "workshop":
                yield "workshops_held", isinstance(workshops.workshop(held), workshops.Held)
            case "project":
                yield "projects_opened", not isinstance(projects.project(held), projects.Unknown)
            case "activity":
                state = activities.activity(held)
                if not isinstance(state, activities.Unknown) and _opened(producer, state.fact.project_id):
                    completed.add(state.fact.project_id)
            case "job":
                yield from _job(producer, jobs.job(held))
    yield "projects_completed", len(completed)
    if producer.definition.name == "ideation":
        yield "advisers_identified", len(_advisers(producer))


def _opened(producer: Producer, project: Any) -> bool:
    return not isinstance(projects.project(producer.live(f"project/{project}")), projects.Unknown)


def _job(producer: Producer, state: jobs.Job) -> Iterator[tuple[str, int]]:
    if isinstance(state, jobs.Unknown):
        return
    fact = state.fact
    of = activities.activity(producer.live(f"activity/{fact.activity_id}"))
    if isinstance(of, activities.Unknown) or of.fact.project_id != fact.project_id:
        return
    if not _opened(producer, fact.project_id) or _short(fact.starts, fact.expected_end):
        return
    yield "jobs_recorded", 1
    yield "jobs_alive", isinstance(state, jobs.Filled) and isinstance(of, activities.Running)


def _short(starts: date, ends: date | None) -> bool:
    """Whether a contract ends before a full month has passed."""
    if ends is None:
        return False
    year, month = starts.year + starts.month // 12, starts.month % 12 + 1
    full = date(year, month, min(starts.day, monthrange(year, month)[1]))
    return ends + timedelta(days=1) < full


def _advisers(producer: Producer) -> set[str]:
    found = set()
    for stream in producer.streams:
        if stream.startswith("adviser/"):
            state = advisers.adviser(producer.live(stream))
            held = state.appointed is not None and state.appointed.share is not None
            if held and any(target.share is not None for target in state.targets.values()):
                found.add(stream)
    return found


def _persons(world: World) -> set[str]:
    """Those whom anyone registered as a person, and who took part in something."""
    seen, known = set[str](), set[str]()
    for member in MEMBERS:
        at = world.producer(member, "ideation")
        for stream in at.streams:
            kind, _, name = stream.partition("/")
            if kind in ("workshop", "interview", "other"):
                seen.update(str(one) for one in present(at.live(stream)).actors)
            registered = last(at.live(stream), ActorRegistered) if kind == "actor" else None
            if registered is not None and registered.kind == "person":
                known.add(name)
    return seen & known


def _territories(world: World, found: Counter[str]) -> None:
    at = world.producer(COORDINATOR, "ideation")
    admitted: set[str] = set()
    for stream in at.streams:
        if stream.startswith("accompaniment/"):
            state = accompaniments.accompaniment(at.live(stream))
            if isinstance(state, accompaniments.Admitted) and at.live(f"territory/{state.fact.territory_id}"):
                admitted.add(state.fact.territory_id)
                found["accompaniments_total"] += 1
    for name in admitted:
        registered = last(at.live(f"territory/{name}"), TerritoryRegistered)
        assert registered is not None
        epci = any(link.relation in ("is", "part") for link in registered.epci_links)
        found["territories_epci" if epci else "territories_not_epci"] += 1


def _same_sheet(producer: Producer, stream: str, counted: Counted) -> None:
    """The sheet of an object says what its service's state says."""
    kind, _, name = stream.partition("/")
    held = producer.live(stream)
    if kind == "project":
        state = projects.project(held)
        sheet = counted.sheet(f"project/{producer.member}/{name}")
        assert (sheet is None) == isinstance(state, projects.Unknown)
        if sheet is not None and not isinstance(state, projects.Unknown):
            assert sheet.body["title"] == state.fact.title
            assert (sheet.body["status"] == "abandoned") == isinstance(state, projects.Abandoned)
        if sheet is not None and isinstance(state, projects.Open):
            assert sheet.body["paused"] == state.paused
            assert sheet.body["projectHolder"] == (None if state.holder is None else state.holder[0])
    if kind == "idea":
        idea = ideas.idea(held)
        sheet = counted.sheet(f"idea/{producer.member}/{name}")
        assert (sheet is None) == isinstance(idea, ideas.Unknown)
        if sheet is not None and not isinstance(idea, ideas.Unknown):
            assert sheet.body["title"] == idea.fact.title
