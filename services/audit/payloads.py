"""Which fields of which events are counted or shown on a sheet: a record that breaks its contract there is set aside.

What they may hold is said by the contracts alone. Everything else is passed over.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from services.audit.readers import Node, Reader, defaults, fields, readers
from shared import contracts

_COMMON: Final = ("territory_ids", "accompaniment_id", "project_id", "confidentiality")
_OPERATOR: Final = ("territory_id", "accompaniment_id", "member_id")
_BATCH: Final = ("batch_id", "count")
_ACTIVITY: Final = ("project_id", "activity_id")
_PROJECT: Final = ("project_id",)

_IDEATION: Final[Mapping[str, tuple[str, ...]]] = {
    "ProducerKeyIntroduced": ("producer", "member_id", "service", "public_key"),
    "MemberJoined": ("member_id", "legal_name", "siren"),
    "MemberLeft": ("member_id",),
    "AdviserAppointed": ("adviser_id", "member_id", "share"),
    "AdviserDeparted": ("adviser_id", "member_id"),
    "AdviserAssigned": ("adviser_id",),
    "AdviserUnassigned": ("adviser_id",),
    "AdviserBatchDeclared": (*_BATCH, "member_id"),
    "TerritoryRegistered": ("territory_id", "name", "kind", "siren", "insee", "population", "epci_links"),
    "TerritoryAdmitted": ("territory_id", "accompaniment_id", "operators"),
    "OperatorAssigned": _OPERATOR,
    "OperatorReleased": _OPERATOR,
    "ActorRegistered": ("actor_id", "kind"),
    "ParticipationRecorded": ("actor_id", "activity"),
    "HeadcountDeclared": ("activity", "headcount", "identified"),
    "InterviewHeld": ("interview_id",),
    "WorkshopScheduled": ("workshop_id",),
    "WorkshopHeld": ("workshop_id",),
    "WorkshopCancelled": ("workshop_id",),
    "NeedRecorded": ("need_id",),
    "NeedCharacterised": ("need_id",),
    "IdeaProposed": ("idea_id", "title", "provenance", "description", "themes", "needs"),
    "IdeaShortlisted": ("idea_id",),
    "IdeaSelected": ("idea_ids", "project_id"),
    "IdeaBatchDeclared": _BATCH,
}
_PROJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "ProjectOpened": ("member_id", "title", "nature", "origin_kind", "accompaniment_ids", "idea_ids", *_PROJECT),
    "ProjectHolderIdentified": ("project_holder", *_PROJECT),
    "ProjectQualified": _PROJECT,
    "LaunchPhaseOpened": _PROJECT,
    "ProjectNearingDeclared": ("member_id", *_PROJECT),
    "ProjectAbandoned": _PROJECT,
    "ProjectPaused": _PROJECT,
    "ProjectResumed": _PROJECT,
    "PilotStarted": _PROJECT,
    "ActivityStarted": _ACTIVITY,
    "ActivityCeased": _ACTIVITY,
    "JobCreated": (
        *("job_id", "contract", "starts", "expected_end", "weekly_hours", "reference_hours"),
        *_ACTIVITY,
    ),
    "JobEnded": ("job_id", *_PROJECT),
    "ProjectBatchDeclared": ("stage", *_BATCH),
    "JobBatchDeclared": ("kind", *_BATCH),
}
_OWN: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"ideation.{name}.v1": names for name, names in _IDEATION.items()},
    **{f"projects.{name}.v1": names for name, names in _PROJECTS.items()},
}
READ: Final = frozenset(_OWN)
_INSTEAD: Final = ("data", "data_type", "occurred_on", "occurred_precision")


class _Fields(NamedTuple):
    """How the fields of an object are read, and what those that are absent mean."""

    wanted: Mapping[str, Reader]
    absent: Mapping[str, Any]


def wanted(kind: str) -> Mapping[str, Reader]:
    """What is read of one event type, or of an amendment without its target; optional fields end in `?`."""
    return _fields(kind).wanted


def default(kind: str, name: str) -> Any:
    """What an absent field means by its contract; None if it has no default."""
    return _fields(kind).absent.get(name)


def read(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a payload that are read; an absent one has its default or is left out. Raises Unfit."""
    return fields(data, *_fields(kind))


def target(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What an amendment of this type names. Raises Unfit."""
    found: dict[str, Any] = fields(data, *_part(kind, ("target",)))["target"]
    return found


def instead(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a correction of this type puts in place of its original. Raises Unfit."""
    return fields(data, *_part(kind, _INSTEAD))


@cache
def _fields(kind: str) -> _Fields:
    return _part(kind, tuple(dict.fromkeys((*_OWN.get(kind, ()), *_COMMON))))


@cache
def _part(kind: str, names: tuple[str, ...]) -> _Fields:
    schema: Node = contracts.event_schema(kind)
    parts = schema.get("$defs", {})
    return _Fields(readers(schema, parts, names), defaults(schema, parts, names))
