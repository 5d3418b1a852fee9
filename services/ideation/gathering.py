"""Local actors, and who took part in what: participations and headcounts of any gathering."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from services.ideation.events import ActorRegistered, Fact
from services.ideation.events_listening import Gathering, HeadcountDeclared, ParticipationRecorded
from services.ideation.placing import needs, placed, recording
from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec
from shared.kernel.deciding import command, draft, history, said, same
from shared.kernel.fields import Qty
from shared.kernel.refusals import Refused


def participate(fact: ParticipationRecorded, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """A registered actor took part, once per gathering."""
    registered([fact.actor_id], known, "actor_id")
    where = placed(fact, context, known)
    before = (p for p in past if p.type == ParticipationRecorded.TYPE)
    return [] if any(p.data["actor_id"] == str(fact.actor_id) for p in before) else [draft(where)]


def count(fact: HeadcountDeclared, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """How many were there; said again, the last word holds. `collective` is for the coordinator."""
    enough(fact.headcount, fact.identified)
    if fact.activity.kind == "collective" and context.role != "CO":
        raise Refused(
            "headcount.collective",
            "Only the coordinator declares for the collective as a whole.",
            "Seule la coordination déclare pour l'ensemble du collectif.",
            ("activity", "kind"),
        )
    where = placed(fact, context, known)
    before = said(past, HeadcountDeclared)
    if before is None:
        return [draft(where)]
    if before.data.get("accompaniment_id") != where.payload().get("accompaniment_id"):
        raise Refused(
            "headcount.other_accompaniment",
            "This gathering was counted under another accompaniment.",
            "Ce rassemblement a été compté dans un autre accompagnement.",
            ("accompaniment_id",),
        )
    return [] if same(before, where) else [draft(where)]


def took_part(where: Fact, gathering: Gathering, headcount: Qty | None, actors: Iterable[UUID]) -> list[Draft]:
    """The participations of these actors, each once, and the headcount if one is given, in the place of `where`."""
    common: dict[str, Any] = {
        "activity": gathering,
        **{name: getattr(where, name) for name in Fact.model_fields if name != "evidence"},
    }
    present = list(dict.fromkeys(actors))
    drafts = [draft(ParticipationRecorded(actor_id=actor, **common)) for actor in present]
    if headcount is not None:
        drafts.append(draft(HeadcountDeclared(headcount=headcount, identified=len(present), **common)))
    return drafts


def registered(actors: Iterable[UUID], known: Known, path: str) -> None:
    """Raises Refused `actor.unknown` for the first that is not registered in this service."""
    for actor in actors:
        if known.get(f"actor/{actor}") is None:
            raise Refused(
                "actor.unknown",
                f"The actor {actor} is not registered here.",
                f"L'acteur {actor} n'est pas enregistré ici.",
                (path,),
            )


def enough(headcount: Qty | None, identified: int) -> None:
    """Raises Refused `headcount.too_small` when more are identified than were there."""
    if headcount is not None and headcount.value < identified:
        raise Refused(
            "headcount.too_small",
            "More people are identified than were there.",
            "Il y a plus de personnes identifiées que de présents.",
            ("headcount",),
        )


def actors(named: Iterable[UUID]) -> list[Need]:
    """What must be known of these actors."""
    return [Need("stream", f"actor/{actor}") for actor in named]


def _participation_needs(fact: ParticipationRecorded) -> list[Need]:
    return [*needs(fact), *actors([fact.actor_id])]


_REGISTER = ("Register an actor", "Enregistrer un acteur")
_PARTICIPATE = ("Record who took part", "Enregistrer une participation")
_COUNT = ("Declare how many took part", "Déclarer un nombre de présents")

SPECS: tuple[Spec[Any, Any], ...] = (
    recording(ActorRegistered, "RegisterActor", "AD AC CO", _REGISTER, ("actor", "Acteur")),
    command(
        ParticipationRecorded,
        "RecordParticipation",
        "AD AC CO",
        history,
        participate,
        _PARTICIPATE,
        _participation_needs,
    ),
    command(HeadcountDeclared, "DeclareHeadcount", "AD CO", history, count, _COUNT, needs),
)
