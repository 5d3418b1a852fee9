"""Bounded field types for commands and events: nothing comes in without a limit."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from shared.kernel import bounds, codes, texts
from shared.kernel.bounds import written

MemberId = Annotated[str, StringConstraints(pattern=written(bounds.MEMBER))]
Code = Annotated[str, StringConstraints(pattern=written(bounds.CODE))]
Key = Annotated[str, StringConstraints(min_length=1, max_length=bounds.KEY), AfterValidator(texts.line)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=bounds.TITLE), AfterValidator(texts.line)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=bounds.TEXT), AfterValidator(texts.lines)]
Siren = Annotated[str, StringConstraints(pattern=written(bounds.SIREN)), AfterValidator(codes.siren)]
Rna = Annotated[str, StringConstraints(pattern=written(bounds.RNA))]
Insee = Annotated[str, StringConstraints(pattern=written(bounds.INSEE))]
Digest = Annotated[str, StringConstraints(pattern=written(bounds.SHA256))]
Precision = Literal["day", "month", "quarter", "year", "at_latest"]
_ID: Final = {"type": "string", "format": "uuid", "minLength": 1, "maxLength": bounds.ID}
Id = Annotated[UUID, WithJsonSchema(_ID, mode="serialization")]
_DAY: Final = WithJsonSchema({"type": "string", "format": "date", "pattern": written(bounds.DAY)})
Day = Annotated[date, Field(ge=bounds.FIRST_DAY, le=bounds.LAST_DAY), _DAY]
# The same, where a decision refuses what is out of bounds, in its own words.
DecidedDay = Annotated[date, _DAY]


def owned(what: str) -> BeforeValidator:
    """For the id of an owned object in a command: plain, or `<member>/<id>` as answers name it.

    The context of the validation gives `member`, whose service is asked; the error `foreign` names another's object.
    """

    def own(value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str) or "/" not in value:
            return value
        owner, _, plain = value.partition("/")
        if owner != (info.context or {}).get("member"):
            raise PydanticCustomError("foreign", "This is an object of {owner}", {"what": what, "owner": owner})
        return plain

    return BeforeValidator(own)


def _plain(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise ValueError("a finite decimal is needed")
    return value


def _decimal_text(value: Decimal) -> str:
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text


_DECIMAL: Final = (AfterValidator(_plain), PlainSerializer(_decimal_text, return_type=str))


def _text(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "format": "decimal", "pattern": written(pattern)}, mode="serialization")


Share = Annotated[Decimal, Field(gt=0, le=1, max_digits=5, decimal_places=4), *_DECIMAL, _text(bounds.SHARE)]
Hours = Annotated[Decimal, Field(gt=0, le=60, max_digits=5, decimal_places=2), *_DECIMAL, _text(bounds.HOURS)]
Amount = Annotated[Decimal, Field(ge=0, le=10**9, max_digits=14, decimal_places=4), *_DECIMAL, _text(bounds.DECIMAL)]


class Part(BaseModel):
    """A part of a payload: frozen, nothing unknown accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Occurred(Part):
    """When a fact happened, and how precisely that is known."""

    date: date
    precision: Precision = "day"


class Qty(Part):
    """A number and how well it is known."""

    value: Annotated[int, Field(ge=0, le=bounds.AMOUNT)]
    precision: Literal["exact", "approx", "at_least"] = "exact"


class Evidence(Part):
    """A document that supports a fact. Level: 0 declared, 1 documented, 2 in an official register, 3 verified."""

    digest: Digest
    level: Annotated[int, Field(ge=0, le=3)] = 0
    title: Title


Evidences = Annotated[tuple[Evidence, ...], Field(max_length=20)]


class Payload(Part):
    """The payload of an event. TYPE is its stable name; STREAM and ENTITIES say where it stands, as templates.

    AUTHORITY: whose producers may record it, `owner`, `shared` or `coordinator`. NAMES_OWNER: the field that names the
    recording member itself, if one (COORDINATOR_NAMES_ANY: the coordinator may name another there). COORDINATOR_WHEN:
    a field and the value with which it is the coordinator's. HANGS_ON: the events of its stream, without version, that
    take it with them when they are voided. See docs/record.md.
    """

    TYPE: ClassVar[str]
    STREAM: ClassVar[str]
    ENTITIES: ClassVar[tuple[str, ...]]
    AUTHORITY: ClassVar[Literal["owner", "shared", "coordinator"]] = "owner"
    NAMES_OWNER: ClassVar[str | None] = None
    COORDINATOR_NAMES_ANY: ClassVar[bool] = False
    COORDINATOR_WHEN: ClassVar[tuple[str, str] | None] = None
    HANGS_ON: ClassVar[tuple[str, ...]] = ()
    AMENDABLE: ClassVar[bool] = True

    def payload(self) -> dict[str, Any]:
        """Canonical-safe values; what is not known is left out."""
        return self.model_dump(mode="json", exclude_none=True)

    def stream(self) -> str:
        """The stream that the fact belongs to, by its template."""
        return self.STREAM.format(**dict(self))
