"""Corrections and voids of what this service recorded."""

from typing import ClassVar, Literal

from services.projects.events import Fact
from shared.kernel.amendments import Correction, Void


class RecordCorrected(Correction, Fact):
    """A recorded fact was wrong; this is what holds instead."""

    TYPE: ClassVar = "projects.RecordCorrected.v1"
    reason: Literal["typo", "miscount", "wrong_date", "wrong_subject", "new_evidence"]


class RecordVoided(Void, Fact):
    """A recorded fact never was, or was recorded twice."""

    TYPE: ClassVar = "projects.RecordVoided.v1"
    reason: Literal["duplicate", "error", "fraud"]
