"""Territories, batches, and what is counted once per object."""

from collections.abc import Sequence
from typing import Final

from services.indicators.facts import AnyFact, those
from services.indicators.heard import Placed
from services.indicators.heard_ideation import (
    Admitted,
    AdviserBatch,
    Characterised,
    IdeaBatch,
    Interview,
    OperatorAssigned,
    Proposed,
    Registered,
    Workshop,
)
from services.indicators.heard_projects import JobBatch, Opened, ProjectBatch
from services.indicators.tally import REGION, Scopes, Tally, first_of, firsts, later, places, scopes


def territory(entity: str, facts: Sequence[AnyFact], tally: Tally) -> None:
    """An accompaniment subject counts once, from its first admission."""
    admitted = those(facts, Admitted)
    first = first_of(admitted)
    if first is None:
        return
    here = (REGION, entity)
    kind = "territories_epci" if _epci(facts) else "territories_not_epci"
    operating = [*admitted, *those(facts, OperatorAssigned)]
    tally.add(kind, here, first.day, first)
    for fact, members in firsts(operating, _operators):
        tally.add(kind, members, fact.day, fact)
    for begun, _ in firsts(admitted, lambda f: (f.said.accompaniment_id,)):
        tally.add("accompaniments_total", here, begun.day, begun)
        its = [f for f in operating if f.said.accompaniment_id == begun.said.accompaniment_id]
        for fact, members in firsts(its, _operators):
            tally.add("accompaniments_total", members, fact.day, fact)
    opened = first_of(those(facts, Opened))
    if opened is not None:
        last = later(first, opened)
        tally.add("territories_with_project", here, last.day, last)


def _epci(facts: Sequence[AnyFact]) -> bool:
    links = (link for f in those(facts, Registered) for link in f.said.epci_links)
    return any(link.relation in ("is", "part") for link in links)


def _operators(fact: AnyFact) -> Scopes:
    """The scopes of the members that a fact makes operators."""
    match fact.said:
        case Admitted(operators=operators):
            return tuple(f"member/{o.member_id}" for o in operators)
        case OperatorAssigned(member_id=member):
            return (f"member/{member}",)
        case _:
            return ()


_STAGES: Final = {
    "completed": "projects_completed",
    "nearing": "projects_nearing",
    "completed_or_nearing": "projects_declared",
}


def batch(entity: str, facts: Sequence[AnyFact], tally: Tally) -> None:
    """Numbers without identity, in the region and the territories they name."""
    for fact in facts:
        where = places(fact)
        match fact.said:
            case AdviserBatch(count=count, member_id=member):
                if member is not None:
                    where = (*where, f"member/{member}")
                tally.add_declared("advisers_declared", where, fact, count.value, count.precision)
                tally.add("advisers_mobilised_ever", where, fact.day, fact, count.value)
            case IdeaBatch(count=count):
                tally.add_declared("ideas_declared", where, fact, count.value, count.precision)
            case ProjectBatch(count=count, stage=stage):
                tally.add_declared(_STAGES[stage], where, fact, count.value, count.precision)
            case JobBatch(count=count, kind=kind):
                indicator = "jobs_declared" if kind == "created" else "jobs_consolidated"
                tally.add_declared(indicator, where, fact, count.value, count.precision)


_ONCE: Final[dict[str, tuple[type[Placed], str]]] = {
    "idea": (Proposed, "ideas_identified"),
    "need": (Characterised, "needs_recorded"),
    "interview": (Interview, "interviews_held"),
    "workshop": (Workshop, "workshops_held"),
}


def once(entity: str, facts: Sequence[AnyFact], tally: Tally) -> None:
    """An idea, a need, an interview, a workshop: one from its first day."""
    shape, indicator = _ONCE[entity.partition("/")[0]]
    first = first_of(those(facts, shape))
    if first is not None:
        tally.add(indicator, scopes(first), first.day, first)
