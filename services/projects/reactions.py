"""Events heard → commands and replicas. Hearing the same event again changes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from services.projects.reading import (
    DOOR,
    IdeaSelected,
    OperatorAssigned,
    OperatorReleased,
    RecordCorrected,
    RecordVoided,
    TerritoryAdmitted,
    TerritoryRegistered,
)
from shared.kernel.decider import Call, Events, Heard, Reaction, Replica
from shared.kernel.deciding import last
from shared.replicas import keeping

_NAMESPACE: Final = UUID("8d1f2f0e-6f0b-5d6e-9b57-3c1f0f3c7a10")


def open_selected(heard: Heard, known: Mapping[str, Any] | None) -> Sequence[Call | Replica]:
    """Ideas chosen for a project open it, in the service of the same member."""
    chosen = IdeaSelected.model_validate(heard.data)
    asked: dict[str, Any] = {
        "project_id": str(chosen.project_id),
        "member_id": heard.source.split("/")[2],
        "idea_ids": [str(idea) for idea in chosen.idea_ids],
        "title": chosen.project_title,
        "nature": chosen.nature,
        "origin_kind": "idea",
        "territory_ids": chosen.territory_ids,
        "accompaniment_ids": [str(chosen.accompaniment_id)],
        "accompaniment_id": str(chosen.accompaniment_id),
        "confidentiality": chosen.confidentiality,
        "language": chosen.language,
    }
    return [Call(uuid5(_NAMESPACE, f"OpenProject {heard.id}"), "OpenProject", asked)]


def territory(held: Events) -> Mapping[str, Any] | None:
    """A registered territory may be named here."""
    registered = last(held, TerritoryRegistered)
    return None if registered is None else {"name": registered.name}


def operated(held: Events) -> Mapping[str, Any] | None:
    """Who operates an accompaniment may write under it."""
    admitted: TerritoryAdmitted | None = None
    operators = set[str]()
    for event in held:
        match event.fact:
            case TerritoryAdmitted() as found:
                admitted, operators = found, {one.member_id for one in found.operators}
            # Before the assignment, of which it is a kind here.
            case OperatorReleased(member_id=member):
                operators.discard(member)
            case OperatorAssigned(member_id=member):
                operators.add(member)
    return None if admitted is None else {"territory_id": admitted.territory_id, "operators": sorted(operators)}


_AMENDED: Final = (RecordCorrected.TYPE, RecordVoided.TYPE)
_ADMISSION: Final = (TerritoryAdmitted.TYPE, OperatorAssigned.TYPE, OperatorReleased.TYPE)
REACTIONS: Final = (
    keeping("territories", "territory", (TerritoryRegistered.TYPE, *_AMENDED), DOOR, territory),
    keeping("accompaniments", "accompaniment", (*_ADMISSION, *_AMENDED), DOOR, operated),
    Reaction("open_selected", frozenset({"ideation.IdeaSelected.v1"}), "own", open_selected),
)
