"""Corrections and voids of what this service recorded."""

from typing import ClassVar

from services.projects.events import Fact
from shared.kernel.amendments import Correction, CorrectionReason, Void, VoidReason


class RecordCorrected(Correction, Fact):
    """A recorded fact was wrong; this is what holds instead."""

    TYPE: ClassVar = "projects.RecordCorrected.v1"
    reason: CorrectionReason


class RecordVoided(Void, Fact):
    """A recorded fact never was, or was recorded twice."""

    TYPE: ClassVar = "projects.RecordVoided.v1"
    reason: VoidReason
