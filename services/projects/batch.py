"""Projects and jobs known only as a number; some of it told in detail later, the number is corrected by as much."""

from typing import Any

from services.projects.events import JobBatchDeclared, ProjectBatchDeclared
from services.projects.placing import lookups, placed
from shared.kernel.decider import Context, Draft, Events, Known, Spec
from shared.kernel.deciding import command, history, once

Batch = ProjectBatchDeclared | JobBatchDeclared


def declare(fact: Batch, past: Events, context: Context, known: Known) -> list[Draft]:
    """A number is declared once."""
    return once(past, placed(fact, context, known), "batch", "Lot")


_PROJECTS = ("Declare a number of projects", "Déclarer un nombre de projets")
_JOBS = ("Declare a number of jobs", "Déclarer un nombre d'emplois")

SPECS: tuple[Spec[Any, Any], ...] = (
    command(ProjectBatchDeclared, "DeclareProjectBatch", "CO", history, declare, _PROJECTS, lookups),
    command(JobBatchDeclared, "DeclareJobBatch", "CO", history, declare, _JOBS, lookups),
)
