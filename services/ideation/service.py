"""The wiring of the ideation service: its commands and its reactions, by hand."""

from typing import Any, Final

from services.ideation import (
    accompaniment,
    adviser,
    amend,
    gathering,
    idea,
    interview,
    member,
    need,
    producer,
    territory,
    workshop,
)
from services.ideation.reactions import REACTIONS
from shared.kernel.decider import Spec
from shared.runtime.service import Definition

_AGGREGATES: Final = (
    *(member.SPECS, producer.SPECS, adviser.SPECS, territory.SPECS, accompaniment.SPECS),
    *(gathering.SPECS, interview.SPECS, workshop.SPECS, need.SPECS, idea.SPECS, amend.SPECS),
)
SPECS: Final[dict[str, Spec[Any, Any]]] = {spec.name: spec for specs in _AGGREGATES for spec in specs}
DEFINITION: Final = Definition("ideation", SPECS, REACTIONS)
