"""Local actors, and who took part in what: participations and headcounts of any gathering."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from services.ideation.events import ActorRegistered, Fact
from services.ideation.events_listening import Gathering, HeadcountDeclared, ParticipationRecorded
from services.ideation.gatherings import Present, present
from services.ideation.placing import lookups, placed, recording
from shared.kernel.decider import Context, Draft, Known, Lookup, Spec
from shared.kernel.deciding import command, draft, last
from shared.kernel.fields import Qty
from shared.kernel.refusals import Refused

_HELD_FIRST = ("interview", "workshop")


def participate(fact: ParticipationRecorded, state: Present, context: Context, known: Known) -> list[Draft]:
    """A registered actor took part, once per gathering."""
    registered([fact.actor_id], known, "actor_id")
    _of_gathering(fact.activity, state, context)
    where = placed(fact, context, known)
    return [] if fact.actor_id in state.actors else [draft(where)]


def count(fact: HeadcountDeclared, state: Present, context: Context, known: Known) -> list[Draft]:
    """How many were there; told again, the last word holds. `collective` is for the coordinator."""
    enough(fact.headcount, fact.identified)
    _of_gathering(fact.activity, state, context)
    where = placed(fact, context, known)
    before = state.headcount
    if before is None:
        return [draft(where)]
    if before.accompaniment_id != where.accompaniment_id:
        raise Refused(
            "headcount.other_accompaniment",
            "This gathering was counted under another accompaniment.",
            "Ce rassemblement a été compté dans un autre accompagnement.",
            ("accompaniment_id",),
        )
    return [] if before == where else [draft(where)]


def _of_gathering(gathering: Gathering, state: Present, context: Context) -> None:
    """An interview or a workshop is recorded before who was there; only the coordinator speaks for all."""
    if gathering.kind == "collective" and (context.role != "CO" or context.member != context.coordinator):
        raise Refused(
            "headcount.collective",
            "Only the coordinator declares for the collective as a whole.",
            "Seule la coordination déclare pour l'ensemble du collectif.",
            ("activity", "kind"),
        )
    if gathering.kind in _HELD_FIRST and not state.held:
        raise Refused(
            f"{gathering.kind}.unknown",
            f"Nobody has recorded this {gathering.kind} here: record it first.",
            "Cet entretien ou cet atelier n'est pas enregistré ici : enregistrez-le d'abord.",
            ("activity", "id"),
        )


def took_part(
    where: Fact, gathering: Gathering, headcount: Qty | None, actors: Iterable[UUID], identified: int
) -> list[Draft]:
    """The participations of these actors, each once, and the headcount if one is given, in the place of `where`."""
    common: dict[str, Any] = {
        "activity": gathering,
        **{name: getattr(where, name) for name in Fact.model_fields if name != "evidence"},
    }
    drafts = [draft(ParticipationRecorded(actor_id=actor, **common)) for actor in dict.fromkeys(actors)]
    if headcount is not None:
        drafts.append(draft(HeadcountDeclared(headcount=headcount, identified=identified, **common)))
    return drafts


def registered(actors: Iterable[UUID], known: Known, path: str) -> None:
    """Raises Refused `actor.unknown` for the first that is not registered in this service."""
    for actor in actors:
        if not known.exists(f"actor/{actor}"):
            raise Refused(
                "actor.unknown",
                f"The actor {actor} is not registered here.",
                f"L'acteur {actor} n'est pas enregistré ici.",
                (path,),
            )


def persons(actors: Collection[UUID], known: Known) -> int:
    """How many of these are persons: an organisation present is none, and reduces no number of heads."""
    kinds = (last(known.stream(f"actor/{actor}"), ActorRegistered) for actor in set(actors))
    return sum(one is not None and one.kind == "person" for one in kinds)


def enough(headcount: Qty | None, identified: int) -> None:
    """Raises Refused `headcount.too_small` when more are identified than were there."""
    if headcount is not None and headcount.value < identified:
        raise Refused(
            "headcount.too_small",
            "More people are identified than were there.",
            "Il y a plus de personnes identifiées que de présents.",
            ("headcount",),
        )


def actors(named: Iterable[UUID]) -> list[Lookup]:
    """What must be known of these actors: that they are registered, and as what."""
    return [Lookup("stream", f"actor/{actor}") for actor in named]


def _participation_lookups(fact: ParticipationRecorded) -> list[Lookup]:
    return [*lookups(fact), Lookup("exists", f"actor/{fact.actor_id}")]


_REGISTER = ("Register an actor", "Enregistrer un acteur")
_PARTICIPATE = ("Record who took part", "Enregistrer une participation")
_COUNT = ("Declare how many took part", "Déclarer un nombre de présents")
_TELLERS = "AD AC CO"

SPECS: tuple[Spec[Any, Any], ...] = (
    recording(ActorRegistered, "RegisterActor", _TELLERS, _REGISTER, ("actor", "Acteur")),
    command(
        ParticipationRecorded,
        "RecordParticipation",
        _TELLERS,
        present,
        participate,
        _PARTICIPATE,
        _participation_lookups,
    ),
    command(HeadcountDeclared, "DeclareHeadcount", "AD CO", present, count, _COUNT, lookups),
)
