"""Counts by scope and indicator, and beside each declared number how much of it is not exact."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

REGION: Final = "region"
WEAK: Final = ("approx", "at_least")
_SCALE: Final = 10_000


def scaled(value: Decimal | Fraction) -> int:
    """A number in ten-thousandths, rounded half to even."""
    return round(Fraction(value) * _SCALE)


class Tally:
    """What was counted up to one day."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = defaultdict(int)

    def add(self, indicator: str, scopes: Iterable[str], amount: int = 1) -> None:
        """Counts an amount once in each scope."""
        for scope in scopes:
            self._counts[scope, indicator] += amount

    def declare(self, indicator: str, scopes: Iterable[str], amount: int, precision: str) -> None:
        """Counts an amount that was only declared, and apart what of it is `approx` or `at_least`."""
        for scope in scopes:
            self._counts[scope, indicator] += amount
            if precision in WEAK:
                self._counts[scope, f"{indicator}_{precision}"] += amount

    def value(self, scope: str, indicator: str) -> int:
        """The count; 0 if nothing was counted."""
        return self._counts.get((scope, indicator), 0)

    def label(self, scope: str, indicators: Iterable[str]) -> str:
        """The weakest precision among these indicators' numbers: approx, then at_least, then exact."""
        for weak in WEAK:
            for indicator in indicators:
                apart = indicator if indicator.endswith(f"_{weak}") else f"{indicator}_{weak}"
                if self.value(scope, apart):
                    return weak
        return "exact"

    def sums(self, made_of: Mapping[str, tuple[str, ...]]) -> None:
        """Adds indicators that are sums of others, in every scope."""
        for scope in {scope for scope, _ in self._counts}:
            for indicator, parts in made_of.items():
                self._counts[scope, indicator] += sum(self.value(scope, part) for part in parts)
