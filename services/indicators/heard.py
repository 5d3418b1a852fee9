"""What every payload says, and what amendments say: the shapes in which figures and sheets read them.

Bounds are those of the contracts, or wider: within them every text can be indexed and every sum be stored.
"""

from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from shared.kernel.dates import PRECISIONS

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Words = tuple[Word, ...]
Whole = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,6}(\.[0-9]{1,12})?$")]
Positive = Annotated[str, msgspec.Meta(pattern=r"^(?=.*[1-9])[0-9]{1,6}(\.[0-9]{1,4})?$")]
Visibility = Literal["public", "partners", "member"]
# Absent where a payload has no value: null is none, and breaks the contract.
Absent = msgspec.UnsetType
ABSENT: Final = msgspec.UNSET
Count = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]


class Part(msgspec.Struct, frozen=True, gc=False):
    """A part of a payload; what is not declared is ignored."""


class Qty(Part, frozen=True, gc=False):
    """A number and how well it is known."""

    value: Whole
    precision: Literal["exact", "approx", "at_least"]


class Placed(Part, frozen=True, gc=False):
    """Every event names its territories, the accompaniment and project it has, and who may see it."""

    territory_ids: Words = ()
    accompaniment_id: Word | Absent = ABSENT
    project_id: Word | Absent = ABSENT
    confidentiality: Visibility = "partners"


class Batch(Placed, frozen=True, gc=False, kw_only=True):
    """Things known only as a number."""

    batch_id: Word
    count: Qty


class Target(Part, frozen=True, gc=False):
    """The original of an amendment, as it was recorded."""

    source: Word
    sequence: Count
    version: Count
    type: Word
    subject: Word
    entities: Words


class Correction(Placed, frozen=True, gc=False, kw_only=True):
    """A correction: `data` is read by the shape of its target's type, or of the newer type that it names."""

    target: Target
    data: dict[str, Any]
    data_type: Word | Absent = ABSENT
    occurred_on: date
    occurred_precision: Literal[PRECISIONS]  # type: ignore[valid-type]


class Void(Placed, frozen=True, gc=False, kw_only=True):
    """A void."""

    target: Target


class Amends(Placed, frozen=True, gc=False, kw_only=True):
    """What speaks of the record at `sequence` in its own stream, which was recorded with this type."""

    sequence: int
    type: str


class Voided(Amends, frozen=True, gc=False, kw_only=True):
    """That record never was."""


class Corrected(Amends, frozen=True, gc=False, kw_only=True):
    """This holds instead of that record."""

    instead: Placed
    occurred_on: date
    precision: str


Said = TypeVar("Said", bound=Placed, covariant=True)
