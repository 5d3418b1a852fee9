"""The pure heart: from one entity's facts to dated contributions. No database, no loop, no clock."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from services.indicators.facts import Fact, live
from services.indicators.rules_people import actor, adviser, headcounts
from services.indicators.rules_places import batch, once, territory
from services.indicators.rules_projects import project
from services.indicators.tally import Contributions, Key, Tally

Rule = Callable[[str, Sequence[Fact], Tally], None]
RULES: Final[Mapping[str, Rule]] = {
    "adviser": adviser,
    "actor": actor,
    "accompaniment": headcounts,
    "headcount": headcounts,
    "territory": territory,
    "batch": batch,
    "project": project,
    "idea": once,
    "need": once,
    "interview": once,
    "workshop": once,
}


def contributions(entity: str, facts: Iterable[Fact]) -> dict[Key, int]:
    """What an entity adds by indicator, scope, day and cause, from the set of its facts, in any order."""
    rule = RULES.get(entity.split("/", 1)[0])
    if rule is None:
        return {}
    tally = Tally()
    rule(entity, live(facts), tally)
    return tally.result()


def difference(before: Contributions, after: Contributions) -> dict[Key, int]:
    """What has changed from one set of contributions to the next; the same road for everything that happens."""
    if not before:
        return dict(after)
    if before == after:
        return {}
    changed = {key: amount - before.get(key, 0) for key, amount in after.items() if amount != before.get(key)}
    if not before.keys() <= after.keys():
        changed.update({key: -amount for key, amount in before.items() if key not in after})
    return changed
