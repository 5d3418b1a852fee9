"""What the deciders of this service share: recording once, and where a fact may be recorded by whom."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from services.projects.events import Fact
from shared.kernel.decider import Context, Draft, Known, Need, Past
from shared.kernel.fields import Payload
from shared.kernel.refusals import Refused

F = TypeVar("F", bound=Fact)


def draft(fact: Payload) -> Draft:
    """The event of a payload."""
    return Draft(fact.TYPE, fact.payload())


def once(past: Sequence[Past], fact: Payload, what: str, fr: str) -> list[Draft]:
    """Records `fact` as the first of its type in the stream; the same content again is already so.

    Raises Refused(`<what>.exists`) if another content was recorded.
    """
    before = next((p for p in past if p.type == fact.TYPE), None)
    if before is None:
        return [draft(fact)]
    if dict(before.data) == fact.payload():
        return []
    raise Refused(f"{what}.exists", f"This {what} is recorded already, otherwise.", f"{fr} : déjà enregistré autrement.")


def needs(fact: Fact) -> list[Need]:
    """What must be known to record a fact where it says it happened; all of it was heard from the coordinator."""
    asked = [Need("reference", f"territory/{territory}") for territory in fact.territory_ids]
    return asked + [Need("reference", f"accompaniment/{a}") for a in accompaniments(fact)]


def accompaniments(fact: Fact) -> list[Any]:
    """The accompaniments that a fact names."""
    several = list(getattr(fact, "accompaniment_ids", []))
    return several if fact.accompaniment_id is None or fact.accompaniment_id in several else [*several, fact.accompaniment_id]


def placed(fact: F, context: Context, known: Known) -> F:
    """The fact with its accompaniments' territories among its territories.

    Raises Refused: `territory.unknown`, `accompaniment.unknown`, `accompaniment.not_operator`. What this
    service does in reaction to an event (role SV) was checked where the event was decided.
    """
    if context.role == "SV":
        return fact
    for territory in fact.territory_ids:
        if known.get(f"territory/{territory}") is None:
            raise Refused(
                "territory.unknown",
                f"The territory {territory} is not known here (yet).",
                f"Le territoire {territory} n'est pas (encore) connu ici.",
                ("territory_ids",),
            )
    territories = set(fact.territory_ids)
    for accompaniment in accompaniments(fact):
        territories.add(_operated(known.get(f"accompaniment/{accompaniment}"), context))
    return fact.model_copy(update={"territory_ids": sorted(territories)})


def _operated(found: Mapping[str, Any] | None, context: Context) -> str:
    if found is None:
        raise Refused(
            "accompaniment.unknown",
            "This accompaniment is not known here (yet).",
            "Cet accompagnement n'est pas (encore) connu ici.",
            ("accompaniment_id",),
        )
    if context.role != "CO" and context.member not in found["operators"]:
        raise Refused(
            "accompaniment.not_operator",
            f"{context.member} does not operate this accompaniment.",
            f"{context.member} n'est pas opérateur de cet accompagnement.",
            ("accompaniment_id",),
        )
    return str(found["territory_id"])
