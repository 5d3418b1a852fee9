"""The five headline figures: which indicators they are made of, and how their values are put together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from services.gateway.indicators import Indicator, catalogue


@dataclass(frozen=True, slots=True)
class Headline:
    """One headline: its summands, what is shown beside it, and the indicator that replaces a part in its low bound."""

    id: str
    parts: tuple[str, ...]
    beside: tuple[str, ...] = ()
    low: Mapping[str, str] | None = None


HEADLINES: Final = (
    Headline(
        "advisers_mobilised",
        ("advisers_identified", "advisers_declared"),
        ("advisers_mobilised_ever", "advisers_fte"),
    ),
    Headline(
        "territories_accompanied",
        ("territories_epci", "territories_not_epci"),
        ("accompaniments_total", "territories_with_project"),
    ),
    Headline(
        "projects_completed_or_nearing",
        ("projects_completed", "projects_nearing", "projects_declared"),
        ("projects_opened", "projects_qualified", "projects_launching"),
    ),
    Headline(
        "actors_mobilised",
        ("actors_identified", "actors_declared"),
        ("actor_organisations",),
        {"actors_declared": "actors_declared_low"},
    ),
    Headline(
        "jobs_created",
        ("jobs_recorded", "jobs_declared"),
        (
            "jobs_alive",
            "jobs_fte_alive",
            "jobs_fte_unknown",
            "jobs_lost",
            "jobs_consolidated",
            "jobs_created_or_consolidated",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Amount:
    """One indicator's value; `precision` is the weakest label among what it counts."""

    indicator: Indicator
    value: int
    precision: str


@dataclass(frozen=True, slots=True)
class Total:
    """One headline at a date: `low` ≤ `value` ≤ `high`, and `value` is the sum of `parts`."""

    indicator: Indicator
    value: int
    low: int
    high: int
    precision: str
    parts: tuple[Amount, ...]
    beside: tuple[Amount, ...]


# What is a sum of others, each post or person in one of them only, and has no rows of its own.
_PARTS: Final = {
    **{one.id: one.parts for one in HEADLINES},
    "jobs_created_or_consolidated": ("jobs_recorded", "jobs_declared", "jobs_consolidated"),
}


# What has rows of its own and holds amounts whose labels are kept under another name.
_LABELLED: Final = {
    **{low: (part,) for one in HEADLINES for part, low in (one.low or {}).items()},
    "advisers_mobilised_ever": ("advisers_declared",),
}


def complete(values: Mapping[str, int]) -> dict[str, int]:
    """The values with each sum made of its parts: sums over values hold for changes too."""
    return {**values, **{name: sum(values.get(part, 0) for part in parts) for name, parts in _PARTS.items()}}


def needed(names: Iterable[str]) -> set[str]:
    """The indicators with rows of their own that the values of these are made of."""
    return {part for name in names for part in _PARTS.get(name, (name,))}


def precision(name: str, values: Mapping[str, int]) -> str:
    """`approx` if any live amount is, else `at_least` if any is, else `exact`.

    Of a sum that of its parts, of a low bound that of what it bounds; amounts kept apart by label have that label.
    """
    summands = _PARTS.get(name) or _LABELLED.get(name, (name,))
    for label in ("approx", "at_least"):
        apart = (one if one.endswith(f"_{label}") else f"{one}_{label}" for one in summands)
        if any(values.get(one, 0) for one in apart):
            return label
    return "exact"


def amount(name: str, values: Mapping[str, int]) -> Amount:
    """The value of one indicator of the catalogue among the values of a scope."""
    return Amount(catalogue()[name], values.get(name, 0), precision(name, values))


def totals(values: Mapping[str, int]) -> list[Total]:
    """The five headlines from the values of a scope at a day."""
    whole = complete(values)
    return [_total(headline, whole) for headline in HEADLINES]


def _total(headline: Headline, values: Mapping[str, int]) -> Total:
    parts = tuple(amount(name, values) for name in headline.parts)
    value = sum(part.value for part in parts)
    low = value
    for name, bound in (headline.low or {}).items():
        low += values.get(bound, 0) - values.get(name, 0)
    beside = tuple(amount(name, values) for name in headline.beside)
    return Total(catalogue()[headline.id], value, low, value, precision(headline.id, values), parts, beside)
