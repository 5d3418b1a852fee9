"""What the rules write into: amounts by indicator, scope and day, all integers."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from services.indicators.facts import Fact

# Indicator, scope, day (ordinal), and the record that says it: source and sequence.
Key = tuple[str, str, int, str, int]
Contributions = Mapping[Key, int]
REGION = "region"


class Tally:
    """Sums amounts by indicator, scope, day and cause; what sums to nothing is not there."""

    def __init__(self) -> None:
        self._amounts: defaultdict[Key, int] = defaultdict(int)

    def add(self, indicator: str, scopes: Iterable[str], day: int, cause: Fact, amount: int = 1) -> None:
        """Adds `amount` in each scope from `day` on, because of `cause`."""
        amounts, source, sequence = self._amounts, cause.source, cause.sequence
        for scope in scopes:
            amounts[indicator, scope, day, source, sequence] += amount

    def add_declared(self, indicator: str, scopes: Iterable[str], cause: Fact, amount: int, precision: str) -> None:
        """The same for a number declared by `cause`, from its day on, also under its weaker label."""
        where = list(scopes)
        self.add(indicator, where, cause.day, cause, amount)
        if precision != "exact":
            self.add(f"{indicator}_{precision}", where, cause.day, cause, amount)

    def result(self) -> dict[Key, int]:
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


def ordered(facts: Collection[Fact]) -> list[Fact]:
    """By day, then by content: never by arrival."""
    if len(facts) < 2:
        return list(facts)
    return sorted(facts, key=lambda f: (f.day, f.order))


def first_of(facts: Iterable[Fact]) -> Fact | None:
    """The one that stands first in that order."""
    return min(facts, key=lambda f: (f.day, f.order), default=None)


def earliest(facts: Iterable[Fact], key: Callable[[Fact], Iterable[str]]) -> dict[str, Fact]:
    """By each name that `key` reads from a fact: the first fact with it."""
    found: dict[str, Fact] = {}
    for fact in facts:
        for name in key(fact):
            other = found.get(name)
            if other is None or (fact.day, fact.order) < (other.day, other.order):
                found[name] = fact
    return found
