"""The activities of a project: each starts once and may cease. An activity is one while its project is open here."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, assert_never
from uuid import UUID

from services.projects.events import ActivityCeased, ActivityStarted
from services.projects.project import about, opened, project, under_way
from shared.kernel.decider import Context, Draft, Events, Known, Lookup, RecordedEvent, Spec
from shared.kernel.deciding import command, draft, exists, not_before, only
from shared.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has started it."""


@dataclass(frozen=True, slots=True)
class Running:
    """It is open to its users, since a day."""

    fact: ActivityStarted
    since: date


@dataclass(frozen=True, slots=True)
class Ceased:
    """It ended for good."""

    fact: ActivityStarted


Activity = Unknown | Running | Ceased
ActivityEvent = ActivityStarted | ActivityCeased
EVENTS: Final[tuple[type[ActivityEvent], ...]] = (ActivityStarted, ActivityCeased)


def activity(past: Events) -> Activity:
    """An activity's state after these events."""
    state: Activity = Unknown()
    for event in only(past, EVENTS):
        state = _evolve(state, event)
    return state


def _evolve(state: Activity, event: RecordedEvent[ActivityEvent]) -> Activity:
    fact = event.fact
    match fact:
        case ActivityStarted():
            return Running(fact, event.day)
        case ActivityCeased():
            return Ceased(state.fact) if isinstance(state, Running) else state
        case _:
            assert_never(fact)


def start(fact: ActivityStarted, state: Activity, context: Context, known: Known) -> list[Draft]:
    """An open project's activity starts once; seasons are no new starts."""
    of = project(known.stream(f"project/{fact.project_id}"))
    where = about(fact, opened(of) if str(fact.project_id) in context.standing else under_way(of).fact)
    match state:
        case Unknown():
            return [draft(where)]
        case Running(fact=before) | Ceased(fact=before):
            if before == where:
                return []
            raise exists("activity", "Activité")
        case _:
            assert_never(state)


def cease(fact: ActivityCeased, state: Activity, context: Context, known: Known) -> list[Draft]:
    """A started activity ceases once, not before it started."""
    before = started(state, fact.project_id, known)
    if not isinstance(state, Running):
        return []
    not_before(
        context,
        state.since,
        "activity.dates",
        "The activity would cease before it started.",
        "L'activité cesserait avant d'avoir commencé.",
    )
    return [draft(about(fact, before))]


def started(state: Activity, project_id: UUID, known: Known) -> ActivityStarted:
    """What was said of a started activity of an opened project.

    Raises Refused `project.unknown`, `activity.unknown`, `activity.other_project`.
    """
    opened(project(known.stream(f"project/{project_id}")))
    if isinstance(state, Unknown):
        raise Refused(
            "activity.unknown",
            "Nobody has recorded this activity here.",
            "Cette activité n'est pas enregistrée ici.",
            ("activity_id",),
        )
    if state.fact.project_id != project_id:
        raise Refused(
            "activity.other_project",
            "This activity is of another project.",
            "Cette activité est celle d'un autre projet.",
            ("project_id",),
        )
    return state.fact


def lookups(fact: ActivityStarted | ActivityCeased) -> list[Lookup]:
    """What must be known of an activity: its project."""
    return [Lookup("stream", f"project/{fact.project_id}")]


_START = ("Start an activity", "Démarrer une activité")
_CEASE = ("Cease an activity", "Cesser une activité")

SPECS: tuple[Spec[Any, Any], ...] = (
    command(ActivityStarted, "StartActivity", "PH AD CO", activity, start, _START, lookups),
    command(ActivityCeased, "CeaseActivity", "PH AD CO", activity, cease, _CEASE, lookups),
)
