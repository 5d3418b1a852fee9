"""Correcting and voiding what this service recorded."""

from typing import Any, Final, Literal

from services.ideation.amendments import RecordCorrected, RecordVoided
from services.ideation.payloads import DOOR
from shared.amending import commands
from shared.amending.deciding import Amendments
from shared.kernel.decider import Spec


class CorrectRecord(commands.Correct):
    """A recorded fact was wrong: only what changes is given."""

    reason: Literal["typo", "miscount", "wrong_date", "wrong_subject", "new_evidence"]


class VoidRecord(commands.Void):
    """A recorded fact never was, or was recorded twice: it counts no more, nor does what hangs on it."""

    reason: Literal["duplicate", "error", "fraud"]


def specs(others: Any) -> tuple[Spec[Any, Any], ...]:
    """The two commands, for the events that the service's other commands record."""
    by_event: Final = {spec.emits[0]: spec for spec in others}
    return commands.specs(CorrectRecord, VoidRecord, Amendments(DOOR, RecordCorrected, RecordVoided, by_event))
