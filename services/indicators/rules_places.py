"""Territories, batches, and what is counted once per object."""

from collections.abc import Sequence
from typing import Final

from services.indicators.facts import Fact
from services.indicators.tally import REGION, Tally, earliest, first_of, places, scopes

ADMITTED: Final = "ideation.TerritoryAdmitted.v1"


def territory(entity: str, facts: Sequence[Fact], tally: Tally) -> None:
    """An accompaniment subject counts once, from its first admission."""
    admitted = [f for f in facts if f.type == ADMITTED]
    first = first_of(admitted)
    if first is None:
        return
    here = [REGION, entity]
    kind = "territories_epci" if _epci(facts) else "territories_not_epci"
    for indicator in ("territories_accompanied", kind):
        tally.add(indicator, here, first.day, first)
        for scope, fact in earliest(facts, _operators).items():
            tally.add(indicator, (scope,), fact.day, fact)
    for accompaniment, begun in earliest(admitted, lambda f: (f.data["accompaniment_id"],)).items():
        tally.add("accompaniments_total", here, begun.day, begun)
        its = [f for f in facts if f.data.get("accompaniment_id") == accompaniment]
        for scope, fact in earliest(its, _operators).items():
            tally.add("accompaniments_total", (scope,), fact.day, fact)
    opened = first_of(f for f in facts if f.type == "projects.ProjectOpened.v1")
    if opened is not None:
        last = max(first, opened, key=lambda f: (f.day, f.order))
        tally.add("territories_with_project", here, last.day, last)


def _epci(facts: Sequence[Fact]) -> bool:
    links = (f.data.get("epci_links", ()) for f in facts if f.type == "ideation.TerritoryRegistered.v1")
    return any(link["relation"] in ("is", "part") for its in links for link in its)


def _operators(fact: Fact) -> list[str]:
    """The scopes of the members that a fact makes operators."""
    if fact.type == ADMITTED:
        return [f"member/{o['member_id']}" for o in fact.data.get("operators", ())]
    if fact.type == "ideation.OperatorAssigned.v1":
        return [f"member/{fact.data['member_id']}"]
    return []


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
                tally.add_declared("advisers_declared", where, fact, value, precision)
                tally.add("advisers_mobilised_ever", where, fact.day, fact, value)
            case "ideation.IdeaBatchDeclared.v1":
                tally.add_declared("ideas_declared", where, fact, value, precision)
            case "projects.ProjectBatchDeclared.v1":
                tally.add_declared(_STAGES[fact.data["stage"]], where, fact, value, precision)
            case "projects.JobBatchDeclared.v1":
                created = fact.data["kind"] == "created"
                tally.add_declared("jobs_declared" if created else "jobs_consolidated", where, fact, value, precision)
                tally.add("jobs_created_or_consolidated", where, fact.day, fact, value)


_ONCE: Final = {
    "idea": ("ideation.IdeaProposed.v1", "ideas_identified"),
    "need": ("ideation.NeedCharacterised.v1", "needs_recorded"),
    "interview": ("ideation.InterviewHeld.v1", "interviews_held"),
    "workshop": ("ideation.WorkshopHeld.v1", "workshops_held"),
}


def once(entity: str, facts: Sequence[Fact], tally: Tally) -> None:
    """An idea, a need, an interview, a workshop: one from its first day."""
    kind, indicator = _ONCE[entity.partition("/")[0]]
    first = first_of(f for f in facts if f.type == kind)
    if first is not None:
        tally.add(indicator, scopes(first), first.day, first)
