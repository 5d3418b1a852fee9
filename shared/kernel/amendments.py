"""What corrections and voids record: the same form in every service, which names them as events of its own.

Both lie in the stream of their original, in its producer (docs/record.md, "Amendments").
"""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from shared.kernel.fields import Key, Part, Payload, Precision, Text

MOST_ENTITIES = 1000
CorrectionReason = Literal["typo", "miscount", "wrong_date", "wrong_subject", "new_evidence"]
VoidReason = Literal["duplicate", "error", "fraud"]

Type = Annotated[str, Field(pattern=r"^[a-z]{1,30}\.[A-Za-z]{1,60}\.v[0-9]{1,3}$")]


class Target(Part):
    """The original as it was recorded: producer, sequence, version in its stream, type, stream and entities."""

    source: Annotated[str, Field(pattern=r"^/members/[a-z][a-z0-9-]{1,62}/[a-z]{1,30}$")]
    sequence: Annotated[int, Field(ge=1, le=2**53 - 1)]
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    type: Type
    subject: Annotated[str, Field(min_length=3, max_length=200)]
    entities: Annotated[
        tuple[Annotated[str, Field(min_length=3, max_length=200)], ...], Field(max_length=MOST_ENTITIES)
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
    occurred_on: date
    occurred_precision: Precision
    changed: Annotated[tuple[Key, ...], Field(min_length=1, max_length=100)]


class Void(Amending):
    """The original never was, or was recorded twice; the target's entities include those of what goes with it."""
