"""An accompaniment: a territory is admitted, and members operate there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, TypeVar, assert_never

from services.ideation.events import OperatorAssigned, OperatorReleased, TerritoryAdmitted
from services.ideation.member import Current, Gone, Never, member
from shared.kernel.decider import Context, Draft, Events, Known, Lookup, RecordedEvent, Spec
from shared.kernel.deciding import command, draft, exists, not_before, only
from shared.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing was admitted under this id."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Under way in a territory. `operators`: who operates there now, in which role; `moved`: since when, and until
    when for those released."""

    fact: TerritoryAdmitted
    operators: Mapping[str, str]
    moved: Mapping[str, date]
    released: frozenset[str] = field(default=frozenset())


Accompaniment = Unknown | Admitted
AccompanimentEvent = TerritoryAdmitted | OperatorAssigned | OperatorReleased
EVENTS: Final[tuple[type[AccompanimentEvent], ...]] = (TerritoryAdmitted, OperatorAssigned, OperatorReleased)
Placed = TypeVar("Placed", TerritoryAdmitted, OperatorAssigned, OperatorReleased)


def accompaniment(past: Events) -> Accompaniment:
    """An accompaniment's state after these events."""
    state: Accompaniment = Unknown()
    for event in only(past, EVENTS):
        state = _evolve(state, event)
    return state


def _evolve(state: Accompaniment, event: RecordedEvent[AccompanimentEvent]) -> Accompaniment:
    fact = event.fact
    match fact:
        case TerritoryAdmitted(operators=admitted):
            since = dict.fromkeys((one.member_id for one in admitted), event.day)
            return Admitted(fact, {one.member_id: one.role for one in admitted}, since)
        case OperatorAssigned() | OperatorReleased():
            return _moved(state, fact, event.day) if isinstance(state, Admitted) else state
        case _:
            assert_never(fact)


def _moved(state: Admitted, fact: OperatorAssigned | OperatorReleased, day: date) -> Admitted:
    who, moved = fact.member_id, {**state.moved, fact.member_id: day}
    if isinstance(fact, OperatorAssigned):
        operators = {**state.operators, who: fact.role}
        return replace(state, operators=operators, moved=moved, released=state.released - {who})
    left = {one: role for one, role in state.operators.items() if one != who}
    return replace(state, operators=left, moved=moved, released=state.released | {who})


def admit(fact: TerritoryAdmitted, state: Accompaniment, context: Context, known: Known) -> list[Draft]:
    """A registered territory is admitted; who operates there may be unknown, as in histories on paper."""
    if not known.exists(f"territory/{fact.territory_id}"):
        raise Refused(
            "territory.unknown",
            f"The territory {fact.territory_id} is not registered.",
            f"Le territoire {fact.territory_id} n'est pas inscrit.",
            ("territory_id",),
        )
    named = [o.member_id for o in fact.operators]
    if len(set(named)) < len(named):
        raise Refused("operator.twice", "A member is named twice.", "Un membre est nommé deux fois.", ("operators",))
    _members(named, context, known, "operators")
    where = _placed(fact)
    match state:
        case Unknown():
            return [draft(where)]
        case Admitted():
            if state.fact == where:
                return []
            raise exists("accompaniment", "Accompagnement")
        case _:
            assert_never(state)


def assign(fact: OperatorAssigned, state: Accompaniment, context: Context, known: Known) -> list[Draft]:
    """A member becomes an operator, or changes its role."""
    admitted = _of_territory(fact, state)
    _members([fact.member_id], context, known, "member_id")
    if admitted.operators.get(fact.member_id) == fact.role:
        return []
    _in_order(fact.member_id, admitted, context)
    return [draft(_placed(fact))]


def release(fact: OperatorReleased, state: Accompaniment, context: Context, known: Known) -> list[Draft]:
    """An operator no longer operates there."""
    admitted = _of_territory(fact, state)
    if fact.member_id in admitted.operators:
        _in_order(fact.member_id, admitted, context)
        return [draft(_placed(fact))]
    if fact.member_id in admitted.released:
        return []
    raise Refused(
        "accompaniment.not_operator",
        f"{fact.member_id} does not operate this accompaniment.",
        f"{fact.member_id} n'est pas opérateur de cet accompagnement.",
        ("member_id",),
    )


def _in_order(who: str, admitted: Admitted, context: Context) -> None:
    if who in admitted.moved:
        not_before(
            context,
            admitted.moved[who],
            "operator.dates",
            "An operator is released after it was assigned, and assigned again after it was released.",
            "Un opérateur est libéré après avoir été désigné, et désigné à nouveau après avoir été libéré.",
        )


def _placed(fact: Placed) -> Placed:
    return fact.model_copy(update={"territory_ids": (fact.territory_id,)})


def _of_territory(fact: OperatorAssigned | OperatorReleased, state: Accompaniment) -> Admitted:
    if isinstance(state, Unknown):
        raise Refused(
            "accompaniment.unknown",
            "This accompaniment is not known here.",
            "Cet accompagnement n'est pas connu ici.",
            ("accompaniment_id",),
        )
    if state.fact.territory_id != fact.territory_id:
        raise Refused(
            "accompaniment.other_territory",
            "This accompaniment is of another territory.",
            "Cet accompagnement est celui d'un autre territoire.",
            ("territory_id",),
        )
    return state


def _members(named: Iterable[str], context: Context, known: Known, path: str) -> None:
    """Operators are members now; in what is told of the past or corrected, they may have left since."""
    for one in named:
        if one in context.standing:
            continue
        state = member(known.stream(f"member/{one}"))
        match state:
            case Current():
                continue
            case Gone() if context.origin != "live":
                continue
            case Gone() | Never():
                raise Refused("member.unknown", f"{one} is not a member.", f"{one} n'est pas membre.", (path,))
            case _:
                assert_never(state)


def _admission_lookups(fact: TerritoryAdmitted) -> list[Lookup]:
    members = [Lookup("stream", f"member/{o.member_id}") for o in fact.operators]
    return [Lookup("exists", f"territory/{fact.territory_id}"), *members]


def _member_lookups(fact: OperatorAssigned) -> list[Lookup]:
    return [Lookup("stream", f"member/{fact.member_id}")]


_ADMIT = ("Admit a territory", "Admettre un territoire")
_ASSIGN = ("Assign an operator", "Désigner un opérateur")
_RELEASE = ("Release an operator", "Libérer un opérateur")

SPECS: tuple[Spec[Any, Any], ...] = (
    command(TerritoryAdmitted, "AdmitTerritory", "CO", accompaniment, admit, _ADMIT, _admission_lookups),
    command(OperatorAssigned, "AssignOperator", "CO", accompaniment, assign, _ASSIGN, _member_lookups),
    command(OperatorReleased, "ReleaseOperator", "CO", accompaniment, release, _RELEASE),
)
