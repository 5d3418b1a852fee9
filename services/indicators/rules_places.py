"""Territories, batches, and what is counted once per object."""

from collections.abc import Sequence
from typing import Final

from services.indicators.facts import Fact
from services.indicators.tally import REGION, Tally, places, scopes

ADMITTED: Final = "ideation.TerritoryAdmitted.v1"


def territory(entity: str, facts: Sequence[Fact], tally: Tally) -> None:
    """An accompaniment subject counts once, from its first admission."""
    admitted = [f for f in facts if f.type == ADMITTED]
    if not admitted:
        return
    first = min(f.day for f in admitted)
    here = [REGION, entity]
    kind = "territories_epci" if _epci(facts) else "territories_not_epci"
    for indicator in ("territories_accompanied", kind):
        tally.add(indicator, here, first)
        for member, day in _operators(facts).items():
            tally.add(indicator, [f"member/{member}"], day)
    for accompaniment in {f.data["accompaniment_id"] for f in admitted}:
        its = [f for f in facts if f.data.get("accompaniment_id") == accompaniment]
        tally.add("accompaniments_total", here, min(f.day for f in its if f.type == ADMITTED))
        for member, day in _operators(its).items():
            tally.add("accompaniments_total", [f"member/{member}"], day)
    opened = [f.day for f in facts if f.type == "projects.ProjectOpened.v1"]
    if opened:
        tally.add("territories_with_project", here, max(first, min(opened)))


def _epci(facts: Sequence[Fact]) -> bool:
    links = (f.data.get("epci_links", ()) for f in facts if f.type == "ideation.TerritoryRegistered.v1")
    return any(link["relation"] in ("is", "part") for its in links for link in its)


def _operators(facts: Sequence[Fact]) -> dict[str, int]:
    """The first day on which each member operates."""
    first: dict[str, int] = {}
    for fact in facts:
        members: list[str] = []
        if fact.type == ADMITTED:
            members = [o["member_id"] for o in fact.data.get("operators", ())]
        elif fact.type == "ideation.OperatorAssigned.v1":
            members = [fact.data["member_id"]]
        for member in members:
            first[member] = min(fact.day, first.get(member, fact.day))
    return first


_STAGES: Final = {
    "completed": "projects_completed",
    "nearing": "projects_nearing",
    "completed_or_nearing": "projects_declared",
}


def batch(entity: str, facts: Sequence[Fact], tally: Tally) -> None:
    """Numbers without identity, in the region and the territories they name."""
    for fact in facts:
        count = fact.data.get("count")
        if count is None:
            continue
        where, value, precision = places(fact), count["value"], count["precision"]
        match fact.type:
            case "ideation.AdviserBatchDeclared.v1":
                if "member_id" in fact.data:
                    where.append(f"member/{fact.data['member_id']}")
                tally.add_declared("advisers_declared", where, fact.day, value, precision)
                tally.add("advisers_mobilised_ever", where, fact.day, value)
            case "ideation.IdeaBatchDeclared.v1":
                tally.add_declared("ideas_declared", where, fact.day, value, precision)
            case "projects.ProjectBatchDeclared.v1":
                tally.add_declared(_STAGES[fact.data["stage"]], where, fact.day, value, precision)
            case "projects.JobBatchDeclared.v1":
                created = fact.data["kind"] == "created"
                tally.add_declared(
                    "jobs_declared" if created else "jobs_consolidated", where, fact.day, value, precision
                )
                tally.add("jobs_created_or_consolidated", where, fact.day, value)


_ONCE: Final = {
    "ideation.IdeaProposed.v1": "ideas_identified",
    "ideation.NeedCharacterised.v1": "needs_recorded",
    "ideation.InterviewHeld.v1": "interviews_held",
    "ideation.WorkshopHeld.v1": "workshops_held",
}


def once(entity: str, facts: Sequence[Fact], tally: Tally) -> None:
    """An idea, a need, an interview, a workshop: one from its first day."""
    for kind, indicator in _ONCE.items():
        mine = [f for f in facts if f.type == kind]
        if mine:
            first = min(mine, key=lambda f: (f.day, f.order))
            tally.add(indicator, scopes(first), first.day)
