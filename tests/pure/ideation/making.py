"""The ideation service with an empty past, and facts to put in it."""

from typing import Any, Final

from services.ideation.events import (
    ActorRegistered,
    AdviserAppointed,
    AdviserAssigned,
    AdviserDeparted,
    AdviserUnassigned,
    MemberJoined,
    MemberLeft,
    OperatorAssigned,
    OperatorReleased,
    TerritoryAdmitted,
    TerritoryRegistered,
)
from services.ideation.events_listening import (
    HeadcountDeclared,
    IdeaProposed,
    IdeaSelected,
    IdeaShortlisted,
    InterviewHeld,
    NeedCharacterised,
    NeedRecorded,
    ParticipationRecorded,
    WorkshopCancelled,
    WorkshopHeld,
    WorkshopScheduled,
)
from services.ideation.service import DEFINITION
from shared.kernel.fields import Payload
from tests.pure.deciding import HERE, JURA, OPERATED, OWN, Given, told, uid

ideation: Final = Given(DEFINITION)
IDEA, OTHER_IDEA, PROJECT, ACTOR, OTHER_ACTOR, INTERVIEW, WORKSHOP, NEED, ADVISER, BATCH = (uid(n) for n in range(10))
_PLACE: Final = {"accompaniment_id": OPERATED, "territory_id": JURA, "territory_ids": [JURA]}
# What was not heard of others: the service's own streams answer.
deaf: Final = ideation.hearing({f"territory/{JURA}": None, f"accompaniment/{OPERATED}": None})


def joined(member: str = OWN, **more: Any) -> Payload:
    return told(MemberJoined, **{"member_id": member, "legal_name": f"Association {member}", **more})


def left(member: str = OWN) -> Payload:
    return told(MemberLeft, member_id=member)


def registered(territory: str = JURA, **more: Any) -> Payload:
    given = {"territory_id": territory, "territory_ids": [territory], "kind": "cc", "name": "Jura"}
    return told(TerritoryRegistered, **{**given, **more})


def admitted(*operators: str, **more: Any) -> Payload:
    operating = [{"member_id": one, "role": "lead"} for one in operators]
    return told(TerritoryAdmitted, **{**_PLACE, "operators": operating, **more})


def operating(member: str = OWN, role: str = "lead") -> Payload:
    return told(OperatorAssigned, **_PLACE, member_id=member, role=role)


def released(member: str = OWN) -> Payload:
    return told(OperatorReleased, **_PLACE, member_id=member)


def appointed(share: str = "1", member: str = OWN) -> Payload:
    return told(AdviserAppointed, adviser_id=ADVISER, member_id=member, share=share)


def departed() -> Payload:
    return told(AdviserDeparted, adviser_id=ADVISER, member_id=OWN)


def assigned(share: str = "0.5", **more: Any) -> Payload:
    return told(AdviserAssigned, **{**HERE, "adviser_id": ADVISER, "share": share, **more})


def unassigned() -> Payload:
    return told(AdviserUnassigned, **HERE, adviser_id=ADVISER)


def actor(actor_id: str = ACTOR, **more: Any) -> Payload:
    return told(ActorRegistered, **{"actor_id": actor_id, "kind": "person", "category": "resident", **more})


def need(**more: Any) -> Payload:
    return told(NeedRecorded, **{**HERE, "need_id": NEED, "text": "No baker any more", **more})


def characterised(**more: Any) -> Payload:
    given = {"current_answer": "A van, once a week", "gap": "Six days", "unmet": True}
    return told(NeedCharacterised, **{**HERE, "need_id": NEED, **given, **more})


def proposed(idea_id: str = IDEA, **more: Any) -> Payload:
    given = {**HERE, "idea_id": idea_id, "title": "A shared oven", "provenance": "workshop"}
    return told(IdeaProposed, **{**given, **more})


def shortlisted(idea_id: str = IDEA) -> Payload:
    return told(IdeaShortlisted, **HERE, idea_id=idea_id)


def selected(*ideas: str, **more: Any) -> Payload:
    given = {"project_id": PROJECT, "decision_body": "Council", "project_title": "The oven"}
    return told(IdeaSelected, **{**HERE, **given, "idea_ids": ideas or [IDEA], **more})


def announced() -> Payload:
    given = {"title": "Bread", "format": "creative", "planned_on": "2026-12-01"}
    return told(WorkshopScheduled, **HERE, **given, workshop_id=WORKSHOP)


def cancelled() -> Payload:
    return told(WorkshopCancelled, **HERE, workshop_id=WORKSHOP, reason="Snow")


def held(**more: Any) -> Payload:
    return told(WorkshopHeld, **{**HERE, "workshop_id": WORKSHOP, "title": "Bread", "format": "creative", **more})


def talked(**more: Any) -> Payload:
    return told(InterviewHeld, **{**HERE, "interview_id": INTERVIEW, "form": "bilateral", **more})


def took_part(who: str = ACTOR, kind: str = "workshop", of: str = WORKSHOP) -> Payload:
    return told(ParticipationRecorded, **HERE, actor_id=who, activity={"kind": kind, "id": of})


def counted(value: int, identified: int = 0, kind: str = "workshop", of: str = WORKSHOP, **more: Any) -> Payload:
    number = {"value": value, "precision": more.pop("precision", "exact")}
    given = {"activity": {"kind": kind, "id": of}, "headcount": number, "identified": identified}
    return told(HeadcountDeclared, **{**HERE, **given, **more})
