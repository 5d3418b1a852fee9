"""The ideation service with an empty past, and facts to put in it."""

from typing import Any, Final

from services.ideation.events import (
    ActorRegistered,
    AdviserAppointed,
    AdviserAssigned,
    MemberJoined,
    OperatorAssigned,
    TerritoryAdmitted,
    TerritoryRegistered,
)
from services.ideation.events_listening import IdeaProposed, IdeaShortlisted, NeedRecorded, WorkshopScheduled
from services.ideation.service import SPECS
from shared.kernel.fields import Payload
from tests.pure.deciding import HERE, JURA, OPERATED, OWN, Given, told, uid

ideation: Final = Given(SPECS)
IDEA, OTHER_IDEA, PROJECT, ACTOR, OTHER_ACTOR, INTERVIEW, WORKSHOP, NEED, ADVISER, BATCH = (uid(n) for n in range(10))


def joined(member: str = OWN, **more: Any) -> Payload:
    return told(MemberJoined, **{"member_id": member, "legal_name": f"Association {member}", **more})


def registered(territory: str = JURA, **more: Any) -> Payload:
    given = {"territory_id": territory, "territory_ids": [territory], "kind": "cc", "name": "Jura"}
    return told(TerritoryRegistered, **{**given, **more})


def admitted(*operators: str, **more: Any) -> Payload:
    given = {
        "accompaniment_id": OPERATED,
        "territory_id": JURA,
        "territory_ids": [JURA],
        "operators": [{"member_id": one, "role": "lead"} for one in operators],
    }
    return told(TerritoryAdmitted, **{**given, **more})


def operating(member: str = OWN, role: str = "lead") -> Payload:
    given = {"accompaniment_id": OPERATED, "territory_id": JURA, "territory_ids": [JURA]}
    return told(OperatorAssigned, **given, member_id=member, role=role)


def appointed(share: str = "1", member: str = OWN) -> Payload:
    return told(AdviserAppointed, adviser_id=ADVISER, member_id=member, share=share)


def assigned(share: str = "0.5") -> Payload:
    return told(AdviserAssigned, **HERE, adviser_id=ADVISER, share=share)


def actor(actor_id: str = ACTOR, **more: Any) -> Payload:
    return told(ActorRegistered, **{"actor_id": actor_id, "kind": "person", "category": "resident", **more})


def need(**more: Any) -> Payload:
    return told(NeedRecorded, **{**HERE, "need_id": NEED, "text": "No baker any more", **more})


def proposed(idea_id: str = IDEA, **more: Any) -> Payload:
    given = {**HERE, "idea_id": idea_id, "title": "A shared oven", "provenance": "workshop"}
    return told(IdeaProposed, **{**given, **more})


def shortlisted(idea_id: str = IDEA) -> Payload:
    return told(IdeaShortlisted, **HERE, idea_id=idea_id)


def announced() -> Payload:
    given = {"title": "Bread", "format": "creative", "planned_on": "2026-12-01"}
    return told(WorkshopScheduled, **HERE, **given, workshop_id=WORKSHOP)
