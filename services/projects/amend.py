"""Correcting and voiding what this service recorded."""

from typing import Any, Final

from services.projects.amendments import RecordCorrected, RecordVoided
from services.projects.payloads import DOOR
from shared.amending import commands
from shared.amending.deciding import Amendments
from shared.kernel.decider import Spec


def specs(others: Any) -> tuple[Spec[Any, Any], ...]:
    """The two commands, for the events that the service's other commands record."""
    by_event: Final = {spec.emits[0]: spec for spec in others}
    return commands.specs(Amendments(DOOR, RecordCorrected, RecordVoided, by_event))
