"""Correcting and voiding what was recorded: the author within seven days, then the coordinator."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from services.ideation.amendments import RecordCorrected, RecordVoided, Target
from services.ideation.deciding import draft
from shared.contracts.routing import entities
from shared.kernel import dates
from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec
from shared.kernel.refusals import Refused

AUTHOR_DAYS: Final = 7
Validate = Callable[[str, Mapping[str, Any]], None]


def correct(fact: RecordCorrected, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """What holds instead stays with the entities of the original: to move it, void it and record it anew."""
    _may(fact.target, context, known)
    replacement = fact.replacement
    if replacement.data is None and replacement.occurred_on is None:
        raise Refused("correction.empty", "Nothing is corrected.", "Rien n'est corrigé.", ("replacement",))
    if replacement.occurred_on is not None:
        dates.check(replacement.occurred_on, replacement.occurred_precision or "day", context.today)
    if replacement.data is not None and entities(fact.target.type, replacement.data) != sorted(fact.target.entities):
        raise Refused(
            "correction.moves_entity",
            "A correction stays with the objects of its original: void it and record it anew.",
            "Une correction reste sur les objets de l'original : annulez-le et enregistrez à nouveau.",
            ("replacement", "data"),
        )
    return _again(fact, past)


def void(fact: RecordVoided, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """The original counts no more."""
    _may(fact.target, context, known)
    return _again(fact, past)


def _again(fact: Any, past: Sequence[Past]) -> list[Draft]:
    said = fact.payload()
    return [] if past and past[-1].type == fact.TYPE and dict(past[-1].data) == said else [draft(fact)]


def _may(target: Target, context: Context, known: Known) -> None:
    if target.type.split(".")[0] != "ideation" or not target.source.endswith("/ideation"):
        raise Refused(
            "amendment.service",
            "This is amended where it was recorded.",
            "Ceci se corrige là où ce fut enregistré.",
            ("target", "source"),
        )
    if target.type.split(".")[1] in ("RecordCorrected", "RecordVoided", "ProducerKeyIntroduced"):
        raise Refused("amendment.target", "This is not amended.", "Ceci ne se corrige pas.", ("target", "type"))
    found = known.get(str(target.sequence))
    own = target.source == f"/members/{context.member}/ideation"
    if own:
        _matches(target, found)
    if context.role == "CO":
        return
    if not own or found is None:
        raise Refused(
            "amendment.foreign",
            "Only the coordinator amends another member's records.",
            "Seule la coordination corrige les enregistrements d'un autre membre.",
            ("target", "source"),
        )
    recorded = datetime.fromisoformat(found["time"])
    if found["actor"] != context.actor or context.now - recorded > timedelta(days=AUTHOR_DAYS):
        raise Refused(
            "amendment.late",
            f"The author amends within {AUTHOR_DAYS} days; then the coordinator does.",
            f"L'auteur corrige dans les {AUTHOR_DAYS} jours ; ensuite, la coordination.",
            ("target",),
        )


def _matches(target: Target, found: Any) -> None:
    if found is None:
        raise Refused("amendment.unknown", "There is no such record.", "Cet enregistrement n'existe pas.", ("target",))
    same = found["type"] == target.type and found["subject"] == target.subject
    if not same or entities(target.type, found["data"]) != sorted(target.entities):
        raise Refused(
            "amendment.mismatch",
            "The target is not described as it was recorded.",
            "La cible n'est pas décrite telle qu'elle fut enregistrée.",
            ("target",),
        )


def _needs(fact: Any) -> list[Need]:
    return [Need("record", str(fact.target.sequence))]


def _stream(fact: Any) -> str:
    return f"amendment{fact.target.source.removeprefix('/members')}/{fact.target.sequence}"


SPECS: tuple[Spec[Any, Any], ...] = tuple(
    Spec(
        name=name,
        model=model,
        stream=_stream,
        roles=frozenset({"AD", "ME", "AC", "TR", "PH", "CO"}),
        emits=(model.TYPE,),
        fold=lambda past: past,
        decide=decide,
        title_en=en,
        title_fr=fr,
        needs=_needs,
    )
    for name, model, decide, en, fr in (
        ("CorrectRecord", RecordCorrected, correct, "Correct a record", "Corriger un enregistrement"),
        ("VoidRecord", RecordVoided, void, "Void a record", "Annuler un enregistrement"),
    )
)
