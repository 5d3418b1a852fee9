"""Needs: noted as they are told, then looked into."""

from typing import Any

from services.ideation.events_listening import NeedCharacterised, NeedRecorded
from services.ideation.placing import lookups, placed, recording
from shared.kernel.decider import Context, Draft, Events, Known, Spec
from shared.kernel.deciding import command, draft, history, last
from shared.kernel.refusals import Refused


def characterise(fact: NeedCharacterised, past: Events, context: Context, known: Known) -> list[Draft]:
    """A recorded need is looked into; looked into again, the last word holds."""
    if last(past, NeedRecorded) is None:
        raise Refused("need.unknown", "Nobody has recorded this need.", "Personne n'a noté ce besoin.", ("need_id",))
    where = placed(fact, context, known)
    return [] if last(past, NeedCharacterised) == where else [draft(where)]


_RECORD = ("Record a need", "Noter un besoin")
_CHARACTERISE = ("Look into a need", "Cerner un besoin")

SPECS: tuple[Spec[Any, Any], ...] = (
    recording(NeedRecorded, "RecordNeed", "AD AC TR CO", _RECORD, ("need", "Besoin")),
    command(NeedCharacterised, "CharacteriseNeed", "AD CO", history, characterise, _CHARACTERISE, lookups),
)
