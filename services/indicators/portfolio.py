"""The sheets of objects, by what may be seen: pure functions of the same live facts as the figures.

A sheet is made for each level of sight on which what may be seen differs: 0 what is public, 1 what is for partners too,
2 all of it (`api.level` says who stands on which).
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from services.indicators.facts import Held
from services.indicators.sheets import MAKERS
from shared.kernel.texts import sort_key

_LEVELS: Final = {"public": 0, "partners": 1, "member": 2}
_HIGHEST: Final = 2
# Of a title, so that the key can be indexed whatever its letters become.
_LONGEST: Final = 250


class Document(NamedTuple):
    """A sheet as it reads on the levels `lowest` to `highest`, with the key it is sorted by."""

    kind: str
    id: str
    lowest: int
    highest: int
    owner: str
    sort: str
    territories: tuple[str, ...]
    body: Mapping[str, Any]


def documents(entity: str, facts: Held) -> list[Document]:
    """The documents of an entity, by level; none where nothing that may be seen says what it is."""
    kind, _, name = entity.partition("/")
    make, hears = MAKERS[kind]
    facts = {shape: its for shape, its in facts.items() if shape in hears}
    levels = sorted(visibilities(facts))
    found: list[Document] = []
    for at, lowest in enumerate(levels):
        highest = levels[at + 1] - 1 if at + 1 < len(levels) else _HIGHEST
        sheet = make(name, facts if len(levels) == 1 else _seen(facts, lowest))
        if sheet is None:
            continue
        sort = f"{_sorted(sheet.title)}\x1f{name}"
        made = Document(kind, name, lowest, highest, sheet.owner, sort, sheet.territories, sheet.body)
        if found and found[-1]._replace(lowest=lowest, highest=highest) == made:
            made = found.pop()._replace(highest=highest)
        found.append(made)
    return found


@lru_cache(maxsize=8192)
def _sorted(title: str) -> str:
    return sort_key(title)[:_LONGEST]


def visibilities(facts: Held) -> set[int]:
    """The levels from which some fact is seen."""
    return {_LEVELS[fact.said.confidentiality] for its in facts.values() for fact in its}


def _seen(facts: Held, level: int) -> Held:
    return {
        shape: [fact for fact in its if _LEVELS[fact.said.confidentiality] <= level] for shape, its in facts.items()
    }
