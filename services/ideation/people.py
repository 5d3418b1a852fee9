"""Members, the registry of their keys, and advisers."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from services.ideation.deciding import draft, history, needs, placed
from services.ideation.events import (
    AdviserAppointed,
    AdviserAssigned,
    AdviserBatchDeclared,
    AdviserDeparted,
    AdviserUnassigned,
    MemberJoined,
    MemberLeft,
    ProducerKeyIntroduced,
)
from services.ideation.simple import recording, stream_of
from shared.kernel.decider import Context, Draft, Known, Past, Spec
from shared.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Adviser:
    """Who appointed an adviser, and what the adviser is assigned to."""

    members: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()


def adviser(past: Sequence[Past]) -> Adviser:
    """An adviser's state after these events."""
    members: set[str] = set()
    targets: set[str] = set()
    for p in past:
        match p.type:
            case AdviserAppointed.TYPE:
                members.add(p.data["member_id"])
            case AdviserDeparted.TYPE:
                members.discard(p.data["member_id"])
            case AdviserAssigned.TYPE:
                targets.add(_target(p.data))
            case AdviserUnassigned.TYPE:
                targets.discard(_target(p.data))
    return Adviser(frozenset(members), frozenset(targets))


def _target(data: Any) -> str:
    accompaniment = data.get("accompaniment_id")
    return f"accompaniment/{accompaniment}" if accompaniment else f"project/{data.get('project_id')}"


def appoint(fact: AdviserAppointed, state: Adviser, context: Context, known: Known) -> list[Draft]:
    """A member appoints for itself only."""
    _own(fact.member_id, context)
    return [] if fact.member_id in state.members else [draft(placed(fact, context, known))]


def depart(fact: AdviserDeparted, state: Adviser, context: Context, known: Known) -> list[Draft]:
    """Only who was appointed departs."""
    _own(fact.member_id, context)
    if fact.member_id not in state.members:
        raise _not_appointed()
    return [draft(placed(fact, context, known))]


def assign(fact: AdviserAssigned, state: Adviser, context: Context, known: Known) -> list[Draft]:
    """An appointed adviser is assigned to exactly one accompaniment or project at a time of telling."""
    _one_target(fact)
    if context.member not in state.members:
        raise _not_appointed()
    where = placed(fact, context, known)
    return [] if _target(fact.payload()) in state.targets else [draft(where)]


def unassign(fact: AdviserUnassigned, state: Adviser, context: Context, known: Known) -> list[Draft]:
    """Ends an assignment; one that is not there is already so."""
    _one_target(fact)
    return [draft(placed(fact, context, known))] if _target(fact.payload()) in state.targets else []


def _one_target(fact: AdviserAssigned | AdviserUnassigned) -> None:
    if (fact.accompaniment_id is None) == (fact.project_id is None):
        raise Refused(
            "adviser.one_target",
            "Name either an accompaniment or a project.",
            "Indiquez soit un accompagnement, soit un projet.",
            ("accompaniment_id",),
        )


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


def leave(fact: MemberLeft, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """Only a member leaves, and once."""
    types = [p.type for p in past]
    if MemberJoined.TYPE not in types:
        raise Refused("member.unknown", "This member never joined.", "Ce membre n'a jamais adhéré.", ("member_id",))
    return [] if MemberLeft.TYPE in types else [draft(placed(fact, context, known))]


def introduce(fact: ProducerKeyIntroduced, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """One key per producer, named by its digest; rotation is another event."""
    expected = sha256(bytes.fromhex(fact.public_key)).hexdigest()[:16]
    if fact.key_id != expected or fact.producer != f"/members/{fact.member_id}/{fact.service}":
        raise Refused(
            "key.mismatch",
            "The key id or the producer does not match.",
            "L'identifiant de clé ou le producteur ne correspond pas.",
            ("key_id",),
        )
    if not past:
        return [draft(fact)]
    if past[-1].data["public_key"] == fact.public_key:
        return []
    raise Refused("key.exists", "This producer has a key already.", "Ce producteur a déjà une clé.", ("public_key",))


def _adviser_spec(model: Any, name: str, decide: Any, en: str, fr: str) -> Spec[Any, Any]:
    return Spec(
        name=name,
        model=model,
        stream=lambda fact: stream_of(model, fact),
        roles=frozenset({"ME", "CO"}),
        emits=(model.TYPE,),
        fold=adviser,
        decide=decide,
        title_en=en,
        title_fr=fr,
        needs=needs,
    )


def _member_spec(model: Any, name: str, decide: Any, en: str, fr: str) -> Spec[Any, Any]:
    return Spec(
        name=name,
        model=model,
        stream=lambda fact: stream_of(model, fact),
        roles=frozenset({"CO"}),
        emits=(model.TYPE,),
        fold=history,
        decide=decide,
        title_en=en,
        title_fr=fr,
        needs=needs,
    )


SPECS: tuple[Spec[Any, Any], ...] = (
    recording(MemberJoined, "JoinMember", "CO", ("A member joins", "Un membre adhère"), ("member", "Membre")),
    _member_spec(MemberLeft, "LeaveMember", leave, "A member leaves", "Un membre part"),
    _member_spec(
        ProducerKeyIntroduced, "IntroduceProducerKey", introduce, "Introduce a service's key", "Faire connaître une clé"
    ),
    _adviser_spec(AdviserAppointed, "AppointAdviser", appoint, "Appoint an adviser", "Nommer un chargé de mission"),
    _adviser_spec(AdviserDeparted, "DepartAdviser", depart, "An adviser departs", "Départ d'un chargé de mission"),
    _adviser_spec(AdviserAssigned, "AssignAdviser", assign, "Assign an adviser", "Affecter un chargé de mission"),
    _adviser_spec(AdviserUnassigned, "UnassignAdviser", unassign, "End an assignment", "Mettre fin à une affectation"),
    recording(
        AdviserBatchDeclared,
        "DeclareAdviserBatch",
        "CO",
        ("Declare a number of advisers", "Déclarer un nombre de chargés de mission"),
        ("batch", "Lot"),
    ),
)
