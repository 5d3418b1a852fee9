"""Which objects an event is about, by the templates of the contracts: the same data every reader uses."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from shared import contracts

_OWNER: Final = "{owner}"
_FIELD: Final = re.compile(r"\{([a-z_.]+)(\[\])?\}")


class _Template(NamedTuple):
    """`head` + the value at `path`, or each of its values if `many`; a template without a field has no path."""

    head: str
    path: tuple[str, ...]
    many: bool


@cache
def owned_kinds() -> frozenset[str]:
    """The kinds of objects that belong to a member: their names have the owner behind the kind."""
    said = (template for about in contracts.events().values() for template in about["entities"])
    plain = (alternative.partition("/") for template in said for alternative in template.split("|"))
    return frozenset(kind for kind, _, rest in plain if rest.startswith(_OWNER) and "{" not in kind)


@lru_cache(maxsize=65_536)
def _templates(kind: str, owner: str) -> tuple[tuple[tuple[_Template | str, ...], ...], ...]:
    """Of each entity of a type: its alternatives, each the parts that follow one another."""
    said = contracts.events().get(kind, {}).get("entities", ())
    named = (template.replace(_OWNER, owner) for template in said)
    return tuple(tuple(_parts(alternative) for alternative in template.split("|")) for template in named)


def _parts(template: str) -> tuple[_Template | str, ...]:
    parts: list[_Template | str] = []
    at = 0
    for match in _FIELD.finditer(template):
        parts.append(_Template(template[at : match.start()], tuple(match[1].split(".")), bool(match[2])))
        at = match.end()
    return (*parts, template[at:])


@lru_cache(maxsize=65_536)
def _single(kind: str, owner: str) -> tuple[str, str] | None:
    """`(head, field)` of a type with one entity named by one field at the end of its template: most are."""
    match _templates(kind, owner):
        case (((_Template(head, (field,), False), ""),),):
            return head, field
    return None


def entities(kind: str, data: Mapping[str, Any], owner: str) -> list[str]:
    """The names of the entities of an event that `owner`'s producer recorded, sorted; empty for an unknown type."""
    single = _single(kind, owner)
    if single is not None:
        head, field = single
        value = data.get(field)
        return [] if value is None else [f"{head}{value}"]
    found: set[str] = set()
    for alternatives in _templates(kind, owner):
        for parts in alternatives:
            names = _expand(parts, data)
            if names:
                found.update(names)
                break
    return sorted(found)


def _expand(parts: tuple[_Template | str, ...], data: Mapping[str, Any]) -> list[str]:
    names = [""]
    for part in parts:
        if isinstance(part, str):
            if part:
                names = [name + part for name in names]
            continue
        value = contracts.at(data, part.path)
        if value is None:
            return []
        values = value if part.many else (value,)
        names = [f"{name}{part.head}{one}" for name in names for one in values]
    return names
