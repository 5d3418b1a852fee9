"""Correcting and voiding what this service recorded."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from services.projects.amendments import RecordCorrected, RecordVoided
from services.projects.events import Fact
from services.projects.payloads import PAYLOADS
from services.projects.placing import territories
from shared.contracts.routing import entities
from shared.kernel.amending import Amendable
from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec
from shared.kernel.deciding import command, draft, history, same

F = TypeVar("F", RecordCorrected, RecordVoided)
AMENDABLE: Final = Amendable("projects", PAYLOADS, entities)


def correct(fact: RecordCorrected, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """What holds instead stays with the objects of the original: to move it, void it and record it anew."""
    AMENDABLE.permit(fact.target, context, known.get(str(fact.target.sequence)))
    replacement, instead = AMENDABLE.replaced(fact.target, fact.replacement, context.today)
    if isinstance(instead, Fact):
        territories(instead.territory_ids, known)
    return _unless_said(fact.model_copy(update={"replacement": replacement}), past)


def void(fact: RecordVoided, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """The original counts no more."""
    AMENDABLE.permit(fact.target, context, known.get(str(fact.target.sequence)))
    return _unless_said(fact, past)


def _unless_said(fact: F, past: Sequence[Past]) -> list[Draft]:
    """The last amendment holds; the same again changes nothing."""
    return [] if past and past[-1].type == fact.TYPE and same(past[-1], fact) else [draft(fact)]


def _void_needs(fact: RecordVoided) -> list[Need]:
    return [Need("record", str(fact.target.sequence))]


def _correct_needs(fact: RecordCorrected) -> list[Need]:
    named = (fact.replacement.data or {}).get("territory_ids")
    given = [t for t in named[:50] if isinstance(t, str)] if isinstance(named, list) else []
    return [Need("record", str(fact.target.sequence)), *(Need("reference", f"territory/{t}") for t in given)]


_ROLES = "AD ME AC TR PH CO"
_CORRECT = ("Correct a record", "Corriger un enregistrement")
_VOID = ("Void a record", "Annuler un enregistrement")

SPECS: tuple[Spec[Any, Any], ...] = (
    command(RecordCorrected, "CorrectRecord", _ROLES, history, correct, _CORRECT, _correct_needs),
    command(RecordVoided, "VoidRecord", _ROLES, history, void, _VOID, _void_needs),
)
