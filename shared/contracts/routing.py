"""Which objects an event is about, by the templates of the contracts: the same data every reader uses."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from shared import contracts

_FIELD: Final = re.compile(r"\{([a-z_.]+)(\[\])?\}")


@cache
def _templates(kind: str) -> tuple[str, ...]:
    return tuple(contracts.events().get(kind, {}).get("entities", ()))


def entities(kind: str, data: Mapping[str, Any]) -> list[str]:
    """The names of the entities of an event, sorted; empty for a type the contracts do not know."""
    found: set[str] = set()
    for template in _templates(kind):
        for alternative in template.split("|"):
            names = _expand(alternative, data)
            if names:
                found |= set(names)
                break
    return sorted(found)


def _expand(template: str, data: Mapping[str, Any]) -> list[str]:
    names = [template]
    for match in _FIELD.finditer(template):
        value: Any = data
        for part in match[1].split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        values = value if match[2] else [value]
        if not values or values == [None]:
            return []
        names = [name.replace(match[0], str(v)) for name in names for v in values]
    return names
