"""The register of territories."""

from collections.abc import Sequence
from typing import Any

from services.ideation.events import TerritoryRegistered
from shared.kernel.decider import Context, Draft, Known, Past, Spec
from shared.kernel.deciding import command, history, once
from shared.kernel.refusals import Refused


def register(fact: TerritoryRegistered, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """A territory is registered once; its event is about itself only."""
    if set(fact.territory_ids) - {fact.territory_id}:
        raise Refused(
            "territory.other",
            "A registration is about one territory.",
            "Une inscription porte sur un seul territoire.",
            ("territory_ids",),
        )
    return once(past, fact.model_copy(update={"territory_ids": (fact.territory_id,)}), "territory", "Territoire")


SPECS: tuple[Spec[Any, Any], ...] = (
    command(
        TerritoryRegistered,
        "RegisterTerritory",
        "RE CO",
        history,
        register,
        ("Register a territory", "Inscrire un territoire"),
    ),
)
