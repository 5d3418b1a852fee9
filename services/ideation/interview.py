"""Interviews: listening to somebody, one by one or where people are."""

from typing import Any

from services.ideation.events import Ids
from services.ideation.events_listening import Gathering, HeadcountDeclared, InterviewHeld, ParticipationRecorded
from services.ideation.gathering import actors, enough, persons, registered, took_part
from services.ideation.placing import lookups, placed
from shared.kernel.decider import Context, Draft, Events, Known, Lookup, Spec
from shared.kernel.deciding import command, history, once
from shared.kernel.fields import Qty


class RecordInterview(InterviewHeld):
    """Somebody was listened to; who took part and how many may be told with it."""

    participants: Ids = ()
    headcount: Qty | None = None

    def held(self) -> InterviewHeld:
        """The fact of the interview alone."""
        return InterviewHeld(**{name: getattr(self, name) for name in InterviewHeld.model_fields})


def record(asked: RecordInterview, past: Events, context: Context, known: Known) -> list[Draft]:
    """An interview, who took part in it, and how many: recorded together, once."""
    registered(asked.participants, known, "participants")
    identified = persons(asked.participants, known)
    enough(asked.headcount, identified)
    where = placed(asked.held(), context, known)
    held = once(past, where, "interview", "Entretien")
    gathering = Gathering(kind="interview", id=asked.interview_id)
    return [*held, *took_part(where, gathering, asked.headcount, asked.participants, identified)] if held else []


def _lookups(asked: RecordInterview) -> list[Lookup]:
    return [*lookups(asked), *actors(asked.participants)]


SPECS: tuple[Spec[Any, Any], ...] = (
    command(
        RecordInterview,
        "RecordInterview",
        "AD CO",
        history,
        record,
        ("Record an interview", "Enregistrer un entretien"),
        _lookups,
        (InterviewHeld, ParticipationRecorded, HeadcountDeclared),
    ),
)
