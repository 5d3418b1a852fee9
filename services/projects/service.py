"""The wiring of the projects service: its commands and its reactions, by hand."""

from typing import Any, Final

from services.projects import activity, amend, project
from services.projects.reactions import REACTIONS
from shared.kernel.decider import Spec
from shared.runtime.service import Definition

SPECS: Final[dict[str, Spec[Any, Any]]] = {
    spec.name: spec for spec in (*project.SPECS, *activity.SPECS, *amend.SPECS)
}
DEFINITION: Final = Definition("projects", SPECS, REACTIONS)
