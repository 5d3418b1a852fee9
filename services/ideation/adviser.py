"""Advisers: appointed by their member, assigned to accompaniments and projects. Each member speaks for itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple, assert_never

from services.ideation.events import (
    AdviserAppointed,
    AdviserAssigned,
    AdviserBatchDeclared,
    AdviserDeparted,
    AdviserUnassigned,
)
from services.ideation.placing import lookups, placed, recording
from shared.kernel.decider import Context, Draft, Events, Known, RecordedEvent, Spec
from shared.kernel.deciding import command, draft, exists, not_before, only
from shared.kernel.refusals import Refused


class Held(NamedTuple):
    """A share of a full post, held since a day; no share any more since then, if None."""

    share: Decimal | None
    since: date


@dataclass(frozen=True, slots=True)
class Adviser:
    """Whether the member has appointed an adviser, and what the adviser is or was assigned to."""

    appointed: Held | None = None
    targets: Mapping[str, Held] = field(default_factory=dict)


AdviserEvent = AdviserAppointed | AdviserDeparted | AdviserAssigned | AdviserUnassigned
EVENTS: Final[tuple[type[AdviserEvent], ...]] = (AdviserAppointed, AdviserDeparted, AdviserAssigned, AdviserUnassigned)


def adviser(past: Events) -> Adviser:
    """An adviser's state after these events."""
    state = Adviser()
    for event in only(past, EVENTS):
        state = _evolve(state, event)
    return state


def _evolve(state: Adviser, event: RecordedEvent[AdviserEvent]) -> Adviser:
    fact = event.fact
    match fact:
        case AdviserAppointed(share=share):
            return replace(state, appointed=Held(share, event.day))
        case AdviserDeparted():
            return replace(state, appointed=Held(None, event.day))
        case AdviserAssigned(share=share):
            return replace(state, targets={**state.targets, _target(fact): Held(share, event.day)})
        case AdviserUnassigned():
            return replace(state, targets={**state.targets, _target(fact): Held(None, event.day)})
        case _:
            assert_never(fact)


def _target(fact: AdviserAssigned | AdviserUnassigned) -> str:
    if fact.accompaniment_id is not None:
        return f"accompaniment/{fact.accompaniment_id}"
    return f"project/{fact.project_id}"


def appoint(fact: AdviserAppointed, state: Adviser, context: Context, known: Known) -> list[Draft]:
    """A member appoints for itself only. Another share is another appointment: after departing, or a correction."""
    _own(fact.member_id, context)
    return _begun(placed(fact, context, known), state.appointed, context)


def depart(fact: AdviserDeparted, state: Adviser, context: Context, known: Known) -> list[Draft]:
    """Only who was appointed departs, not before that."""
    _own(fact.member_id, context)
    if state.appointed is None:
        raise _not_appointed()
    return _ended(placed(fact, context, known), state.appointed, context)


def assign(fact: AdviserAssigned, state: Adviser, context: Context, known: Known) -> list[Draft]:
    """An appointed adviser is assigned to one accompaniment or one project at a time."""
    target = _one_target(fact)
    if state.appointed is None or state.appointed.share is None:
        raise _not_appointed()
    return _begun(placed(fact, context, known), state.targets.get(target), context)


def unassign(fact: AdviserUnassigned, state: Adviser, context: Context, known: Known) -> list[Draft]:
    """Ends an assignment, not before it began."""
    held = state.targets.get(_one_target(fact))
    if held is None:
        raise Refused(
            "adviser.not_assigned",
            "This adviser is not assigned there.",
            "Ce chargé de mission n'y est pas affecté.",
            ("adviser_id",),
        )
    return _ended(placed(fact, context, known), held, context)


def _begun(where: AdviserAppointed | AdviserAssigned, before: Held | None, context: Context) -> list[Draft]:
    if before is None:
        return [draft(where)]
    if before.share is None:
        _in_order(context, before.since)
        return [draft(where)]
    if before.share == where.share:
        return []
    raise exists("adviser", "Chargé de mission, avec une autre quotité")


def _ended(where: AdviserDeparted | AdviserUnassigned, before: Held, context: Context) -> list[Draft]:
    if before.share is None:
        return []
    _in_order(context, before.since)
    return [draft(where)]


def _in_order(context: Context, begun: date) -> None:
    not_before(
        context,
        begun,
        "adviser.dates",
        "An appointment or assignment ends after it began, and begins again after it ended.",
        "Une nomination ou une affectation finit après avoir commencé, et recommence après avoir fini.",
    )


def _one_target(fact: AdviserAssigned | AdviserUnassigned) -> str:
    if (fact.accompaniment_id is None) == (fact.project_id is None):
        raise Refused(
            "adviser.one_target",
            "Name either an accompaniment or a project.",
            "Indiquez soit un accompagnement, soit un projet.",
            ("accompaniment_id",),
        )
    return _target(fact)


def _own(member: str, context: Context) -> None:
    if member != context.member:
        raise Refused(
            "adviser.foreign",
            "A member appoints its own advisers only.",
            "Un membre ne nomme que ses propres chargés de mission.",
            ("member_id",),
        )


def _not_appointed() -> Refused:
    return Refused(
        "adviser.not_appointed",
        "This person is not appointed as an adviser by this member.",
        "Cette personne n'est pas nommée chargée de mission par ce membre.",
        ("adviser_id",),
    )


_APPOINT = ("Appoint an adviser", "Nommer un chargé de mission")
_DEPART = ("An adviser departs", "Départ d'un chargé de mission")
_ASSIGN = ("Assign an adviser", "Affecter un chargé de mission")
_UNASSIGN = ("End an assignment", "Mettre fin à une affectation")
_BATCH = ("Declare a number of advisers", "Déclarer un nombre de chargés de mission")

SPECS: tuple[Spec[Any, Any], ...] = (
    command(AdviserAppointed, "AppointAdviser", "ME CO", adviser, appoint, _APPOINT, lookups),
    command(AdviserDeparted, "DepartAdviser", "ME CO", adviser, depart, _DEPART, lookups),
    command(AdviserAssigned, "AssignAdviser", "ME CO", adviser, assign, _ASSIGN, lookups),
    command(AdviserUnassigned, "UnassignAdviser", "ME CO", adviser, unassign, _UNASSIGN, lookups),
    recording(AdviserBatchDeclared, "DeclareAdviserBatch", "CO", _BATCH, ("batch", "Lot")),
)
