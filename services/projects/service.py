"""The wiring of the projects service: its commands and its reactions, by hand."""

from typing import Any, Final

from services.projects import activity, amend, batch, job, project, steps
from services.projects.reactions import REACTIONS
from shared.kernel.decider import Spec
from shared.runtime.service import Definition

_AGGREGATES: Final = (project.SPECS, steps.SPECS, activity.SPECS, job.SPECS, batch.SPECS, amend.SPECS)
SPECS: Final[dict[str, Spec[Any, Any]]] = {spec.name: spec for specs in _AGGREGATES for spec in specs}
DEFINITION: Final = Definition("projects", SPECS, REACTIONS)
