"""Which fields of which events are counted or shown on a sheet: a record that breaks its contract there is set aside.

Everything else is passed over.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final

from services.audit.readers import (
    Reader,
    amount,
    day,
    decimal,
    fields,
    gathering,
    key,
    many,
    one_of,
    part,
    positive,
    quantity,
    some,
    text,
    whole,
    words,
)

_COMMON: Final[Mapping[str, Reader]] = {
    "territory_ids": many(text),
    "accompaniment_id?": text,
    "project_id?": text,
    "confidentiality": one_of("public", "partners", "member"),
}
_PROJECT: Final[Mapping[str, Reader]] = {"project_id": text}
_ACTIVITY: Final[Mapping[str, Reader]] = {**_PROJECT, "activity_id": text}
_OPERATOR: Final[Mapping[str, Reader]] = {"territory_id": text, "accompaniment_id": text, "member_id": text}
_BATCH: Final[Mapping[str, Reader]] = {"batch_id": text, "count": quantity}
_CONTRACTS: Final = one_of("open_ended", "fixed_term", "apprentice", "insertion", "self_employed", "agency")

_IDEATION: Final[Mapping[str, Mapping[str, Reader]]] = {
    "ProducerKeyIntroduced": {
        "producer": text,
        "member_id": text,
        "service": text,
        "public_key": key,
    },
    "MemberJoined": {"member_id": text, "legal_name": text, "siren?": words},
    "MemberLeft": {"member_id": text},
    "AdviserAppointed": {"adviser_id": text, "member_id": text, "share": decimal},
    "AdviserDeparted": {"adviser_id": text, "member_id": text},
    "AdviserAssigned": {"adviser_id": text},
    "AdviserUnassigned": {"adviser_id": text},
    "AdviserBatchDeclared": {**_BATCH, "member_id?": text},
    "TerritoryRegistered": {
        "territory_id": text,
        "name": text,
        "kind": text,
        "siren?": words,
        "insee": many(words),
        "population?": whole,
        "epci_links": many(part("relation", text, "siren")),
    },
    "TerritoryAdmitted": {
        "territory_id": text,
        "accompaniment_id": text,
        "operators": many(part("member_id", text)),
    },
    "OperatorAssigned": _OPERATOR,
    "OperatorReleased": _OPERATOR,
    "ActorRegistered": {"actor_id": text, "kind": one_of("person", "organisation")},
    "ParticipationRecorded": {"actor_id": text, "activity": gathering},
    "HeadcountDeclared": {"activity": gathering, "headcount": quantity, "identified": amount},
    "InterviewHeld": {"interview_id": text},
    "WorkshopScheduled": {"workshop_id": text},
    "WorkshopHeld": {"workshop_id": text},
    "WorkshopCancelled": {"workshop_id": text},
    "NeedRecorded": {"need_id": text},
    "NeedCharacterised": {"need_id": text},
    "IdeaProposed": {
        "idea_id": text,
        "title": text,
        "provenance": text,
        "description?": words,
        "themes": many(words),
        "needs": many(words),
    },
    "IdeaShortlisted": {"idea_id": text},
    "IdeaSelected": {"idea_ids": some(text), "project_id": text},
    "IdeaBatchDeclared": _BATCH,
}
_PROJECTS: Final[Mapping[str, Mapping[str, Reader]]] = {
    "ProjectOpened": {
        **_PROJECT,
        "member_id": text,
        "title": text,
        "nature": text,
        "origin_kind": text,
        "accompaniment_ids?": many(words),
        "idea_ids?": many(words),
    },
    "ProjectHolderIdentified": {**_PROJECT, "project_holder": text},
    "ProjectQualified": _PROJECT,
    "LaunchPhaseOpened": _PROJECT,
    "ProjectNearingDeclared": {**_PROJECT, "member_id": text},
    "ProjectAbandoned": _PROJECT,
    "ProjectPaused": _PROJECT,
    "ProjectResumed": _PROJECT,
    "PilotStarted": _PROJECT,
    "ActivityStarted": _ACTIVITY,
    "ActivityCeased": _ACTIVITY,
    "JobCreated": {
        **_ACTIVITY,
        "job_id": text,
        "contract": _CONTRACTS,
        "starts": day,
        "expected_end?": day,
        "weekly_hours?": decimal,
        "reference_hours": positive,
    },
    "JobEnded": {**_PROJECT, "job_id": text},
    "ProjectBatchDeclared": {**_BATCH, "stage": one_of("completed", "nearing", "completed_or_nearing")},
    "JobBatchDeclared": {**_BATCH, "kind": one_of("created", "consolidated")},
}
_DEFAULTS: Final[Mapping[str, Any]] = {
    "territory_ids": [],
    "confidentiality": "partners",
    "operators": [],
    "epci_links": [],
    "insee": [],
    "themes": [],
    "needs": [],
    "identified": 0,
    "reference_hours": Decimal(35),
}
_OWN: Final[Mapping[str, Mapping[str, Reader]]] = {
    **{f"ideation.{name}.v1": read for name, read in _IDEATION.items()},
    **{f"projects.{name}.v1": read for name, read in _PROJECTS.items()},
}
READ: Final = frozenset(_OWN)


@cache
def wanted(kind: str) -> Mapping[str, Reader]:
    """What is read of one event type, or of an amendment without its target; optional fields end in `?`."""
    return {**_COMMON, **_OWN.get(kind, {})}


def default(name: str) -> Any:
    """What an absent field means by its contract; None if it has no default."""
    return _DEFAULTS.get(name)


def read(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a payload that are read; an absent one has its default or is left out. Raises Unfit."""
    return fields(data, wanted(kind), _DEFAULTS)
