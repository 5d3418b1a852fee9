"""Interviews: listening to somebody, one by one or where people are."""

from collections.abc import Sequence
from typing import Any

from services.ideation.events_listening import Gathering, HeadcountDeclared, InterviewHeld, ParticipationRecorded
from services.ideation.gathering import actors, enough, registered, took_part
from services.ideation.placing import needs, placed
from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec
from shared.kernel.deciding import command, history, once


def record(fact: InterviewHeld, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """An interview, who took part in it, and how many: recorded together, once."""
    registered(fact.participants, known, "participants")
    enough(fact.headcount, len(set(fact.participants)))
    where = placed(fact, context, known)
    held = once(past, where, "interview", "Entretien")
    gathering = Gathering(kind="interview", id=fact.interview_id)
    return [*held, *took_part(where, gathering, fact.headcount, fact.participants)] if held else []


def _needs(fact: InterviewHeld) -> list[Need]:
    return [*needs(fact), *actors(fact.participants)]


SPECS: tuple[Spec[Any, Any], ...] = (
    command(
        InterviewHeld,
        "RecordInterview",
        "AD CO",
        history,
        record,
        ("Record an interview", "Enregistrer un entretien"),
        _needs,
        (InterviewHeld, ParticipationRecorded, HeadcountDeclared),
    ),
)
