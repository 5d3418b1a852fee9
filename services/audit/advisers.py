"""Advisers: appointed by a member and assigned to an accompaniment or a project."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.audit.facts import Fact
from services.audit.tally import REGION, Tally, scaled

_STEPS = ("AdviserAppointed", "AdviserDeparted", "AdviserAssigned", "AdviserUnassigned")


@dataclass(slots=True)
class _Standing:
    """One adviser at the end of a day: share by appointing member, territories by what they are assigned to."""

    appointed: dict[str, Decimal] = field(default_factory=dict)
    assigned: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def take(self, fact: Fact) -> None:
        match fact.kind.split(".")[1]:
            case "AdviserAppointed":
                self.appointed[fact.data["member_id"]] = fact.data["share"]
            case "AdviserDeparted":
                self.appointed.pop(fact.data["member_id"], None)
            case "AdviserAssigned":
                self.assigned[_purpose(fact)] = fact.territories
            case _:
                self.assigned.pop(_purpose(fact), None)

    def scopes(self) -> set[str]:
        """Where the adviser is counted."""
        if not self.appointed or not self.assigned:
            return set()
        return {REGION, *(f"member/{one}" for one in self.appointed)}.union(*self.assigned.values())


def _purpose(fact: Fact) -> tuple[str, str]:
    for name in ("accompaniment_id", "project_id"):
        if name in fact.data:
            return name, fact.data[name]
    return "", ""


def count(live: Mapping[str, list[Fact]], day: date, tally: Tally) -> None:
    """Adds what advisers come to at the end of a day."""
    stories: dict[str, list[Fact]] = defaultdict(list)
    for step in _STEPS:
        for fact in live.get(f"ideation.{step}.v1", []):
            if fact.day <= day:
                stories[fact.data["adviser_id"]].append(fact)
    for story in stories.values():
        _one(sorted(story, key=lambda fact: fact.happened), tally)
    for fact in live.get("ideation.AdviserBatchDeclared.v1", []):
        if fact.day <= day:
            scopes = {REGION, *fact.territories}
            if "member_id" in fact.data:
                scopes.add(f"member/{fact.data['member_id']}")
            tally.declare("advisers_declared", scopes, *fact.data["count"])


def _one(story: list[Fact], tally: Tally) -> None:
    """Lives one adviser's story day by day; only the end of a day counts."""
    standing, ever = _Standing(), set[str]()
    for fact, following in zip(story, [*story[1:], None], strict=True):
        standing.take(fact)
        if following is None or following.day != fact.day:
            ever |= standing.scopes()
    tally.add("advisers_ever", ever)
    tally.add("advisers_identified", standing.scopes())
    if standing.scopes():
        for member, share in standing.appointed.items():
            tally.add("advisers_fte", [REGION, f"member/{member}"], scaled(share))
