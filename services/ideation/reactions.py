"""What a member's ideation hears of the coordinator: territories and accompaniments it may write under."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from services.ideation.accompaniment import Admitted, accompaniment
from services.ideation.amendments import RecordCorrected, RecordVoided
from services.ideation.events import OperatorAssigned, OperatorReleased, TerritoryAdmitted, TerritoryRegistered
from services.ideation.payloads import DOOR
from shared.kernel.decider import Events
from shared.kernel.deciding import last
from shared.replicas import keeping


def territory(held: Events) -> Mapping[str, Any] | None:
    """A registered territory may be named here."""
    registered = last(held, TerritoryRegistered)
    return None if registered is None else {"name": registered.name}


def operated(held: Events) -> Mapping[str, Any] | None:
    """Who operates an accompaniment may write under it."""
    state = accompaniment(held)
    if not isinstance(state, Admitted):
        return None
    return {"territory_id": state.fact.territory_id, "operators": sorted(state.operators)}


_HEARD: Final = replace(DOOR, lenient=True)
_AMENDED: Final = (RecordCorrected.TYPE, RecordVoided.TYPE)
_ADMISSION: Final = (TerritoryAdmitted.TYPE, OperatorAssigned.TYPE, OperatorReleased.TYPE)
REACTIONS: Final = (
    keeping("territories", "territory", (TerritoryRegistered.TYPE, *_AMENDED), _HEARD, territory),
    keeping("accompaniments", "accompaniment", (*_ADMISSION, *_AMENDED), _HEARD, operated),
)
