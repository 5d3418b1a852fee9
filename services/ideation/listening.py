"""Actors, interviews, workshops, and who took part in them."""

from collections.abc import Sequence
from typing import Any

from services.ideation.deciding import draft, history, needs, once, placed
from services.ideation.events import ActorRegistered, Fact
from services.ideation.events_listening import (
    Gathering,
    HeadcountDeclared,
    InterviewHeld,
    ParticipationRecorded,
    WorkshopCancelled,
    WorkshopHeld,
    WorkshopScheduled,
)
from services.ideation.simple import recording, stream_of
from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec
from shared.kernel.fields import Qty
from shared.kernel.refusals import Refused

_INTERVIEWED = (InterviewHeld.TYPE, ParticipationRecorded.TYPE, HeadcountDeclared.TYPE)


def interview(fact: InterviewHeld, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """An interview, who took part in it, and how many: recorded together."""
    _known_actors(fact.participants, known)
    _counted(fact.headcount, len(fact.participants))
    where = placed(fact, context, known)
    held = once(past, where, "interview", "Entretien")
    if not held:
        return []
    return [*held, *_took_part(where, Gathering(kind="interview", id=fact.interview_id), fact.headcount, fact.participants)]


def _took_part(where: Fact, gathering: Gathering, headcount: Qty | None, participants: Sequence[Any]) -> list[Draft]:
    common = {"territory_ids": where.territory_ids, "accompaniment_id": where.accompaniment_id}
    common |= {"confidentiality": where.confidentiality, "language": where.language, "project_id": where.project_id}
    drafts = [
        draft(ParticipationRecorded(actor_id=actor, activity=gathering, **common)) for actor in dict.fromkeys(participants)
    ]
    if headcount is not None:
        identified = len(set(participants))
        drafts.append(
            draft(HeadcountDeclared(activity=gathering, headcount=headcount, identified=identified, **common))
        )
    return drafts


def _known_actors(actors: Sequence[Any], known: Known) -> None:
    for actor in actors:
        if known.get(f"actor/{actor}") is None:
            raise Refused(
                "actor.unknown",
                f"The actor {actor} is not registered here.",
                f"L'acteur {actor} n'est pas enregistré ici.",
                ("participants",),
            )


def _counted(headcount: Qty | None, identified: int) -> None:
    if headcount is not None and headcount.value < identified:
        raise Refused(
            "headcount.too_small",
            "More people are identified than were there.",
            "Il y a plus de personnes identifiées que de présents.",
            ("headcount",),
        )


def participate(fact: ParticipationRecorded, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """A registered actor took part, once per gathering."""
    _known_actors([fact.actor_id], known)
    before = (p for p in past if p.type == ParticipationRecorded.TYPE)
    if any(p.data["actor_id"] == str(fact.actor_id) for p in before):
        return []
    return [draft(placed(fact, context, known))]


def headcount(fact: HeadcountDeclared, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """How many were there; said again, the last word holds. `collective` is for the coordinator."""
    _counted(fact.headcount, fact.identified)
    if fact.activity.kind == "collective" and context.role != "CO":
        raise Refused(
            "headcount.collective",
            "Only the coordinator declares for the collective as a whole.",
            "Seule la coordination déclare pour l'ensemble du collectif.",
            ("activity", "kind"),
        )
    where = placed(fact, context, known)
    before = [p for p in past if p.type == HeadcountDeclared.TYPE]
    return [] if before and dict(before[-1].data) == where.payload() else [draft(where)]


def hold(fact: WorkshopHeld, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """A workshop takes place once, announced or not, unless it was cancelled."""
    if any(p.type == WorkshopCancelled.TYPE for p in past):
        raise Refused("workshop.cancelled", "This workshop was cancelled.", "Cet atelier a été annulé.", ("workshop_id",))
    return once(past, placed(fact, context, known), "workshop", "Atelier")


def cancel(fact: WorkshopCancelled, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """Only an announced workshop that was not held is cancelled."""
    types = [p.type for p in past]
    if WorkshopHeld.TYPE in types:
        raise Refused("workshop.held", "This workshop was held.", "Cet atelier a eu lieu.", ("workshop_id",))
    if WorkshopScheduled.TYPE not in types:
        raise Refused("workshop.unknown", "Nobody announced this workshop.", "Atelier inconnu.", ("workshop_id",))
    return [] if WorkshopCancelled.TYPE in types else [draft(placed(fact, context, known))]


def _actor_needs(fact: Any) -> list[Need]:
    actors = getattr(fact, "participants", None) or ([fact.actor_id] if hasattr(fact, "actor_id") else [])
    return [*needs(fact), *(Need("stream", f"actor/{actor}") for actor in actors)]


def _gathered(fact: Any) -> str:
    return f"{fact.activity.kind}/{fact.activity.id}"


def _spec(model: Any, name: str, roles: str, decide: Any, en: str, fr: str, **given: Any) -> Spec[Any, Any]:
    values: dict[str, Any] = {
        "stream": lambda fact: stream_of(model, fact),
        "emits": (model.TYPE,),
        "needs": needs,
        **given,
    }
    return Spec(
        name=name,
        model=model,
        roles=frozenset(roles.split()),
        fold=history,
        decide=decide,
        title_en=en,
        title_fr=fr,
        **values,
    )


SPECS: tuple[Spec[Any, Any], ...] = (
    recording(
        ActorRegistered, "RegisterActor", "AD AC CO", ("Register an actor", "Enregistrer un acteur"), ("actor", "Acteur")
    ),
    _spec(
        InterviewHeld,
        "RecordInterview",
        "AD CO",
        interview,
        "Record an interview",
        "Enregistrer un entretien",
        emits=_INTERVIEWED,
        needs=_actor_needs,
    ),
    recording(
        WorkshopScheduled,
        "ScheduleWorkshop",
        "AD CO",
        ("Announce a workshop", "Annoncer un atelier"),
        ("workshop", "Atelier"),
    ),
    _spec(WorkshopHeld, "HoldWorkshop", "AD CO", hold, "Record a workshop", "Enregistrer un atelier"),
    _spec(WorkshopCancelled, "CancelWorkshop", "AD CO", cancel, "Cancel a workshop", "Annuler un atelier"),
    _spec(
        ParticipationRecorded,
        "RecordParticipation",
        "AD AC CO",
        participate,
        "Record who took part",
        "Enregistrer une participation",
        stream=_gathered,
        needs=_actor_needs,
    ),
    _spec(
        HeadcountDeclared,
        "DeclareHeadcount",
        "AD CO",
        headcount,
        "Declare how many took part",
        "Déclarer un nombre de présents",
        stream=_gathered,
    ),
)
