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

from shared.kernel import codes, texts

MemberId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,62}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(texts.line)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(texts.line)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000), AfterValidator(texts.lines)]
Siren = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$"), AfterValidator(codes.siren)]
Rna = Annotated[str, StringConstraints(pattern=r"^W[0-9][0-9AB][0-9]{7}$")]
Insee = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|[1-8][0-9]|9[0-8]|2[AB])[0-9]{3}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Precision = Literal["day", "month", "quarter", "year", "at_latest"]
Id = UUID


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


_WRITTEN: Final = {"type": "string", "format": "decimal", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,12})?$"}
_DECIMAL: Final = (
    AfterValidator(_plain),
    PlainSerializer(_decimal_text, return_type=str),
    WithJsonSchema(_WRITTEN, mode="serialization"),
)
Share = Annotated[Decimal, Field(gt=0, le=1, max_digits=5, decimal_places=4), *_DECIMAL]
Hours = Annotated[Decimal, Field(gt=0, le=60, max_digits=5, decimal_places=2), *_DECIMAL]
Amount = Annotated[Decimal, Field(ge=0, le=10**9, max_digits=14, decimal_places=4), *_DECIMAL]


class Part(BaseModel):
    """A part of a payload: frozen, nothing unknown accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Occurred(Part):
    """When a fact happened, and how precisely that is known."""

    date: date
    precision: Precision = "day"


class Qty(Part):
    """A number and how well it is known."""

    value: Annotated[int, Field(ge=0, le=10_000_000)]
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
