"""What a member's ideation hears of the coordinator: territories and accompaniments it may write under."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.kernel.decider import Call, Heard, Reaction, Reference


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
)
