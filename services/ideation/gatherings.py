"""What was recorded of a gathering besides itself: who took part, and how many were there."""

from dataclasses import dataclass, replace
from typing import Final, assert_never
from uuid import UUID

from services.ideation.events_listening import (
    HeadcountDeclared,
    InterviewHeld,
    ParticipationRecorded,
    WorkshopCancelled,
    WorkshopHeld,
    WorkshopScheduled,
)
from shared.kernel.decider import Events, RecordedEvent
from shared.kernel.deciding import only

GatheringEvent = (
    InterviewHeld | WorkshopScheduled | WorkshopHeld | WorkshopCancelled | ParticipationRecorded | HeadcountDeclared
)
EVENTS: Final[tuple[type[GatheringEvent], ...]] = (
    InterviewHeld,
    WorkshopScheduled,
    WorkshopHeld,
    WorkshopCancelled,
    ParticipationRecorded,
    HeadcountDeclared,
)


@dataclass(frozen=True, slots=True)
class Present:
    """Whether it was held, as an interview or a workshop is; who took part; how many, as last told."""

    held: bool = False
    actors: frozenset[UUID] = frozenset()
    headcount: HeadcountDeclared | None = None


def present(past: Events) -> Present:
    """Who was at a gathering, after these events of its stream."""
    state = Present()
    for event in only(past, EVENTS):
        state = _evolve(state, event)
    return state


def _evolve(state: Present, event: RecordedEvent[GatheringEvent]) -> Present:
    fact = event.fact
    match fact:
        case InterviewHeld() | WorkshopHeld():
            return replace(state, held=True)
        case ParticipationRecorded(actor_id=actor):
            return replace(state, actors=state.actors | {actor})
        case HeadcountDeclared():
            return replace(state, headcount=fact)
        case WorkshopScheduled() | WorkshopCancelled():
            return state
        case _:
            assert_never(fact)
