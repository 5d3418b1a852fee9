"""What the rules write into: amounts by indicator, scopes and day, all integers."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeVar

from services.indicators.facts import AnyFact, Fact
from services.indicators.heard import Placed

# Indicator, the scopes in which the amount counts, day (ordinal), the record that says it (source and sequence), and
# whether it is known to have happened in the month of that day.
Scopes = tuple[str, ...]
Key = tuple[str, Scopes, int, str, int, bool]
Contributions = Mapping[Key, int]
REGION: Final = "region"

S = TypeVar("S", bound=Placed)


class Tally:
    """Sums amounts by indicator, scopes, day and cause; what sums to nothing is not there."""

    def __init__(self) -> None:
        self._amounts: dict[Key, int] = {}

    def add(
        self,
        indicator: str,
        scopes: Scopes,
        cause: AnyFact,
        amount: int = 1,
        *,
        day: int | None = None,
        dated: bool | None = None,
    ) -> None:
        """Adds `amount` in each scope because of `cause`, from its day on; or from another, dated or not as told."""
        if day is None:
            day = cause.day
        if dated is None:
            dated = cause.dated
        key = (indicator, scopes, day, cause.source, cause.sequence, dated)
        self._amounts[key] = self._amounts.get(key, 0) + amount

    def add_declared(
        self, indicator: str, scopes: Scopes, cause: AnyFact, amount: int, precision: str, since: AnyFact | None = None
    ) -> None:
        """The same for a number declared by `cause`, also under its weaker label. `since`: whose day it counts from."""
        since = since or cause
        for name in (indicator,) if precision == "exact" else (indicator, f"{indicator}_{precision}"):
            self.add(name, scopes, cause, amount, day=since.day, dated=since.dated)

    def result(self) -> dict[Key, int]:
        """The contributions that are not zero."""
        amounts = self._amounts
        return {key: amount for key, amount in amounts.items() if amount} if 0 in amounts.values() else amounts


def places(fact: AnyFact) -> Scopes:
    """The region and the territories that a fact names."""
    return _places(fact.said.territory_ids)


def scopes(fact: AnyFact) -> Scopes:
    """The region, the fact's territories, and the member whose service recorded it."""
    return _with_member(fact.said.territory_ids, fact.member)


@lru_cache(maxsize=65_536)
def _places(territories: tuple[str, ...]) -> Scopes:
    return (REGION, *(f"territory/{t}" for t in dict.fromkeys(territories)))


@lru_cache(maxsize=65_536)
def _with_member(territories: tuple[str, ...], member: str) -> Scopes:
    return (*_places(territories), f"member/{member}")


def standing(fact: AnyFact) -> tuple[int, str, int]:
    """Where a fact stands in order: by day, then by producer and sequence; never by arrival, never by a clock."""
    return fact.day, fact.source, fact.sequence


def ordered(facts: Collection[Fact[S]]) -> Sequence[Fact[S]]:
    """In their order."""
    return list(facts) if len(facts) < 2 else sorted(facts, key=standing)


def first_of(facts: Sequence[Fact[S]]) -> Fact[S] | None:
    """The one that stands first in that order."""
    if len(facts) < 2:
        return facts[0] if facts else None
    return min(facts, key=standing)


def later(*facts: AnyFact) -> AnyFact:
    """The one that stands last in that order."""
    return max(facts, key=standing)


def firsts(facts: Collection[Fact[S]], names: Callable[[Fact[S]], Scopes]) -> Iterator[tuple[Fact[S], Scopes]]:
    """Each fact with those of its names that no fact before it has, in that order."""
    seen: set[str] = set()
    if len(facts) == 1:
        (only,) = facts
        yield only, names(only)
        return
    for fact in ordered(facts):
        its = names(fact)
        fresh = its if seen.isdisjoint(its) else tuple(name for name in its if name not in seen)
        if fresh:
            seen.update(fresh)
            yield fact, fresh
