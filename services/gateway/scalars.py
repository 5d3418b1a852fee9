"""Scalars of the schema: strict where the language's own are loose, and free of NUL."""

import re
from datetime import UTC, date, datetime
from typing import Any, Final, NewType

from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from shared.kernel import bounds, canonical

Count = NewType("Count", int)
Dec = NewType("Dec", str)
Json = NewType("Json", object)
JsonInput = NewType("JsonInput", object)

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_DECIMAL: Final = re.compile(r"-?\d{1,15}(\.\d{1,6})?\Z", re.ASCII)


def read_date(value: Any) -> date:
    """A day written `2026-11-23`."""
    if isinstance(value, str) and _DATE.match(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise GraphQLError("A date is written like 2026-11-23.")


def read_decimal(value: Any) -> str:
    """A decimal number as text, like `17.5`: never a float."""
    if isinstance(value, str) and _DECIMAL.match(value):
        return value
    raise GraphQLError('A decimal is a text like "17.5".')


def read_count(value: Any) -> int:
    """A whole number within ±(2^53 − 1)."""
    if type(value) is int and -bounds.WHOLE <= value <= bounds.WHOLE:
        return value
    raise GraphQLError("A count is a whole number within 2^53 - 1.")


def read_object(value: Any) -> Any:
    """A JSON object without numbers that are not whole: a record could not hold them."""
    if isinstance(value, dict):
        try:
            canonical.encode(value)
        except canonical.NotCanonical as error:
            raise GraphQLError(f"Not a JSON object that a record may hold: {error}.") from None
        return value
    raise GraphQLError("A JSON object is expected.")


def _moment(value: datetime | str) -> str:
    if isinstance(value, str):
        return value
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _refuse(_: Any) -> Any:
    raise GraphQLError("This scalar is for answers only.")


def _scalar(name: str, about: str, serialize: Any, parse: Any) -> ScalarDefinition:
    return ScalarDefinition(
        name=name,
        description=about,
        specified_by_url=None,
        serialize=serialize,
        parse_value=parse,
        parse_literal=None,
        directives=(),
    )


SCALARS: Final[dict[object, ScalarDefinition]] = {
    Count: _scalar("Count", "A whole number within ±(2^53 − 1), written as a JSON number.", int, read_count),
    Dec: _scalar("Decimal", 'An exact decimal number as a text, like "17.5".', str, read_decimal),
    Json: _scalar("JSON", "A JSON value, as recorded.", lambda value: value, _refuse),
    JsonInput: _scalar("JSONObject", "A JSON object: texts, whole numbers, lists and objects.", dict, read_object),
    date: _scalar("Date", "A day, like 2026-11-23.", date.isoformat, read_date),
    datetime: _scalar("DateTime", "A moment in UTC, like 2026-11-23T10:00:00.000000Z.", _moment, _refuse),
}
