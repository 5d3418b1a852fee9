"""A project, from its opening to the threshold of its activity."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

from services.projects.deciding import draft, needs, placed
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
from shared.kernel.decider import Context, Draft, Known, Past, Spec
from shared.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has opened it."""


@dataclass(frozen=True, slots=True)
class Open:
    """A project under way; what it is about is copied on each of its facts."""

    opened: dict[str, Any]
    territory_ids: tuple[str, ...]
    accompaniment_id: str | None
    qualified: bool = False
    launched: bool = False
    nearing: bool = False
    paused: bool = False
    pilots: frozenset[str] = frozenset()
    holder: tuple[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Given up, for good."""

    opened: dict[str, Any]


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
            if p.type != ProjectOpened.TYPE:
                return state
            data = dict(p.data)
            first = data.get("accompaniment_id") or next(iter(data["accompaniment_ids"]), None)
            return Open(data, tuple(data["territory_ids"]), first)
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
            return Abandoned(state.opened)
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
        case Open(opened=opened) | Abandoned(opened=opened):
            if opened == where.payload():
                return []
            raise Refused(
                "project.exists",
                "This project is open already, otherwise.",
                "Ce projet est déjà ouvert, autrement.",
                ("project_id",),
            )
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


def about(fact: Any, state: Open) -> Any:
    """The fact with the project's own territories and accompaniment."""
    return fact.model_copy(
        update={"territory_ids": list(state.territory_ids), "accompaniment_id": state.accompaniment_id}
    )


def qualify(fact: ProjectQualified, state: Open) -> bool:
    """Qualified once. A criterion that is not met needs its exception written down."""
    criteria = fact.criteria
    met = criteria.study and criteria.partners and criteria.project_holder and criteria.model
    if not met and not fact.exceptions:
        raise Refused(
            "project.criteria",
            "A criterion is not met: say why the project is qualified all the same.",
            "Un critère n'est pas rempli : dites pourquoi le projet est tout de même qualifié.",
            ("exceptions",),
        )
    return not state.qualified


def launch(fact: LaunchPhaseOpened, state: Open) -> bool:
    """Only a qualified project is launched."""
    if not state.qualified:
        raise Refused("project.not_qualified", "This project is not qualified.", "Projet non qualifié.", ("project_id",))
    return not state.launched


def pause(fact: ProjectPaused, state: Open) -> bool:
    """A pause within a pause changes nothing."""
    return not state.paused


def resume(fact: ProjectResumed, state: Open) -> bool:
    """Only a paused project resumes."""
    return state.paused


def nearing(fact: ProjectNearingDeclared, state: Open) -> bool:
    """Declared once."""
    return not state.nearing


def pilot(fact: PilotStarted, state: Open) -> bool:
    """Each hypothesis is tested once."""
    return fact.hypothesis not in state.pilots


def holder(fact: ProjectHolderIdentified, state: Open) -> bool:
    """The last named holder holds."""
    return state.holder != (fact.project_holder, fact.legal_form)


def abandon(fact: ProjectAbandoned, state: Open) -> bool:
    """Given up once."""
    return True


def step(model: type[OfProject], name: str, roles: str, changes: Callable[[Any, Open], bool], en: str, fr: str) -> Any:
    """The spec of a step of an open project; `changes` says whether it changes anything, or refuses."""

    def decide(fact: Any, state: Project, context: Context, known: Known) -> list[Draft]:
        if isinstance(state, Abandoned) and model is ProjectAbandoned:
            return []
        opened = under_way(state)
        return [draft(about(fact, opened))] if changes(fact, opened) else []

    return Spec(
        name=name,
        model=model,
        stream=lambda fact: f"project/{fact.project_id}",
        roles=frozenset(roles.split()),
        emits=(model.TYPE,),
        fold=project,
        decide=decide,
        title_en=en,
        title_fr=fr,
    )


SPECS: tuple[Spec[Any, Any], ...] = (
    Spec(
        name="OpenProject",
        model=ProjectOpened,
        stream=lambda fact: f"project/{fact.project_id}",
        roles=frozenset({"AD", "CO", "SV"}),
        emits=(ProjectOpened.TYPE,),
        fold=project,
        decide=open_project,
        title_en="Open a project",
        title_fr="Ouvrir un projet",
        needs=needs,
    ),
    step(ProjectHolderIdentified, "IdentifyProjectHolder", "AD TR CO", holder, "Name the holder", "Nommer le porteur"),
    step(ProjectQualified, "QualifyProject", "AD CO", qualify, "Qualify a project", "Qualifier un projet"),
    step(LaunchPhaseOpened, "OpenLaunchPhase", "AD CO", launch, "Open the launch phase", "Ouvrir le démarrage"),
    step(ProjectNearingDeclared, "DeclareProjectNearing", "CO", nearing, "Declare it nearing", "Déclarer en voie d'aboutir"),
    step(ProjectAbandoned, "AbandonProject", "AD CO", abandon, "Give up a project", "Abandonner un projet"),
    step(ProjectPaused, "PauseProject", "AD CO", pause, "Pause a project", "Suspendre un projet"),
    step(ProjectResumed, "ResumeProject", "AD CO", resume, "Resume a project", "Reprendre un projet"),
    step(PilotStarted, "StartPilot", "PH AD CO", pilot, "Start a pilot", "Démarrer un test"),
)
