"""Advisers: each member's records hold for that member; a person is one, however many members count it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from services.audit.facts import Fact
from services.audit.living import Living
from services.audit.tally import REGION, Tally, scaled

COUNTED: Final = ("advisers_identified", "advisers_fte")
DECLARED: Final = ("advisers_declared",)
# Persons ever counted: with those declared they make `advisers_mobilised_ever`.
EVER: Final = "advisers_ever"
_STEPS: Final = ("AdviserAppointed", "AdviserDeparted", "AdviserAssigned", "AdviserUnassigned")


@dataclass(slots=True)
class _Standing:
    """One adviser with one member at the end of a day: the share of the post, and the places of each assignment."""

    member: str
    share: Decimal | None = None
    assigned: dict[tuple[str | None, str | None], set[str]] = field(default_factory=dict)

    def take(self, fact: Fact) -> None:
        purpose = fact.data.get("accompaniment_id"), fact.data.get("project_id")
        match fact.name:
            case "ideation.AdviserAppointed":
                self.share = fact.data["share"]
            case "ideation.AdviserDeparted":
                self.share = None
            case "ideation.AdviserAssigned":
                self.assigned[purpose] = fact.territories
            case _:
                self.assigned.pop(purpose, None)

    def scopes(self) -> set[str]:
        """Where the adviser is counted for this member."""
        if self.share is None or not self.assigned:
            return set()
        return {REGION, f"member/{self.member}"}.union(*self.assigned.values())


def count(living: Living, day: date, tally: Tally) -> None:
    """Adds what advisers come to at the end of a day."""
    now: dict[str, set[str]] = defaultdict(set)
    ever: dict[str, set[str]] = defaultdict(set)
    for (member, adviser), story in _stories(living, day).items():
        standing = _Standing(member)
        ever[adviser] |= _lived(standing, story)
        scopes = standing.scopes()
        now[adviser] |= scopes
        if scopes and standing.share is not None:
            tally.add("advisers_fte", (REGION, f"member/{member}"), scaled(standing.share))
    for scopes in now.values():
        tally.add("advisers_identified", scopes)
    for scopes in ever.values():
        tally.add(EVER, scopes)
    _declared(living, day, tally)


def _stories(living: Living, day: date) -> dict[tuple[str, str], list[Fact]]:
    """What each member told of each adviser up to a day, in order."""
    found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for step in _STEPS:
        for fact in living.of(f"ideation.{step}"):
            if fact.day <= day:
                found[fact.own("adviser_id")].append(fact)
    return {name: sorted(story, key=lambda fact: fact.happened) for name, story in found.items()}


def _lived(standing: _Standing, story: Sequence[Fact]) -> set[str]:
    """Lives a story day by day, and gives every scope where it was counted; only the end of a day counts."""
    ever: set[str] = set()
    for fact, following in zip(story, [*story[1:], None], strict=True):
        standing.take(fact)
        if following is None or following.day != fact.day:
            ever |= standing.scopes()
    return ever


def _declared(living: Living, day: date, tally: Tally) -> None:
    for fact in living.of("ideation.AdviserBatchDeclared"):
        if fact.day <= day:
            scopes = {REGION, *fact.territories}
            if "member_id" in fact.data:
                scopes.add(f"member/{fact.data['member_id']}")
            tally.declare("advisers_declared", scopes, *fact.data["count"])
