"""The wiring of the ideation service: its commands and its reactions, by hand."""

from typing import Any, Final

from services.ideation import amend, idea, listening, people, territory
from services.ideation.reactions import REACTIONS
from shared.kernel.decider import Spec
from shared.runtime.service import Definition

SPECS: Final[dict[str, Spec[Any, Any]]] = {
    spec.name: spec
    for spec in (*people.SPECS, *territory.SPECS, *listening.SPECS, *idea.SPECS, *amend.SPECS)
}
DEFINITION: Final = Definition("ideation", SPECS, REACTIONS)
