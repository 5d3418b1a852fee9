"""What every payload says, and what amendments say: the shapes in which figures and sheets read them.

What is read keeps to its contract, bound by bound (a test compares them): within them every text can be indexed, every
sum stored and every answer given.
"""

from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from shared.kernel import bounds
from shared.kernel.dates import PRECISIONS


def _whole(pattern: str) -> msgspec.Meta:
    # `$` would let a line end pass.
    return msgspec.Meta(pattern=rf"^{pattern}\Z")


Id = Annotated[str, msgspec.Meta(min_length=1, max_length=bounds.ID)]
Ids = Annotated[tuple[Id, ...], msgspec.Meta(max_length=50)]
Member = Annotated[str, _whole(bounds.MEMBER)]
Code = Annotated[str, _whole(bounds.CODE)]
Codes = Annotated[tuple[Code, ...], msgspec.Meta(max_length=bounds.PLACES)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=bounds.TITLE)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=bounds.TEXT)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=bounds.KEY)]
Siren = Annotated[str, _whole(bounds.SIREN)]
Insee = Annotated[str, _whole(bounds.INSEE)]
PublicKey = Annotated[str, _whole(bounds.SHA256)]
Whole = Annotated[int, msgspec.Meta(ge=0, le=bounds.AMOUNT)]
Share = Annotated[str, _whole(bounds.SHARE)]
Hours = Annotated[str, _whole(bounds.HOURS)]
Visibility = Literal["public", "partners", "member"]
# Absent where a payload has no value: null is none, and breaks the contract.
Absent = msgspec.UnsetType
ABSENT: Final = msgspec.UNSET
_Type = Annotated[str, _whole(bounds.TYPE)]
_Name = Annotated[str, msgspec.Meta(min_length=3, max_length=bounds.SUBJECT)]


class Part(msgspec.Struct, frozen=True, gc=False):
    """A part of a payload; what is not declared is ignored."""


class Qty(Part, frozen=True, gc=False):
    """A number and how well it is known."""

    value: Whole
    precision: Literal["exact", "approx", "at_least"]


class Placed(Part, frozen=True, gc=False):
    """Every event names its territories, the accompaniment and project it has, and who may see it."""

    territory_ids: Codes = ()
    accompaniment_id: Id | Absent = ABSENT
    project_id: Id | Absent = ABSENT
    confidentiality: Visibility = "partners"


class Batch(Placed, frozen=True, gc=False, kw_only=True):
    """Things known only as a number."""

    batch_id: Id
    count: Qty


class Target(Part, frozen=True, gc=False):
    """The original of an amendment, as it was recorded."""

    source: Annotated[str, _whole(bounds.SOURCE)]
    sequence: Annotated[int, msgspec.Meta(ge=1, le=bounds.WHOLE)]
    version: Annotated[int, msgspec.Meta(ge=1, le=bounds.VERSION)]
    type: _Type
    subject: _Name
    entities: Annotated[tuple[_Name, ...], msgspec.Meta(max_length=bounds.ENTITIES)]


class Correction(Placed, frozen=True, gc=False, kw_only=True):
    """A correction: `data` is read by the shape of its target's type, or of the newer type that it names."""

    target: Target
    data: dict[str, Any]
    data_type: _Type | Absent = ABSENT
    occurred_on: date
    occurred_precision: Literal[PRECISIONS]  # type: ignore[valid-type]

    def __post_init__(self) -> None:
        within(self.occurred_on)


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


def within(day: date | Absent) -> None:
    """Raises ValueError for a day beyond the bounds of the contracts."""
    if day is not ABSENT and not bounds.FIRST_DAY <= day <= bounds.LAST_DAY:
        raise ValueError(f"{day} is not between {bounds.FIRST_DAY} and {bounds.LAST_DAY}")


Said = TypeVar("Said", bound=Placed, covariant=True)
