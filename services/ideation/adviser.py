"""Advisers: appointed by their member, assigned to accompaniments and projects."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.ideation.events import (
    AdviserAppointed,
    AdviserAssigned,
    AdviserBatchDeclared,
    AdviserDeparted,
    AdviserUnassigned,
)
from services.ideation.placing import needs, placed, recording
from shared.kernel.decider import Context, Draft, Known, Past, Spec
from shared.kernel.deciding import command, draft, exists
from shared.kernel.refusals import Refused

Shares = dict[str, str]


@dataclass(frozen=True, slots=True)
class Adviser:
    """Who appoints an adviser and what the adviser is assigned to, each with its share; and what has ended."""

    members: Shares = field(default_factory=dict)
    targets: Shares = field(default_factory=dict)
    ended: frozenset[str] = frozenset()


def adviser(past: Sequence[Past]) -> Adviser:
    """An adviser's state after these events."""
    state = Adviser()
    for p in past:
        match p.type:
            case AdviserAppointed.TYPE:
                state = replace(state, members={**state.members, p.data["member_id"]: p.data["share"]})
            case AdviserDeparted.TYPE:
                left = p.data["member_id"]
                state = replace(state, members=_without(state.members, left), ended=state.ended | {left})
            case AdviserAssigned.TYPE:
                state = replace(state, targets={**state.targets, _target(p.data): p.data["share"]})
            case AdviserUnassigned.TYPE:
                left = _target(p.data)
                state = replace(state, targets=_without(state.targets, left), ended=state.ended | {left})
    return state


def _without(shares: Shares, left: str) -> Shares:
    return {name: share for name, share in shares.items() if name != left}


def _target(data: Any) -> str:
    accompaniment = data.get("accompaniment_id")
    return f"accompaniment/{accompaniment}" if accompaniment else f"project/{data.get('project_id')}"


def appoint(fact: AdviserAppointed, state: Adviser, context: Context, known: Known) -> list[Draft]:
    """A member appoints for itself only. Another share is another appointment: after departing, or a correction."""
    _own(fact.member_id, context)
    where = placed(fact, context, known)
    return _first(where, state.members.get(fact.member_id), where.payload()["share"])


def depart(fact: AdviserDeparted, state: Adviser, context: Context, known: Known) -> list[Draft]:
    """Only who was appointed departs."""
    _own(fact.member_id, context)
    if fact.member_id in state.members:
        return [draft(placed(fact, context, known))]
    if fact.member_id in state.ended:
        return []
    raise _not_appointed()


def assign(fact: AdviserAssigned, state: Adviser, context: Context, known: Known) -> list[Draft]:
    """An appointed adviser is assigned to one accompaniment or one project at a time of telling."""
    target = _one_target(fact)
    if context.member not in state.members:
        raise _not_appointed()
    where = placed(fact, context, known)
    return _first(where, state.targets.get(target), where.payload()["share"])


def unassign(fact: AdviserUnassigned, state: Adviser, context: Context, known: Known) -> list[Draft]:
    """Ends an assignment."""
    target = _one_target(fact)
    if target in state.targets:
        return [draft(placed(fact, context, known))]
    if target in state.ended:
        return []
    raise Refused(
        "adviser.not_assigned",
        "This adviser is not assigned there.",
        "Ce chargé de mission n'y est pas affecté.",
        ("adviser_id",),
    )


def _first(where: AdviserAppointed | AdviserAssigned, before: str | None, share: str) -> list[Draft]:
    if before is None:
        return [draft(where)]
    if before == share:
        return []
    raise exists("adviser", "Chargé de mission, avec une autre quotité")


def _one_target(fact: AdviserAssigned | AdviserUnassigned) -> str:
    if (fact.accompaniment_id is None) == (fact.project_id is None):
        raise Refused(
            "adviser.one_target",
            "Name either an accompaniment or a project.",
            "Indiquez soit un accompagnement, soit un projet.",
            ("accompaniment_id",),
        )
    return _target(fact.payload())


def _own(member: str, context: Context) -> None:
    if member != context.member:
        raise Refused(
            "adviser.foreign_member",
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

SPECS: tuple[Spec[Any, Any], ...] = (
    command(AdviserAppointed, "AppointAdviser", "ME CO", adviser, appoint, _APPOINT, needs),
    command(AdviserDeparted, "DepartAdviser", "ME CO", adviser, depart, _DEPART, needs),
    command(AdviserAssigned, "AssignAdviser", "ME CO", adviser, assign, _ASSIGN, needs),
    command(AdviserUnassigned, "UnassignAdviser", "ME CO", adviser, unassign, _UNASSIGN, needs),
    recording(
        AdviserBatchDeclared,
        "DeclareAdviserBatch",
        "CO",
        ("Declare a number of advisers", "Déclarer un nombre de chargés de mission"),
        ("batch", "Lot"),
    ),
)
