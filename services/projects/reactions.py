"""Events heard → commands and references. Hearing the same event again changes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from services.projects.reading import IdeaSelected
from shared.kernel.decider import Call, Heard, Reaction, Reference

_NAMESPACE: Final = UUID("8d1f2f0e-6f0b-5d6e-9b57-3c1f0f3c7a10")


def open_selected(heard: Heard, known: Mapping[str, Any] | None) -> Sequence[Call | Reference]:
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
    }
    return [Call(uuid5(_NAMESPACE, f"OpenProject {heard.id}"), "OpenProject", asked)]


def know_territory(heard: Heard, known: Mapping[str, Any] | None) -> Sequence[Call | Reference]:
    """A registered territory may be named here."""
    return [Reference(heard.subject, {"name": heard.data["name"]})]


def know_accompaniment(heard: Heard, known: Mapping[str, Any] | None) -> Sequence[Call | Reference]:
    """Who operates an accompaniment may write under it."""
    operators = set(known["operators"]) if known else set()
    match heard.type:
        case "ideation.TerritoryAdmitted.v1":
            operators = {o["member_id"] for o in heard.data["operators"]}
        case "ideation.OperatorAssigned.v1":
            operators.add(heard.data["member_id"])
        case "ideation.OperatorReleased.v1":
            operators.discard(heard.data["member_id"])
    return [Reference(heard.subject, {"territory_id": heard.data["territory_id"], "operators": sorted(operators)})]


def _subject(heard: Heard) -> str:
    return heard.subject


REACTIONS: Final = (
    Reaction("territories", frozenset({"ideation.TerritoryRegistered.v1"}), "coordinator", know_territory, _subject),
    Reaction(
        "accompaniments",
        frozenset({"ideation.TerritoryAdmitted.v1", "ideation.OperatorAssigned.v1", "ideation.OperatorReleased.v1"}),
        "coordinator",
        know_accompaniment,
        _subject,
    ),
    Reaction("open_selected", frozenset({"ideation.IdeaSelected.v1"}), "own", open_selected),
)
