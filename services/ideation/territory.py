"""The register of territories."""

from typing import Any

from services.ideation.events import TerritoryRegistered
from shared.kernel.decider import Context, Draft, Events, Known, Lookup, Spec
from shared.kernel.deciding import command, history, last, once
from shared.kernel.refusals import Refused

_REGISTER = ("Register a territory", "Inscrire un territoire")


def register(fact: TerritoryRegistered, past: Events, context: Context, known: Known) -> list[Draft]:
    """A territory is registered once; its event is about itself only, and its SIREN is that of no other territory.

    One body may be two subjects, such as a syndicate with two communities: then their parts differ.
    """
    if set(fact.territory_ids) - {fact.territory_id}:
        raise Refused(
            "territory.other",
            "A registration is about one territory.",
            "Une inscription porte sur un seul territoire.",
            ("territory_ids",),
        )
    _one_siren(fact, known)
    return once(past, fact.model_copy(update={"territory_ids": (fact.territory_id,)}), "territory", "Territoire")


def _one_siren(fact: TerritoryRegistered, known: Known) -> None:
    for held in known.streams.values():
        other = last(held, TerritoryRegistered)
        if other is None or other.territory_id == fact.territory_id or fact.siren is None:
            continue
        if other.siren == fact.siren and _parts(other) == _parts(fact):
            raise Refused(
                "territory.siren_taken",
                f"{other.territory_id} has this SIREN: if both are parts of one body, name their parts.",
                f"{other.territory_id} a ce SIREN : si ce sont des parties d'un même organisme, nommez-les.",
                ("siren",),
            )


def _parts(fact: TerritoryRegistered) -> tuple[frozenset[str], frozenset[str]]:
    """What tells two subjects of one body apart: the territories, or the EPCI, that are its named parts."""
    return frozenset(fact.parts), frozenset(link.siren for link in fact.epci_links if link.relation == "part")


def _lookups(fact: TerritoryRegistered) -> list[Lookup]:
    return [] if fact.siren is None else [Lookup("naming", "territory/", f'"siren":"{fact.siren}"')]


SPECS: tuple[Spec[Any, Any], ...] = (
    command(
        TerritoryRegistered,
        "RegisterTerritory",
        "RE CO",
        history,
        register,
        _REGISTER,
        _lookups,
        one_at_a_time=True,
    ),
)
