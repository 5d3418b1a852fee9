"""The names of the objects that a record concerns, from the templates of the contracts."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from shared import contracts

_FIELD: Final = re.compile(r"\{([a-z_.]+)(\[\])?\}")
_OWNER: Final = ("owner",)
# Objects that belong to a member, which their names say behind the kind.
OWNED: Final = frozenset(
    ("activity", "batch", "headcount", "idea", "interview", "job", "need", "other", "project", "workshop")
)


def entities(kind: str, member: str, data: Mapping[str, Any]) -> frozenset[str]:
    """The objects of an event of this type in a record of this member; none for a type without a contract."""
    found: set[str] = set()
    for alternatives in _templates(kind):
        found.update(next((names for one in alternatives if (names := one.names(member, data))), ()))
    return frozenset(found)


def is_foreign(entity: str, member: str) -> bool:
    """Whether an object's name says that it belongs to another member."""
    kind, _, rest = entity.partition("/")
    return kind in OWNED and rest.partition("/")[0] != member


@cache
def _templates(kind: str) -> tuple[tuple["_Template", ...], ...]:
    said = contracts.events().get(kind, {}).get("entities", ())
    return tuple(tuple(_Template.of(one) for one in template.split("|")) for template in said)


class _Template:
    """A name with fields in it: the literal text before each field with the path of the field, and the text behind."""

    def __init__(self, parts: tuple[tuple[str, tuple[str, ...]], ...], end: str) -> None:
        self._parts, self._end = parts, end

    @classmethod
    def of(cls, text: str) -> "_Template":
        parts, at = [], 0
        for field in _FIELD.finditer(text):
            parts.append((text[at : field.start()], tuple(field[1].split("."))))
            at = field.end()
        return cls(tuple(parts), text[at:])

    def names(self, member: str, data: Mapping[str, Any]) -> list[str]:
        """The names that it gives: none if it lacks a value, several if a value is a list."""
        names = [""]
        for before, path in self._parts:
            values = [member] if path == _OWNER else _values(path, data)
            names = [f"{name}{before}{value}" for name in names for value in values]
        return [name + self._end for name in names] if self._end else names


def _values(path: tuple[str, ...], data: Mapping[str, Any]) -> list[str]:
    value: Any = data
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
