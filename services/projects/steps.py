"""The steps of a project under way. Each rule says whether the step changes anything, or refuses."""

from collections.abc import Callable
from datetime import date
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
from services.projects.project import Abandoned, Open, Project, about, foreign, project, under_way
from shared.kernel.decider import Context, Draft, Known, Spec
from shared.kernel.deciding import command, draft, not_before
from shared.kernel.refusals import Refused

F = TypeVar("F", bound=OfProject)


def name_holder(fact: ProjectHolderIdentified, state: Open, context: Context) -> bool:
    """The last named holder holds, and is named no earlier than the one before."""
    if state.holder == (fact.project_holder, fact.legal_form):
        return False
    _in_order(context, state.named)
    return True


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
    """Declared once, qualified or not: the steering body may know better. The coordinator says so of any project."""
    if fact.member_id != context.member:
        raise foreign()
    return not state.nearing


def pause(fact: ProjectPaused, state: Open, context: Context) -> bool:
    """A pause within a pause changes nothing."""
    if state.paused:
        return False
    _in_order(context, state.moved)
    return True


def resume(fact: ProjectResumed, state: Open, context: Context) -> bool:
    """Only a paused project resumes, and not before it was paused."""
    if not state.paused:
        return False
    _in_order(context, state.moved)
    return True


def pilot(fact: PilotStarted, state: Open, context: Context) -> bool:
    """Each hypothesis is tested once."""
    return fact.hypothesis not in state.pilots


def abandon(fact: ProjectAbandoned, state: Project, context: Context, known: Known) -> list[Draft]:
    """Given up once."""
    return [] if isinstance(state, Abandoned) else [draft(about(fact, under_way(state).fact))]


def _in_order(context: Context, begun: date) -> None:
    not_before(
        context,
        begun,
        "project.dates",
        "What follows another step of the same kind is of the same day or later.",
        "Ce qui suit une autre étape du même genre est du même jour ou d'après.",
    )


def step(
    model: type[F],
    name: str,
    roles: str,
    changes: Callable[[F, Open, Context], bool],
    titles: tuple[str, str],
    member: str | None = None,
) -> Spec[F, Project]:
    """The spec of a step."""

    def decide(fact: F, state: Project, context: Context, known: Known) -> list[Draft]:
        opened = under_way(state)
        return [draft(about(fact, opened.fact))] if changes(fact, opened, context) else []

    return command(model, name, roles, project, decide, titles, member=member)


_HOLDER = ("Name the holder", "Nommer le porteur")
_QUALIFY = ("Qualify a project", "Qualifier un projet")
_LAUNCH = ("Open the launch phase", "Ouvrir le démarrage")
_NEARING = ("Declare it nearing completion", "Déclarer en voie d'aboutir")
_GIVE_UP = ("Give up a project", "Abandonner un projet")
_PAUSE = ("Pause a project", "Suspendre un projet")
_RESUME = ("Resume a project", "Reprendre un projet")
_PILOT = ("Start a pilot", "Démarrer un test")

SPECS: tuple[Spec[Any, Any], ...] = (
    step(ProjectHolderIdentified, "IdentifyProjectHolder", "AD TR CO", name_holder, _HOLDER),
    step(ProjectQualified, "QualifyProject", "AD CO", qualify, _QUALIFY),
    step(LaunchPhaseOpened, "OpenLaunchPhase", "AD CO", launch, _LAUNCH),
    step(ProjectNearingDeclared, "DeclareProjectNearing", "CO", declare_nearing, _NEARING, member="member_id"),
    command(ProjectAbandoned, "AbandonProject", "AD CO", project, abandon, _GIVE_UP),
    step(ProjectPaused, "PauseProject", "AD CO", pause, _PAUSE),
    step(ProjectResumed, "ResumeProject", "AD CO", resume, _RESUME),
    step(PilotStarted, "StartPilot", "PH AD CO", pilot, _PILOT),
)
