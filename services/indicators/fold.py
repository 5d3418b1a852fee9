"""The pure heart: from one entity's facts to dated contributions. No database, no loop, no clock."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Final

from services.indicators.facts import Held
from services.indicators.rules_people import actor, adviser, headcounts
from services.indicators.rules_places import territory
from services.indicators.rules_projects import project
from services.indicators.rules_things import batch, idea, interview, need, workshop
from services.indicators.tally import Contributions, Key, Tally

Rule = Callable[[str, Held, Tally], None]
RULES: Final[Mapping[str, Rule]] = {
    "adviser": adviser,
    "actor": actor,
    "accompaniment": headcounts,
    "headcount": headcounts,
    "territory": territory,
    "batch": batch,
    "project": project,
    "idea": idea,
    "need": need,
    "interview": interview,
    "workshop": workshop,
}


def contributions(entity: str, facts: Held) -> dict[Key, int]:
    """What an entity adds by indicator, scopes, day and cause, from those of its facts that hold, in any order."""
    rule = RULES.get(entity.partition("/")[0])
    if rule is None or not facts:
        return {}
    tally = Tally()
    rule(entity, facts, tally)
    return tally.result()


def difference(before: Contributions, after: Contributions) -> Contributions:
    """What has changed from one set of contributions to the next; the same road for everything that happens."""
    if not before:
        return after
    # Scope by scope, so that an amount which only stands in other company now is no change.
    changed: defaultdict[Key, int] = defaultdict(int)
    for some, other, sign in ((after, before, 1), (before, after, -1)):
        for key, amount in some.items():
            if other.get(key) != amount:
                indicator, scopes, day, source, sequence, dated = key
                for scope in scopes:
                    changed[indicator, (scope,), day, source, sequence, dated] += sign * amount
    return {key: amount for key, amount in changed.items() if amount}
