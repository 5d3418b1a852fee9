"""An accompaniment: a territory is admitted, and members operate there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, assert_never

from services.ideation.events import OperatorAssigned, OperatorReleased, TerritoryAdmitted
from services.ideation.member import Current, Gone, Never, member
from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec
from shared.kernel.deciding import command, draft, exists
from shared.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing was admitted under this id."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Under way in a territory. `operators`: who operates there now, in which role."""

    said: Mapping[str, Any]
    territory_id: str
    operators: Mapping[str, str]
    released: frozenset[str] = field(default=frozenset())


Accompaniment = Unknown | Admitted
Placed = TypeVar("Placed", TerritoryAdmitted, OperatorAssigned, OperatorReleased)


def accompaniment(past: Sequence[Past]) -> Accompaniment:
    """An accompaniment's state after these events."""
    state: Accompaniment = Unknown()
    for p in past:
        state = _evolve(state, p)
    return state


def _evolve(state: Accompaniment, p: Past) -> Accompaniment:
    match state:
        case Unknown():
            if p.type != TerritoryAdmitted.TYPE:
                return state
            operators = {o["member_id"]: o["role"] for o in p.data["operators"]}
            return Admitted(dict(p.data), p.data["territory_id"], operators)
        case Admitted(operators=operators, released=released):
            who = p.data.get("member_id", "")
            match p.type:
                case OperatorAssigned.TYPE:
                    return replace(state, operators={**operators, who: p.data["role"]}, released=released - {who})
                case OperatorReleased.TYPE:
                    left = {one: role for one, role in operators.items() if one != who}
                    return replace(state, operators=left, released=released | {who})
            return state
        case _:
            assert_never(state)


def admit(fact: TerritoryAdmitted, state: Accompaniment, context: Context, known: Known) -> list[Draft]:
    """A registered territory is admitted; who operates there may be unknown, as in histories on paper."""
    if known.get(f"territory/{fact.territory_id}") is None:
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
            if state.said == where.payload():
                return []
            raise exists("accompaniment", "Accompagnement")
        case _:
            assert_never(state)


def assign(fact: OperatorAssigned, state: Accompaniment, context: Context, known: Known) -> list[Draft]:
    """A member becomes an operator, or changes its role."""
    admitted = _of_territory(fact, state)
    _members([fact.member_id], context, known, "member_id")
    return [] if admitted.operators.get(fact.member_id) == fact.role else [draft(_placed(fact))]


def release(fact: OperatorReleased, state: Accompaniment, context: Context, known: Known) -> list[Draft]:
    """An operator no longer operates there."""
    admitted = _of_territory(fact, state)
    if fact.member_id in admitted.operators:
        return [draft(_placed(fact))]
    if fact.member_id in admitted.released:
        return []
    raise Refused(
        "accompaniment.not_operator",
        f"{fact.member_id} does not operate this accompaniment.",
        f"{fact.member_id} n'est pas opérateur de cet accompagnement.",
        ("member_id",),
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
    if state.territory_id != fact.territory_id:
        raise Refused(
            "accompaniment.other_territory",
            "This accompaniment is of another territory.",
            "Cet accompagnement est celui d'un autre territoire.",
            ("territory_id",),
        )
    return state


def _members(named: Iterable[str], context: Context, known: Known, path: str) -> None:
    """Operators are members now; in what is told of the past, they may have left since."""
    for one in named:
        state = member(known.get(f"member/{one}") or ())
        match state:
            case Current():
                continue
            case Gone() if context.origin != "live":
                continue
            case Gone() | Never():
                raise Refused("member.unknown", f"{one} is not a member.", f"{one} n'est pas membre.", (path,))
            case _:
                assert_never(state)


def _admission_needs(fact: TerritoryAdmitted) -> list[Need]:
    members = [Need("stream", f"member/{o.member_id}") for o in fact.operators]
    return [Need("stream", f"territory/{fact.territory_id}"), *members]


def _member_needs(fact: OperatorAssigned) -> list[Need]:
    return [Need("stream", f"member/{fact.member_id}")]


SPECS: tuple[Spec[Any, Any], ...] = (
    command(
        TerritoryAdmitted,
        "AdmitTerritory",
        "CO",
        accompaniment,
        admit,
        ("Admit a territory", "Admettre un territoire"),
        _admission_needs,
    ),
    command(
        OperatorAssigned,
        "AssignOperator",
        "CO",
        accompaniment,
        assign,
        ("Assign an operator", "Désigner un opérateur"),
        _member_needs,
    ),
    command(
        OperatorReleased,
        "ReleaseOperator",
        "CO",
        accompaniment,
        release,
        ("Release an operator", "Libérer un opérateur"),
    ),
)
