"""The five headline figures with their parts and bounds, counted anew from all facts at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.audit import actors, advisers, jobs, places, projects
from services.audit.facts import Facts
from services.audit.tally import Tally

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "advisers_mobilised": ("advisers_identified", "advisers_declared"),
    "territories_accompanied": ("territories_epci", "territories_not_epci"),
    "projects_completed_or_nearing": ("projects_completed", "projects_nearing", "projects_declared"),
    "actors_mobilised": ("actors_identified", "actors_declared"),
    "jobs_created": ("jobs_recorded", "jobs_declared"),
}
BESIDE: Final = (
    "advisers_mobilised_ever",
    "advisers_fte",
    "accompaniments_total",
    "territories_with_project",
    "projects_opened",
    "projects_qualified",
    "projects_launching",
    "actor_organisations",
    "jobs_alive",
    "jobs_fte_alive",
    "jobs_fte_unknown",
    "jobs_lost",
    "jobs_consolidated",
    "jobs_created_or_consolidated",
)
_LOW: Final = {"actors_mobilised": ("actors_identified", "actors_declared_low")}
_SUMS: Final = {
    **PARTS,
    "advisers_mobilised_ever": ("advisers_ever", "advisers_declared"),
    "jobs_created_or_consolidated": ("jobs_recorded", "jobs_declared", "jobs_consolidated"),
}
HEADLINES: Final = tuple(PARTS)
SHOWN: Final = (*HEADLINES, *(part for parts in PARTS.values() for part in parts), *BESIDE)


@dataclass(frozen=True, slots=True)
class Figures:
    """One scope at one day: values by indicator, (low, high) by headline, precision by headline and part."""

    values: Mapping[str, int]
    bounds: Mapping[str, tuple[int, int]]
    precision: Mapping[str, str]


class Recount:
    """All scopes at the end of one day, from the records up to one position."""

    def __init__(self, facts: Facts, position: Mapping[str, int], day: date) -> None:
        self._tally = Tally()
        live = facts.live(position)
        for rules in (advisers, places, projects, actors, jobs):
            rules.count(live, day, self._tally)
        self._tally.sums(_SUMS)

    def figures(self, scope: str) -> Figures:
        """The figures of the region, of `territory/<id>` or of `member/<id>`; nothing counted is 0."""
        tally = self._tally
        values = {name: tally.value(scope, name) for name in SHOWN}
        bounds, precision = {}, {}
        for name, parts in PARTS.items():
            low = sum(tally.value(scope, part) for part in _LOW.get(name, parts))
            bounds[name] = (low, values[name])
            precision[name] = tally.label(scope, parts)
            precision.update({part: tally.label(scope, (part,)) for part in parts})
        return Figures(values, bounds, precision)
