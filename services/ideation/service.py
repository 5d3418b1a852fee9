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
from services.ideation.payloads import DOOR
from services.ideation.reactions import REACTIONS
from shared.kernel.decider import Spec
from shared.runtime.service import Definition

_OWN: Final[tuple[Spec[Any, Any], ...]] = (
    *(*member.SPECS, *producer.SPECS, *adviser.SPECS, *territory.SPECS, *accompaniment.SPECS),
    *(*gathering.SPECS, *interview.SPECS, *workshop.SPECS, *need.SPECS, *idea.SPECS),
)
SPECS: Final[dict[str, Spec[Any, Any]]] = {spec.name: spec for spec in (*_OWN, *amend.specs(_OWN))}
DEFINITION: Final = Definition("ideation", DOOR, SPECS, REACTIONS)
