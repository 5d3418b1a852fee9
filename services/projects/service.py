"""The wiring of the projects service: its commands and its reactions, by hand."""

from typing import Any, Final

from services.projects import activity, amend, batch, job, project, steps
from services.projects.payloads import DOOR
from services.projects.reactions import REACTIONS
from shared.kernel.decider import Spec
from shared.runtime.service import Definition

_OWN: Final[tuple[Spec[Any, Any], ...]] = (*project.SPECS, *steps.SPECS, *activity.SPECS, *job.SPECS, *batch.SPECS)
SPECS: Final[dict[str, Spec[Any, Any]]] = {spec.name: spec for spec in (*_OWN, *amend.specs(_OWN))}
DEFINITION: Final = Definition("projects", DOOR, SPECS, REACTIONS)
