"""Who may speak of what, by the table in docs/record.md. Each question is answered with a code, or None if they may."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from services.audit.attributes import member_of
from services.audit.kinds import is_amendment, name_of, service_of
from services.audit.naming import is_foreign

COORDINATOR: Final = "authority.coordinator"
OWNER: Final = "authority.owner"
AMENDMENT: Final = "authority.amendment"
SERVICE: Final = "authority.service"

_COORDINATORS: Final = frozenset(
    f"ideation.{name}"
    for name in (
        "MemberJoined",
        "MemberLeft",
        "ProducerKeyIntroduced",
        "TerritoryRegistered",
        "TerritoryAdmitted",
        "OperatorAssigned",
        "OperatorReleased",
    )
)
_OF_ITSELF: Final = frozenset(
    (
        "ideation.AdviserAppointed",
        "ideation.AdviserDeparted",
        "projects.ProjectOpened",
        "projects.ProjectNearingDeclared",
    )
)
_OF_ITSELF_OR_COORDINATOR: Final = "ideation.AdviserBatchDeclared"
_NEVER_AMENDED: Final = "ideation.ProducerKeyIntroduced"


@cache
def of_type(kind: str, source: str, coordinator: str) -> str | None:
    """Why this producer may not speak with this type at all."""
    if service_of(kind) != source.split("/")[3]:
        return SERVICE
    if name_of(kind) in _COORDINATORS and member_of(source) != coordinator:
        return COORDINATOR
    return None


def of_payload(kind: str, data: Mapping[str, Any], source: str, coordinator: str) -> str | None:
    """Why this producer may not say this; `data` is the payload as read."""
    name, member = name_of(kind), member_of(source)
    gathering = data.get("activity")
    if gathering is not None and gathering[0] == "collective" and member != coordinator:
        return COORDINATOR
    named = data.get("member_id", member)
    if name in _OF_ITSELF and named != member:
        return OWNER
    if name == _OF_ITSELF_OR_COORDINATOR and named != member and member != coordinator:
        return OWNER
    return None


def of_amendment(target: Mapping[str, Any], found: Mapping[str, Any]) -> str | None:
    """Why a record with these attributes may not amend this target, as read."""
    source, kind = found["source"], target["type"]
    fits = (
        target["source"] == source
        and target["subject"] == found["subject"]
        and target["sequence"] < found["sequence"]
        and service_of(kind) == source.split("/")[3]
        and not is_amendment(kind)
        and name_of(kind) != _NEVER_AMENDED
        and not any(is_foreign(one, member_of(source)) for one in target["entities"])
    )
    return None if fits else AMENDMENT
