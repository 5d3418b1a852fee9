"""Ideas, needs, interviews and workshops: each once, at its first day."""

from datetime import date
from typing import Final

from services.audit.living import Living
from services.audit.tally import Tally

COUNTED: Final = ("ideas_identified", "needs_recorded", "interviews_held", "workshops_held")
DECLARED: Final = ("ideas_declared",)
# The event by which an object is counted, and the field that names the object.
_FIRST: Final = {
    "ideas_identified": ("ideation.IdeaProposed", "idea_id"),
    "needs_recorded": ("ideation.NeedCharacterised", "need_id"),
    "interviews_held": ("ideation.InterviewHeld", "interview_id"),
    "workshops_held": ("ideation.WorkshopHeld", "workshop_id"),
}


def count(living: Living, day: date, tally: Tally) -> None:
    """Adds what listening came to by the end of a day."""
    recorded = {fact.own("need_id") for fact in living.of("ideation.NeedRecorded")}
    for indicator, (name, field) in _FIRST.items():
        counted: set[tuple[str, str]] = set()
        for fact in living.of(name):
            thing = fact.own(field)
            if thing in counted or (field == "need_id" and thing not in recorded):
                continue
            counted.add(thing)
            if fact.day <= day:
                tally.add(indicator, fact.scopes)
    for fact in living.of("ideation.IdeaBatchDeclared"):
        if fact.day <= day:
            tally.declare("ideas_declared", fact.scopes, *fact.data["count"])
