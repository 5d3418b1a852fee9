"""What every payload says, and what amendments say: the shapes in which figures and sheets read them."""

from datetime import date
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from shared.kernel.dates import PRECISIONS

Word = Annotated[str, msgspec.Meta(min_length=1)]
Words = tuple[Word, ...]
Whole = Annotated[int, msgspec.Meta(ge=0)]
Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,12})?$")]
Positive = Annotated[str, msgspec.Meta(pattern=r"^(?=.*[1-9])[0-9]{1,12}(\.[0-9]{1,12})?$")]


class Part(msgspec.Struct, frozen=True, gc=False):
    """A part of a payload; what is not declared is ignored."""


class Qty(Part, frozen=True, gc=False):
    """A number and how well it is known."""

    value: Whole
    precision: Literal["exact", "approx", "at_least"]


class Placed(Part, frozen=True, gc=False):
    """Every event names its territories, and the accompaniment and project it has."""

    territory_ids: Words = ()
    accompaniment_id: Word | None = None
    project_id: Word | None = None


class Target(Part, frozen=True, gc=False):
    """The original of an amendment."""

    source: Word
    sequence: int
    type: Word
    entities: tuple[str, ...]


class Amending(Placed, frozen=True, gc=False, kw_only=True):
    """What speaks of another record."""

    target: Target


class Replacement(Part, frozen=True, gc=False):
    """What holds instead; `data` is read by the original's shape."""

    data: dict[str, Any] | None = None
    occurred_on: date | None = None
    occurred_precision: Literal[PRECISIONS] | None = None  # type: ignore[valid-type]


class Corrected(Amending, frozen=True, gc=False, kw_only=True):
    """A correction."""

    replacement: Replacement


class Voided(Amending, frozen=True, gc=False, kw_only=True):
    """A void."""


Said = TypeVar("Said", bound=Placed, covariant=True)
