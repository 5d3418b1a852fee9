"""Where a fact may be recorded, and by whom: known territories, and accompaniments that the member operates."""

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from services.ideation.accompaniment import Admitted, accompaniment
from services.ideation.events import Fact
from shared.kernel import bounds
from shared.kernel.decider import Context, Draft, Events, Known, Lookup, Spec
from shared.kernel.deciding import command, history, once
from shared.kernel.refusals import Refused

F = TypeVar("F", bound=Fact)


def lookups(fact: Fact) -> list[Lookup]:
    """What must be known to record a fact where it says it happened."""
    asked = [Lookup("either_exists", f"territory/{territory}") for territory in fact.territory_ids]
    if fact.accompaniment_id is not None:
        asked.append(Lookup("either", f"accompaniment/{fact.accompaniment_id}"))
    return asked


def placed(fact: F, context: Context, known: Known) -> F:
    """The fact with its accompaniment's territory among its territories.

    Raises Refused: `territory.unknown`, `accompaniment.unknown`, `accompaniment.not_operator` (a member writes
    only where it operates; the coordinator everywhere), `input.invalid` for more territories than a record may name.
    """
    territories(fact.territory_ids, known)
    if fact.accompaniment_id is None:
        return fact
    territory, operators = _accompaniment(f"accompaniment/{fact.accompaniment_id}", known)
    may = context.role == "CO" or context.member in operators or str(fact.accompaniment_id) in context.standing
    if not may:
        raise Refused(
            "accompaniment.not_operator",
            f"{context.member} does not operate this accompaniment.",
            f"{context.member} n'est pas opérateur de cet accompagnement.",
            ("accompaniment_id",),
        )
    return fact.model_copy(update={"territory_ids": _few({*fact.territory_ids, territory})})


def _few(territories: Collection[str]) -> tuple[str, ...]:
    """These territories, sorted. Raises Refused `input.invalid` if they are more than a record may name."""
    if len(territories) > bounds.PLACES:
        raise Refused(
            "input.invalid",
            f"With that of its accompaniment there would be more than {bounds.PLACES} territories.",
            f"Avec celui de son accompagnement, il y aurait plus de {bounds.PLACES} territoires.",
            ("territory_ids",),
        )
    return tuple(sorted(territories))


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


def _accompaniment(name: str, known: Known) -> tuple[str, Collection[str]]:
    """Territory and operators, from the stream's own events or from what was heard of them."""
    state = accompaniment(known.stream(name))
    if isinstance(state, Admitted):
        return state.fact.territory_id, state.operators
    heard = known.replica(name)
    if heard is None:
        raise Refused(
            "accompaniment.unknown",
            "This accompaniment is not known here (yet).",
            "Cet accompagnement n'est pas (encore) connu ici.",
            ("accompaniment_id",),
        )
    return heard["territory_id"], heard["operators"]


def recording(model: type[F], name: str, roles: str, titles: tuple[str, str], what: tuple[str, str]) -> Spec[F, Events]:
    """A command that records one fact once, where it happened. `what` names the thing in English and French."""

    def decide(fact: F, past: Events, context: Context, known: Known) -> list[Draft]:
        return once(past, placed(fact, context, known), *what)

    found: Spec[Any, Any] = command(model, name, roles, history, decide, titles, lookups)
    return found
