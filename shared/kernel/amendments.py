"""What corrections and voids record: the same form in every service, which names them as events of its own.

Both lie in the stream of their original, in its producer (docs/record.md, "Amendments").
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from shared.kernel import bounds
from shared.kernel.bounds import written
from shared.kernel.fields import Day, Key, Part, Payload, Precision, Text

MOST_ENTITIES = bounds.ENTITIES
CorrectionReason = Literal["typo", "miscount", "wrong_date", "wrong_subject", "new_evidence"]
VoidReason = Literal["duplicate", "error", "fraud"]

Type = Annotated[str, Field(pattern=written(bounds.TYPE))]


class Target(Part):
    """The original as it was recorded: producer, sequence, version in its stream, type, stream and entities."""

    source: Annotated[str, Field(pattern=written(bounds.SOURCE))]
    sequence: Annotated[int, Field(ge=1, le=bounds.WHOLE)]
    version: Annotated[int, Field(ge=1, le=bounds.VERSION)]
    type: Type
    subject: Annotated[str, Field(min_length=3, max_length=bounds.SUBJECT)]
    entities: Annotated[
        tuple[Annotated[str, Field(min_length=3, max_length=bounds.SUBJECT)], ...], Field(max_length=MOST_ENTITIES)
    ]


class Amending(Payload):
    """What amends one record of its own stream."""

    STREAM: ClassVar = "{target.subject}"
    ENTITIES: ClassVar = ("{target.entities[]}",)
    AMENDABLE: ClassVar = False
    target: Target
    note: Text | None = None


class Correction(Amending):
    """What holds instead of the original: all of it, and which fields differ from what held before.

    `data_type`: the type whose payload `data` is, if it is newer than the original's.
    """

    data: dict[str, Any]
    data_type: Type | None = None
    occurred_on: Day
    occurred_precision: Precision
    changed: Annotated[tuple[Key, ...], Field(min_length=1, max_length=100)]


class Void(Amending):
    """The original never was, or was recorded twice; the target's entities include those of what goes with it."""
