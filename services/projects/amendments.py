"""Corrections and voids of what this service recorded."""

from typing import ClassVar, Literal

from services.projects.events import Fact
from shared.kernel.amending import Replacement, Target
from shared.kernel.fields import Text


class RecordCorrected(Fact):
    """A recorded fact was wrong; this is what holds instead."""

    TYPE: ClassVar = "projects.RecordCorrected.v1"
    STREAM: ClassVar = "amendment{target.source}/{target.sequence}"
    ENTITIES: ClassVar = ("{target.entities[]}",)
    target: Target
    replacement: Replacement
    reason: Literal["typo", "miscount", "wrong_date", "wrong_subject", "new_evidence"]
    note: Text | None = None


class RecordVoided(Fact):
    """A recorded fact never was, or was recorded twice."""

    TYPE: ClassVar = "projects.RecordVoided.v1"
    STREAM: ClassVar = "amendment{target.source}/{target.sequence}"
    ENTITIES: ClassVar = ("{target.entities[]}",)
    target: Target
    reason: Literal["duplicate", "error", "fraud"]
    note: Text | None = None
