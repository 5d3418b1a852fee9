"""Where a fact may be recorded, and by whom: all of it was heard from the coordinator."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from services.projects.events import Fact, ProjectOpened
from shared.kernel import bounds
from shared.kernel.decider import Context, Known, Lookup
from shared.kernel.refusals import Refused

F = TypeVar("F", bound=Fact)


def lookups(fact: Fact) -> list[Lookup]:
    """What must be known to record a fact where it says it happened."""
    asked = [Lookup("replica", f"territory/{territory}") for territory in fact.territory_ids]
    return asked + [Lookup("replica", f"accompaniment/{a}") for a in accompaniments(fact)]


def accompaniments(fact: Fact) -> list[UUID]:
    """The accompaniments that a fact names, each once."""
    several = fact.accompaniment_ids if isinstance(fact, ProjectOpened) else ()
    own = () if fact.accompaniment_id is None else (fact.accompaniment_id,)
    return list(dict.fromkeys((*several, *own)))


def placed(fact: F, context: Context, known: Known) -> F:
    """The fact with its accompaniments' territories among its territories.

    Raises Refused: `territory.unknown`, `accompaniment.unknown`, `accompaniment.not_operator`, `input.invalid` for
    more territories than a record may name. What this
    service does in reaction to an event (role SV) was checked where the event was decided.
    """
    if context.role == "SV":
        return fact
    territories(fact.territory_ids, known)
    named = set(fact.territory_ids)
    for accompaniment in accompaniments(fact):
        named.add(_operated(accompaniment, known, context))
    if len(named) > bounds.PLACES:
        raise Refused(
            "input.invalid",
            f"With those of its accompaniments there would be more than {bounds.PLACES} territories.",
            f"Avec ceux de ses accompagnements, il y aurait plus de {bounds.PLACES} territoires.",
            ("territory_ids",),
        )
    return fact.model_copy(update={"territory_ids": tuple(sorted(named))})


def territories(named: Iterable[str], known: Known) -> None:
    """Raises Refused `territory.unknown` for the first that is not known here."""
    for territory in named:
        if not known.exists(f"territory/{territory}"):
            raise Refused(
                "territory.unknown",
                f"The territory {territory} is not known here (yet).",
                f"Le territoire {territory} n'est pas (encore) connu ici.",
                ("territory_ids",),
            )


def _operated(accompaniment: UUID, known: Known, context: Context) -> str:
    found = known.replica(f"accompaniment/{accompaniment}")
    if found is None:
        raise Refused(
            "accompaniment.unknown",
            "This accompaniment is not known here (yet).",
            "Cet accompagnement n'est pas (encore) connu ici.",
            ("accompaniment_id",),
        )
    may = context.role == "CO" or context.member in found["operators"] or str(accompaniment) in context.standing
    if not may:
        raise Refused(
            "accompaniment.not_operator",
            f"{context.member} does not operate this accompaniment.",
            f"{context.member} n'est pas opérateur de cet accompagnement.",
            ("accompaniment_id",),
        )
    return str(found["territory_id"])
