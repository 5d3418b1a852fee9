"""Counts by scope and indicator, with the weakest precision of the declared numbers among them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

REGION: Final = "region"
_SCALE: Final = Decimal("0.0001")


def scaled(value: Decimal) -> int:
    """A decimal in ten-thousandths, rounded half to even."""
    return int(value.quantize(_SCALE, ROUND_HALF_EVEN).scaleb(4))


class Tally:
    """What was counted up to one day."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = defaultdict(int)
        self._inexact: dict[tuple[str, str, str], int] = defaultdict(int)

    def add(self, indicator: str, scopes: Iterable[str], amount: int = 1) -> None:
        """Counts an amount once in each scope."""
        for scope in scopes:
            self._counts[scope, indicator] += amount

    def declare(self, indicator: str, scopes: Iterable[str], amount: int, precision: str) -> None:
        """Counts an amount that was only declared, and remembers how precise it is."""
        for scope in scopes:
            self._counts[scope, indicator] += amount
            self._inexact[scope, indicator, precision] += amount

    def value(self, scope: str, indicator: str) -> int:
        """The count; 0 if nothing was counted."""
        return self._counts.get((scope, indicator), 0)

    def label(self, scope: str, indicators: Iterable[str]) -> str:
        """The weakest precision among these indicators' numbers: approx, then at_least, then exact."""
        for weak in ("approx", "at_least"):
            if any(self._inexact.get((scope, indicator, weak), 0) for indicator in indicators):
                return weak
        return "exact"

    def sums(self, made_of: Mapping[str, tuple[str, ...]]) -> None:
        """Adds indicators that are sums of others, in every scope."""
        for scope in {scope for scope, _ in self._counts}:
            for indicator, parts in made_of.items():
                self._counts[scope, indicator] += sum(self.value(scope, part) for part in parts)
