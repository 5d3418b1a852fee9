"""The activities of a project: each starts once and may cease."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never
from uuid import UUID

from services.projects.events import ActivityCeased, ActivityStarted
from services.projects.project import about, project, under_way
from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec
from shared.kernel.deciding import command, draft, exists
from shared.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has started it."""


@dataclass(frozen=True, slots=True)
class Running:
    """It is open to its users."""

    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ceased:
    """It ended for good."""

    said: Mapping[str, Any]


Activity = Unknown | Running | Ceased


def activity(past: Sequence[Past]) -> Activity:
    """An activity's state after these events."""
    state: Activity = Unknown()
    for p in past:
        state = _evolve(state, p)
    return state


def _evolve(state: Activity, p: Past) -> Activity:
    match state:
        case Unknown():
            return Running(dict(p.data)) if p.type == ActivityStarted.TYPE else state
        case Running(said):
            return Ceased(said) if p.type == ActivityCeased.TYPE else state
        case Ceased():
            return state
        case _:
            assert_never(state)


def start(fact: ActivityStarted, state: Activity, context: Context, known: Known) -> list[Draft]:
    """An open project's activity starts once; seasons are no new starts."""
    opened = under_way(project(known.get(f"project/{fact.project_id}") or ()))
    where = about(fact, opened.said)
    match state:
        case Unknown():
            return [draft(where)]
        case Running(said) | Ceased(said):
            if said == where.payload():
                return []
            raise exists("activity", "Activité")
        case _:
            assert_never(state)


def cease(fact: ActivityCeased, state: Activity, context: Context, known: Known) -> list[Draft]:
    """A started activity ceases once."""
    said = started(state, fact.project_id)
    match state:
        case Running():
            return [draft(about(fact, said))]
        case _:
            return []


def started(state: Activity, project_id: UUID) -> Mapping[str, Any]:
    """What was said of a started activity. Raises Refused `activity.unknown`, `activity.other_project`."""
    if isinstance(state, Unknown):
        raise Refused(
            "activity.unknown",
            "Nobody has recorded this activity here.",
            "Cette activité n'est pas enregistrée ici.",
            ("activity_id",),
        )
    if state.said["project_id"] != str(project_id):
        raise Refused(
            "activity.other_project",
            "This activity is of another project.",
            "Cette activité est celle d'un autre projet.",
            ("project_id",),
        )
    return state.said


def _start_needs(fact: ActivityStarted) -> list[Need]:
    return [Need("stream", f"project/{fact.project_id}")]


_START = ("Start an activity", "Démarrer une activité")
_CEASE = ("Cease an activity", "Cesser une activité")

SPECS: tuple[Spec[Any, Any], ...] = (
    command(ActivityStarted, "StartActivity", "PH AD CO", activity, start, _START, _start_needs),
    command(ActivityCeased, "CeaseActivity", "PH AD CO", activity, cease, _CEASE),
)
