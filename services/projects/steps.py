"""The steps of a project under way. Each rule says whether the step changes anything, or refuses."""

from collections.abc import Callable
from typing import Any, TypeVar

from services.projects.events import (
    LaunchPhaseOpened,
    OfProject,
    PilotStarted,
    ProjectAbandoned,
    ProjectHolderIdentified,
    ProjectNearingDeclared,
    ProjectPaused,
    ProjectQualified,
    ProjectResumed,
)
from services.projects.project import Abandoned, Open, Project, about, project, under_way
from shared.kernel.decider import Context, Draft, Known, Spec
from shared.kernel.deciding import command, draft
from shared.kernel.refusals import Refused

F = TypeVar("F", bound=OfProject)


def name_holder(fact: ProjectHolderIdentified, state: Open, context: Context) -> bool:
    """The last named holder holds."""
    return state.holder != (fact.project_holder, fact.legal_form)


def qualify(fact: ProjectQualified, state: Open, context: Context) -> bool:
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


def launch(fact: LaunchPhaseOpened, state: Open, context: Context) -> bool:
    """Only a qualified project is launched; of the past, not every step was kept."""
    if not state.qualified and context.origin == "live":
        raise Refused(
            "project.not_qualified",
            "This project is not qualified.",
            "Ce projet n'est pas qualifié.",
            ("project_id",),
        )
    return not state.launched


def declare_nearing(fact: ProjectNearingDeclared, state: Open, context: Context) -> bool:
    """Declared once, qualified or not: the steering body may know better."""
    return not state.nearing


def pause(fact: ProjectPaused, state: Open, context: Context) -> bool:
    """A pause within a pause changes nothing."""
    return not state.paused


def resume(fact: ProjectResumed, state: Open, context: Context) -> bool:
    """Only a paused project resumes."""
    return state.paused


def pilot(fact: PilotStarted, state: Open, context: Context) -> bool:
    """Each hypothesis is tested once."""
    return fact.hypothesis not in state.pilots


def abandon(fact: ProjectAbandoned, state: Project, context: Context, known: Known) -> list[Draft]:
    """Given up once."""
    return [] if isinstance(state, Abandoned) else [draft(about(fact, under_way(state).said))]


def step(
    model: type[F], name: str, roles: str, changes: Callable[[F, Open, Context], bool], en: str, fr: str
) -> Spec[F, Project]:
    """The spec of a step."""

    def decide(fact: F, state: Project, context: Context, known: Known) -> list[Draft]:
        opened = under_way(state)
        return [draft(about(fact, opened.said))] if changes(fact, opened, context) else []

    return command(model, name, roles, project, decide, (en, fr))


_GIVE_UP = ("Give up a project", "Abandonner un projet")
_NEARING = ("Declare it nearing", "Déclarer en voie d'aboutir")

SPECS: tuple[Spec[Any, Any], ...] = (
    step(
        ProjectHolderIdentified,
        "IdentifyProjectHolder",
        "AD TR CO",
        name_holder,
        "Name the holder",
        "Nommer le porteur",
    ),
    step(ProjectQualified, "QualifyProject", "AD CO", qualify, "Qualify a project", "Qualifier un projet"),
    step(LaunchPhaseOpened, "OpenLaunchPhase", "AD CO", launch, "Open the launch phase", "Ouvrir le démarrage"),
    step(ProjectNearingDeclared, "DeclareProjectNearing", "CO", declare_nearing, *_NEARING),
    command(ProjectAbandoned, "AbandonProject", "AD CO", project, abandon, _GIVE_UP),
    step(ProjectPaused, "PauseProject", "AD CO", pause, "Pause a project", "Suspendre un projet"),
    step(ProjectResumed, "ResumeProject", "AD CO", resume, "Resume a project", "Reprendre un projet"),
    step(PilotStarted, "StartPilot", "PH AD CO", pilot, "Start a pilot", "Démarrer un test"),
)
