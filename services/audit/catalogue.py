"""The catalogue of indicators, and which of them are sums of others."""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Final

from shared import contracts

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "advisers_mobilised": ("advisers_identified", "advisers_declared"),
    "territories_accompanied": ("territories_epci", "territories_not_epci"),
    "projects_completed_or_nearing": ("projects_completed", "projects_nearing", "projects_declared"),
    "actors_mobilised": ("actors_identified", "actors_declared"),
    "jobs_created": ("jobs_recorded", "jobs_declared"),
}
# What is always to be read with a headline.
BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "advisers_mobilised": ("advisers_mobilised_ever", "advisers_fte"),
    "territories_accompanied": ("accompaniments_total", "territories_with_project"),
    "projects_completed_or_nearing": ("projects_opened", "projects_qualified", "projects_launching"),
    "actors_mobilised": ("actor_organisations",),
    "jobs_created": (
        "jobs_alive",
        "jobs_lost",
        "jobs_fte_alive",
        "jobs_fte_unknown",
        "jobs_consolidated",
        "jobs_created_or_consolidated",
    ),
}
LOW: Final[Mapping[str, tuple[str, ...]]] = {"actors_mobilised": ("actors_identified", "actors_declared_low")}
SUMS: Final[Mapping[str, tuple[str, ...]]] = {
    **PARTS,
    "advisers_mobilised_ever": ("advisers_ever", "advisers_declared"),
    "jobs_created_or_consolidated": ("jobs_recorded", "jobs_declared", "jobs_consolidated"),
}
# A figure is as sure as what it is made of: which count is the largest depends on all of them.
MADE_OF: Final[Mapping[str, tuple[str, ...]]] = {**SUMS, "actors_declared_low": ("actors_declared",)}


@cache
def indicators() -> tuple[str, ...]:
    """The ids of all indicators that are published."""
    text = (contracts.FOLDER / "indicators.toml").read_text(encoding="utf-8")
    return tuple(sorted(name for name, about in tomllib.loads(text).items() if isinstance(about, dict)))
