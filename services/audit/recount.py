"""Every indicator of the catalogue, counted anew from all facts at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.audit import actors, advisers, jobs, listening, places, projects
from services.audit.catalogue import LOW, MADE_OF, PARTS, SUMS, indicators
from services.audit.hearing import Facts
from services.audit.living import Living
from services.audit.tally import WEAK, Tally

RULES: Final = (advisers, places, projects, actors, jobs, listening)
_DECLARED: Final = frozenset(name for rules in (advisers, projects, actors, jobs, listening) for name in rules.DECLARED)
COUNTED: Final = frozenset(
    (
        *SUMS,
        *(name for rules in RULES for name in rules.COUNTED),
        *_DECLARED,
        *(f"{name}_{weak}" for name in _DECLARED for weak in WEAK),
    )
)


def uncounted(published: Iterable[str]) -> list[str]:
    """The indicators that are published and that nothing here counts."""
    return sorted(set(published) - COUNTED)


def counted(living: Living, day: date, rules: Sequence[Any] = RULES) -> Tally:
    """What living facts come to at the end of a day by these rules, sums included."""
    tally = Tally()
    for one in rules:
        one.count(living, day, tally)
    tally.sums(SUMS)
    return tally


@dataclass(frozen=True, slots=True)
class Figures:
    """One scope at one day: value and precision by indicator, (low, high) by headline."""

    values: Mapping[str, int]
    bounds: Mapping[str, tuple[int, int]]
    precision: Mapping[str, str]


class Recount:
    """All scopes at the end of one day, from the records up to one position."""

    def __init__(self, facts: Facts, position: Mapping[str, int], day: date) -> None:
        living = facts.live(position)
        self._tally: Final = counted(living, day)
        self.scopes: Final = frozenset(living.scopes())
        self.parked: Final = facts.parked_at(position)

    def figures(self, scope: str) -> Figures:
        """The figures of the region, of `territory/<id>` or of `member/<id>`; nothing counted is 0."""
        tally, published = self._tally, COUNTED.intersection(indicators())
        values = {name: tally.value(scope, name) for name in published}
        precision = {name: tally.label(scope, MADE_OF.get(name, (name,))) for name in published}
        bounds = {}
        for name, parts in PARTS.items():
            low = sum(tally.value(scope, part) for part in LOW.get(name, parts))
            bounds[name] = (low, tally.value(scope, name))
        return Figures(values, bounds, precision)
