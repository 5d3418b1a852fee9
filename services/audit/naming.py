"""The names of the objects that a record concerns, from the templates of the contracts."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from shared import contracts

_FIELD: Final = re.compile(r"\{([a-z_.]+)(\[\])?\}")
# Objects that belong to a member, which their names say behind the kind.
OWNED: Final = frozenset(
    ("activity", "batch", "headcount", "idea", "interview", "job", "need", "other", "project", "workshop")
)


def entities(kind: str, member: str, data: Mapping[str, Any]) -> frozenset[str]:
    """The objects of an event of this type in a record of this member; none for a type without a contract."""
    found: set[str] = set()
    for alternatives in _templates(kind):
        found.update(next((names for one in alternatives if (names := _names(one, member, data))), ()))
    return frozenset(found)


def is_foreign(entity: str, member: str) -> bool:
    """Whether an object's name says that it belongs to another member."""
    kind, _, rest = entity.partition("/")
    return kind in OWNED and rest.partition("/")[0] != member


@cache
def _templates(kind: str) -> tuple[tuple[str, ...], ...]:
    said = contracts.events().get(kind, {}).get("entities", ())
    return tuple(tuple(template.split("|")) for template in said)


def _names(template: str, member: str, data: Mapping[str, Any]) -> list[str]:
    """The names that one template gives: none if it lacks a value, several if a value is a list."""
    names, at = [""], 0
    for field in _FIELD.finditer(template):
        values = [member] if field[1] == "owner" else list(_values(field[1], data))
        names = [f"{name}{template[at : field.start()]}{value}" for name in names for value in values]
        at = field.end()
    return [name + template[at:] for name in names]


def _values(path: str, data: Mapping[str, Any]) -> Iterator[str]:
    value: Any = data
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, str):
            yield one
