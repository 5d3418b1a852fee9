"""What the rules write into: amounts by indicator, scope and day, all integers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from services.indicators.facts import Fact

Contributions = Mapping[tuple[str, str, int], int]
REGION = "region"


class Tally:
    """Sums amounts by (indicator, scope, day); what sums to nothing is not there."""

    def __init__(self) -> None:
        self._amounts: defaultdict[tuple[str, str, int], int] = defaultdict(int)

    def add(self, indicator: str, scopes: Iterable[str], day: int, amount: int = 1) -> None:
        """Adds `amount` in each scope from `day` on."""
        amounts = self._amounts
        for scope in scopes:
            amounts[indicator, scope, day] += amount

    def add_declared(self, indicator: str, scopes: Iterable[str], day: int, amount: int, precision: str) -> None:
        """The same for a declared number, also under its weaker label."""
        where = list(scopes)
        self.add(indicator, where, day, amount)
        if precision != "exact":
            self.add(f"{indicator}_{precision}", where, day, amount)

    def result(self) -> dict[tuple[str, str, int], int]:
        """The contributions that are not zero."""
        return {key: amount for key, amount in self._amounts.items() if amount}


def places(fact: Fact) -> list[str]:
    """The region and the territories that a fact names."""
    named = fact.data.get("territory_ids")
    if not named:
        return [REGION]
    if len(named) == 1:
        return [REGION, f"territory/{named[0]}"]
    return [REGION, *[f"territory/{t}" for t in dict.fromkeys(named)]]


def scopes(fact: Fact) -> list[str]:
    """The region, the fact's territories, and the member whose service recorded it."""
    return [*places(fact), f"member/{fact.member}"]


def ordered(facts: Iterable[Fact]) -> list[Fact]:
    """By day, then by content: never by arrival."""
    return sorted(facts, key=lambda f: (f.day, f.order))
