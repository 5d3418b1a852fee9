"""What the deciders of this service share: recording once, and where a fact may be recorded by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from services.ideation.events import Fact, OperatorAssigned, OperatorReleased, TerritoryAdmitted
from shared.kernel.decider import Context, Draft, Known, Need, Past
from shared.kernel.fields import Payload
from shared.kernel.refusals import Refused

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Accompaniment:
    """What is known of an accompaniment: its territory and who operates it now."""

    territory_id: str
    operators: frozenset[str]


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
    """What must be known to record a fact where it says it happened."""
    asked = [Need("either", f"territory/{territory}") for territory in fact.territory_ids]
    if fact.accompaniment_id is not None:
        asked.append(Need("either", f"accompaniment/{fact.accompaniment_id}"))
    return asked


def placed(fact: F, context: Context, known: Known) -> F:
    """The fact with its accompaniment's territory among its territories.

    Raises Refused: `territory.unknown`, `accompaniment.unknown`, `accompaniment.not_operator` (an adviser
    writes only while the member operates there; the coordinator everywhere).
    """
    for territory in fact.territory_ids:
        if known.get(f"territory/{territory}") is None:
            raise Refused(
                "territory.unknown",
                f"The territory {territory} is not known here (yet).",
                f"Le territoire {territory} n'est pas (encore) connu ici.",
                ("territory_ids",),
            )
    if fact.accompaniment_id is None:
        return fact
    found = accompaniment(known.get(f"accompaniment/{fact.accompaniment_id}"))
    if found is None:
        raise unknown_accompaniment()
    if context.role not in ("CO", "SV") and context.member not in found.operators:
        raise Refused(
            "accompaniment.not_operator",
            f"{context.member} does not operate this accompaniment.",
            f"{context.member} n'est pas opérateur de cet accompagnement.",
            ("accompaniment_id",),
        )
    territories = sorted({*fact.territory_ids, found.territory_id})
    return fact.model_copy(update={"territory_ids": territories})


def unknown_accompaniment() -> Refused:
    """Refused `accompaniment.unknown`: never admitted, or not heard of here yet."""
    return Refused(
        "accompaniment.unknown",
        "This accompaniment is not known here (yet).",
        "Cet accompagnement n'est pas (encore) connu ici.",
        ("accompaniment_id",),
    )


def accompaniment(found: Any) -> Accompaniment | None:
    """From the stream's own events, or from what was heard of it."""
    if found is None:
        return None
    if isinstance(found, Mapping):
        return Accompaniment(found["territory_id"], frozenset(found["operators"]))
    state: Accompaniment | None = None
    for past in found:
        state = operated(state, past.type, past.data)
    return state


def operated(before: Accompaniment | None, kind: str, data: Mapping[str, Any]) -> Accompaniment | None:
    """An accompaniment after one event of its stream."""
    match kind:
        case TerritoryAdmitted.TYPE:
            return Accompaniment(data["territory_id"], frozenset(o["member_id"] for o in data["operators"]))
        case OperatorAssigned.TYPE if before is not None:
            return Accompaniment(before.territory_id, before.operators | {data["member_id"]})
        case OperatorReleased.TYPE if before is not None:
            return Accompaniment(before.territory_id, before.operators - {data["member_id"]})
        case _:
            return before


def history(past: Sequence[Past]) -> Sequence[Past]:
    """The state of a stream whose commands only ask what was recorded in it."""
    return past
