"""Corrections and voids: a record is never rewritten, a later one says what holds instead."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from services.ideation.events import Fact
from shared.kernel.fields import Key, Part, Text


class Target(Part):
    """The original, by its producer and sequence, its type, its stream, and the entities it belongs to."""

    source: Annotated[str, Field(pattern=r"^/members/[a-z][a-z0-9-]{1,62}/(ideation|projects)$")]
    sequence: Annotated[int, Field(ge=1, le=2**53 - 1)]
    type: Annotated[str, Field(pattern=r"^(ideation|projects)\.[A-Za-z]{1,60}\.v[0-9]{1,3}$")]
    subject: Key
    entities: Annotated[list[Key], Field(min_length=1, max_length=60)]


class Replacement(Part):
    """What holds instead: the whole payload, or the date, or both. A correction never moves to other entities."""

    data: dict[str, Any] | None = None
    occurred_on: date | None = None
    occurred_precision: Literal["day", "month", "quarter", "year", "at_latest"] | None = None


class RecordCorrected(Fact):
    """A recorded fact was wrong; this is what holds instead."""

    TYPE: ClassVar = "ideation.RecordCorrected.v1"
    STREAM: ClassVar = "amendment/{target.source}/{target.sequence}"
    ENTITIES: ClassVar = ("{target.entities[]}",)
    target: Target
    replacement: Replacement
    reason: Literal["typo", "miscount", "wrong_date", "wrong_subject", "new_evidence"]
    note: Text | None = None


class RecordVoided(Fact):
    """A recorded fact never was, or was recorded twice."""

    TYPE: ClassVar = "ideation.RecordVoided.v1"
    STREAM: ClassVar = "amendment/{target.source}/{target.sequence}"
    ENTITIES: ClassVar = ("{target.entities[]}",)
    target: Target
    reason: Literal["duplicate", "error", "fraud"]
    note: Text | None = None
