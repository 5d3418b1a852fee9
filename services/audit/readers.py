"""How one value of a payload is read: each reader gives what it means, or raises Unfit."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

Reader = Callable[[Any], Any]

DATE_PRECISIONS: Final = ("day", "month", "quarter", "year", "at_latest")
# Bounds are those of the contracts, or wider.
_LONGEST: Final = 200
_MOST: Final = 10_000_000
_DECIMAL: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,12})?")
_HOURS: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_PRECISIONS: Final = ("exact", "approx", "at_least")


class Unfit(Exception):
    """A payload breaks its contract in a field that is read here."""


def text(value: Any) -> str:
    """A text that is neither empty nor longer than a title."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise Unfit(f"a text of at most {_LONGEST} characters is expected")
    return value


def words(value: Any) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise Unfit("a text is expected")
    return value


def key(value: Any) -> str:
    """A public key in hexadecimal digits."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise Unfit("64 hexadecimal digits are expected")
    return value


def whole(value: Any) -> int:
    """A whole number from 0."""
    if type(value) is not int or value < 0:
        raise Unfit("a whole number from 0 is expected")
    return value


def place(value: Any) -> int:
    """A whole number from 1."""
    if whole(value) == 0:
        raise Unfit("a whole number from 1 is expected")
    return int(value)


def amount(value: Any) -> int:
    """A whole number of people, posts or things."""
    if whole(value) > _MOST:
        raise Unfit(f"a whole number up to {_MOST} is expected")
    return int(value)


def decimal(value: Any) -> Decimal:
    """A decimal number written as text."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise Unfit("a decimal as text is expected")
    return Decimal(value)


def positive(value: Any) -> Decimal:
    """A decimal number above 0, with at most four decimals."""
    if (number := decimal(value)) <= 0 or not _HOURS.fullmatch(value):
        raise Unfit("a decimal above 0 with at most four decimals is expected")
    return number


def day(value: Any) -> date:
    """A date like 2026-11-23."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise Unfit("a date is expected")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Unfit("a date that does not exist") from None


def one_of(*words: str) -> Reader:
    """One word of a closed list."""

    def read(value: Any) -> str:
        if value not in words:
            raise Unfit(f"one of {', '.join(words)} is expected")
        return str(value)

    return read


def many(reader: Reader) -> Reader:
    """A list."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise Unfit("a list is expected")
        return [reader(one) for one in value]

    return read


def some(reader: Reader) -> Reader:
    """A list that is not empty."""

    def read(value: Any) -> list[Any]:
        found: list[Any] = many(reader)(value)
        if not found:
            raise Unfit("a list that is not empty is expected")
        return found

    return read


def part(name: str, reader: Reader, *beside: str) -> Reader:
    """One field of an object, which has these texts beside it."""

    def read(value: Any) -> Any:
        found = mapping(value)
        for one in beside:
            text(found.get(one))
        return reader(found.get(name))

    return read


def mapping(value: Any) -> dict[str, Any]:
    """An object, as it is."""
    if not isinstance(value, dict):
        raise Unfit("an object is expected")
    return value


def quantity(value: Any) -> tuple[int, str]:
    """A counted number with its precision."""
    found = mapping(value)
    return amount(found.get("value")), one_of(*_PRECISIONS)(found.get("precision"))


def gathering(value: Any) -> tuple[str, str]:
    """The kind and the id of what people took part in."""
    found = mapping(value)
    return one_of("interview", "workshop", "other", "collective")(found.get("kind")), text(found.get("id"))


def fields(data: Mapping[str, Any], wanted: Mapping[str, Reader], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The wanted fields of an object, each as its reader gives it; a name that ends in `?` may be absent.

    An absent field has its default. Raises Unfit, naming the field. A null is not an absent field: fields without a
    value are left out.
    """
    found = {}
    for name, reader in wanted.items():
        plain = name.removesuffix("?")
        if plain in data:
            try:
                found[plain] = reader(data[plain])
            except Unfit as why:
                raise Unfit(f"{plain}: {why}") from None
        elif plain in defaults:
            found[plain] = defaults[plain]
        elif plain == name:
            raise Unfit(f"{plain} is missing")
    return found
