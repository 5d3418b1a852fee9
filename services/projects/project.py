"""A project, from its opening to its end; what may be done with it is in `steps.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, assert_never
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
from services.projects.placing import needs, placed
from shared.kernel.decider import Context, Draft, Known, Past, Spec
from shared.kernel.deciding import command, draft, exists
from shared.kernel.refusals import Refused

F = TypeVar("F", bound=OfProject)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has opened it."""


@dataclass(frozen=True, slots=True)
class Open:
    """A project under way; what it is about is copied on each of its facts."""

    said: Mapping[str, Any]
    qualified: bool = False
    launched: bool = False
    nearing: bool = False
    paused: bool = False
    pilots: frozenset[str] = frozenset()
    holder: tuple[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Given up, for good."""

    said: Mapping[str, Any]


Project = Unknown | Open | Abandoned


def project(past: Sequence[Past]) -> Project:
    """A project's state after these events."""
    state: Project = Unknown()
    for p in past:
        state = _evolve(state, p)
    return state


def _evolve(state: Project, p: Past) -> Project:
    match state:
        case Unknown():
            return Open(dict(p.data)) if p.type == ProjectOpened.TYPE else state
        case Open():
            return _moved(state, p)
        case Abandoned():
            return state
        case _:
            assert_never(state)


def _moved(state: Open, p: Past) -> Project:
    match p.type:
        case ProjectQualified.TYPE:
            return replace(state, qualified=True)
        case LaunchPhaseOpened.TYPE:
            return replace(state, launched=True)
        case ProjectNearingDeclared.TYPE:
            return replace(state, nearing=True)
        case ProjectPaused.TYPE:
            return replace(state, paused=True)
        case ProjectResumed.TYPE:
            return replace(state, paused=False)
        case PilotStarted.TYPE:
            return replace(state, pilots=state.pilots | {p.data["hypothesis"]})
        case ProjectHolderIdentified.TYPE:
            return replace(state, holder=(p.data["project_holder"], p.data.get("legal_form")))
        case ProjectAbandoned.TYPE:
            return Abandoned(state.said)
        case _:
            return state


def open_project(fact: ProjectOpened, state: Project, context: Context, known: Known) -> list[Draft]:
    """A project is opened once, by the member that will accompany it."""
    if fact.member_id != context.member:
        raise Refused(
            "project.foreign_member",
            "A member opens its own projects.",
            "Un membre n'ouvre que ses propres projets.",
            ("member_id",),
        )
    where = placed(fact, context, known)
    match state:
        case Unknown():
            return [draft(where)]
        case Open(said=said) | Abandoned(said=said):
            if said == where.payload():
                return []
            raise exists("project", "Projet")
        case _:
            assert_never(state)


def under_way(state: Project) -> Open:
    """The open project, or Refused `project.unknown` or `project.abandoned`."""
    match state:
        case Unknown():
            raise Refused(
                "project.unknown",
                "This project is not open here (yet).",
                "Ce projet n'est pas (encore) ouvert ici.",
                ("project_id",),
            )
        case Abandoned():
            raise Refused(
                "project.abandoned", "This project was given up.", "Ce projet a été abandonné.", ("project_id",)
            )
        case Open():
            return state
        case _:
            assert_never(state)


def about(fact: F, said: Mapping[str, Any]) -> F:
    """The fact where its project (or activity, or post) was said to be: same territories, same accompaniment."""
    named = said.get("accompaniment_id") or next(iter(said.get("accompaniment_ids", ())), None)
    accompaniment = None if named is None else UUID(named)
    return fact.model_copy(update={"territory_ids": tuple(said["territory_ids"]), "accompaniment_id": accompaniment})


SPECS: tuple[Spec[Any, Any], ...] = (
    command(
        ProjectOpened, "OpenProject", "AD CO SV", project, open_project, ("Open a project", "Ouvrir un projet"), needs
    ),
)
