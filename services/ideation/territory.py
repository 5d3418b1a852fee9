"""Territories, their admission, and the members that operate there."""

from collections.abc import Sequence
from typing import Any

from services.ideation.deciding import Accompaniment, accompaniment, draft, unknown_accompaniment
from services.ideation.events import OperatorAssigned, OperatorReleased, TerritoryAdmitted, TerritoryRegistered
from services.ideation.simple import stream_of
from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec
from shared.kernel.refusals import Refused


def register(fact: TerritoryRegistered, past: Sequence[Past], context: Context, known: Known) -> None:
    """A territory's event is about itself only."""
    if set(fact.territory_ids) - {fact.territory_id}:
        raise Refused(
            "territory.other",
            "A registration is about one territory.",
            "Une inscription porte sur un seul territoire.",
            ("territory_ids",),
        )


def admit(fact: TerritoryAdmitted, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """A registered territory is admitted; an accompaniment begins once."""
    if known.get(f"territory/{fact.territory_id}") is None:
        raise Refused(
            "territory.unknown",
            f"The territory {fact.territory_id} is not registered.",
            f"Le territoire {fact.territory_id} n'est pas inscrit.",
            ("territory_id",),
        )
    if len({o.member_id for o in fact.operators}) < len(fact.operators):
        raise Refused("operator.twice", "A member is named twice.", "Un membre est nommé deux fois.", ("operators",))
    placed = fact.model_copy(update={"territory_ids": [fact.territory_id]})
    if not past:
        return [draft(placed)]
    if dict(past[0].data) == placed.payload():
        return []
    raise Refused(
        "accompaniment.exists",
        "This accompaniment began already, otherwise.",
        "Cet accompagnement a déjà commencé, autrement.",
        ("accompaniment_id",),
    )


def assign(fact: OperatorAssigned, state: Accompaniment | None, context: Context, known: Known) -> list[Draft]:
    """A member becomes an operator."""
    _same_territory(fact, state)
    return [] if state and fact.member_id in state.operators else [draft(_placed(fact))]


def release(fact: OperatorReleased, state: Accompaniment | None, context: Context, known: Known) -> list[Draft]:
    """A member is no longer an operator."""
    _same_territory(fact, state)
    return [draft(_placed(fact))] if state and fact.member_id in state.operators else []


def _placed(fact: Any) -> Any:
    return fact.model_copy(update={"territory_ids": [fact.territory_id]})


def _same_territory(fact: OperatorAssigned | OperatorReleased, state: Accompaniment | None) -> None:
    if state is None:
        raise unknown_accompaniment()
    if state.territory_id != fact.territory_id:
        raise Refused(
            "accompaniment.other_territory",
            "This accompaniment is of another territory.",
            "Cet accompagnement est celui d'un autre territoire.",
            ("territory_id",),
        )


def _spec(model: Any, name: str, decide: Any, fold: Any, en: str, fr: str, needs: Any = lambda fact: ()) -> Any:
    return Spec(
        name=name,
        model=model,
        stream=lambda fact: stream_of(model, fact),
        roles=frozenset({"CO"}),
        emits=(model.TYPE,),
        fold=fold,
        decide=decide,
        title_en=en,
        title_fr=fr,
        needs=needs,
    )


def _registered(fact: TerritoryAdmitted) -> list[Need]:
    return [Need("either", f"territory/{fact.territory_id}")]


def _register_decide(fact: TerritoryRegistered, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    register(fact, past, context, known)
    placed = fact.model_copy(update={"territory_ids": [fact.territory_id]})
    if not past:
        return [draft(placed)]
    if dict(past[0].data) == placed.payload():
        return []
    raise Refused(
        "territory.exists",
        "This territory is registered already, otherwise.",
        "Ce territoire est déjà inscrit, autrement.",
        ("territory_id",),
    )


SPECS: tuple[Spec[Any, Any], ...] = (
    Spec(
        name="RegisterTerritory",
        model=TerritoryRegistered,
        stream=lambda fact: f"territory/{fact.territory_id}",
        roles=frozenset({"RE", "CO"}),
        emits=(TerritoryRegistered.TYPE,),
        fold=lambda past: past,
        decide=_register_decide,
        title_en="Register a territory",
        title_fr="Inscrire un territoire",
    ),
    _spec(
        TerritoryAdmitted,
        "AdmitTerritory",
        admit,
        lambda past: past,
        "Admit a territory",
        "Admettre un territoire",
        _registered,
    ),
    _spec(OperatorAssigned, "AssignOperator", assign, accompaniment, "Assign an operator", "Désigner un opérateur"),
    _spec(OperatorReleased, "ReleaseOperator", release, accompaniment, "Release an operator", "Libérer un opérateur"),
)
