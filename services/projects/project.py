"""A project, from its opening to its end; what may be done with it is in `steps.py`."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar, assert_never
from uuid import UUID

from services.projects.events import (
    LaunchPhaseOpened,
    OfProject,
    PilotStarted,
    ProjectAbandoned,
    ProjectHolderIdentified,
    ProjectNearingDeclared,
    ProjectOpened,
    ProjectPaused,
    ProjectQualified,
    ProjectResumed,
)
from services.projects.placing import lookups, placed
from shared.kernel.decider import Context, Draft, Events, Known, RecordedEvent, Spec
from shared.kernel.deciding import command, draft, exists, only
from shared.kernel.refusals import Refused

F = TypeVar("F", bound=OfProject)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has opened it."""


@dataclass(frozen=True, slots=True)
class Open:
    """A project under way; what it is about is copied on each of its facts.

    `moved`: the day of the last pause or resumption; `named`: that on which the holder was named.
    """

    fact: ProjectOpened
    qualified: bool = False
    launched: bool = False
    nearing: bool = False
    paused: bool = False
    pilots: frozenset[str] = frozenset()
    holder: tuple[str, str | None] | None = None
    moved: date = date.min
    named: date = date.min


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Given up, for good."""

    fact: ProjectOpened


Project = Unknown | Open | Abandoned
Step = (
    ProjectHolderIdentified
    | ProjectQualified
    | LaunchPhaseOpened
    | ProjectNearingDeclared
    | ProjectAbandoned
    | ProjectPaused
    | ProjectResumed
    | PilotStarted
)
ProjectEvent = ProjectOpened | Step
EVENTS: Final[tuple[type[ProjectEvent], ...]] = (
    ProjectOpened,
    ProjectHolderIdentified,
    ProjectQualified,
    LaunchPhaseOpened,
    ProjectNearingDeclared,
    ProjectAbandoned,
    ProjectPaused,
    ProjectResumed,
    PilotStarted,
)


def project(past: Events) -> Project:
    """A project's state after these events."""
    state: Project = Unknown()
    for event in only(past, EVENTS):
        state = _evolve(state, event)
    return state


def _evolve(state: Project, event: RecordedEvent[ProjectEvent]) -> Project:
    fact = event.fact
    if isinstance(fact, ProjectOpened):
        return Open(fact)
    return _moved(state, fact, event.day) if isinstance(state, Open) else state


def _moved(state: Open, fact: Step, day: date) -> Project:
    match fact:
        case ProjectQualified():
            return replace(state, qualified=True)
        case LaunchPhaseOpened():
            return replace(state, launched=True)
        case ProjectNearingDeclared():
            return replace(state, nearing=True)
        case ProjectPaused():
            return replace(state, paused=True, moved=day)
        case ProjectResumed():
            return replace(state, paused=False, moved=day)
        case PilotStarted(hypothesis=hypothesis):
            return replace(state, pilots=state.pilots | {hypothesis})
        case ProjectHolderIdentified(project_holder=holder, legal_form=form):
            return replace(state, holder=(holder, form), named=day)
        case ProjectAbandoned():
            return Abandoned(state.fact)
        case _:
            assert_never(fact)


def open_project(fact: ProjectOpened, state: Project, context: Context, known: Known) -> list[Draft]:
    """A project is opened once, by the member that will accompany it."""
    if fact.member_id != context.member:
        raise foreign()
    where = placed(fact, context, known)
    match state:
        case Unknown():
            return [draft(where)]
        case Open(fact=before) | Abandoned(fact=before):
            if before == where:
                return []
            raise exists("project", "Projet")
        case _:
            assert_never(state)


def under_way(state: Project) -> Open:
    """The open project, or Refused `project.unknown` or `project.abandoned`."""
    match state:
        case Unknown():
            raise unknown()
        case Abandoned():
            raise Refused(
                "project.abandoned", "This project was given up.", "Ce projet a été abandonné.", ("project_id",)
            )
        case Open():
            return state
        case _:
            assert_never(state)


def opened(state: Project) -> ProjectOpened:
    """The opening of a project, given up or not, or Refused `project.unknown`."""
    if isinstance(state, Unknown):
        raise unknown()
    return state.fact


def unknown() -> Refused:
    """Refused `project.unknown`."""
    return Refused(
        "project.unknown",
        "This project is not open here (yet).",
        "Ce projet n'est pas (encore) ouvert ici.",
        ("project_id",),
    )


def foreign() -> Refused:
    """Refused `project.foreign`: the command names another member than the one whose service is asked."""
    return Refused(
        "project.foreign",
        "A member opens and moves on its own projects only.",
        "Un membre n'ouvre et ne fait avancer que ses propres projets.",
        ("member_id",),
    )


def about(fact: F, whole: OfProject) -> F:
    """The fact where its project (or activity, or post) was said to be: same territories, same accompaniment."""
    several = whole.accompaniment_ids if isinstance(whole, ProjectOpened) else ()
    accompaniment: UUID | None = whole.accompaniment_id or next(iter(several), None)
    return fact.model_copy(update={"territory_ids": whole.territory_ids, "accompaniment_id": accompaniment})


_OPEN = ("Open a project", "Ouvrir un projet")

SPECS: tuple[Spec[Any, Any], ...] = (
    command(ProjectOpened, "OpenProject", "AD CO SV", project, open_project, _OPEN, lookups),
)
