"""Workshops: announced or not, held once, or cancelled."""

from dataclasses import dataclass
from typing import Any, Final, assert_never

from services.ideation.events import Ids
from services.ideation.events_listening import (
    Gathering,
    HeadcountDeclared,
    ParticipationRecorded,
    WorkshopCancelled,
    WorkshopHeld,
    WorkshopScheduled,
)
from services.ideation.gathering import actors, enough, persons, registered, took_part
from services.ideation.placing import lookups, placed
from shared.kernel.decider import Context, Draft, Events, Known, Lookup, RecordedEvent, Spec
from shared.kernel.deciding import command, draft, exists, only
from shared.kernel.fields import Qty
from shared.kernel.refusals import Refused


class HoldWorkshop(WorkshopHeld):
    """A workshop took place; who took part and how many may be told with it."""

    participants: Ids = ()
    headcount: Qty | None = None

    def held(self) -> WorkshopHeld:
        """The fact of the workshop alone."""
        return WorkshopHeld(**{name: getattr(self, name) for name in WorkshopHeld.model_fields})


@dataclass(frozen=True, slots=True)
class Unannounced:
    """Nobody spoke of it."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Announced."""

    fact: WorkshopScheduled


@dataclass(frozen=True, slots=True)
class Held:
    """It took place."""

    fact: WorkshopHeld


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It will not take place."""


Workshop = Unannounced | Scheduled | Held | Cancelled
WorkshopEvent = WorkshopScheduled | WorkshopHeld | WorkshopCancelled | ParticipationRecorded | HeadcountDeclared
EVENTS: Final[tuple[type[WorkshopEvent], ...]] = (
    WorkshopScheduled,
    WorkshopHeld,
    WorkshopCancelled,
    ParticipationRecorded,
    HeadcountDeclared,
)


def workshop(past: Events) -> Workshop:
    """A workshop's state after these events."""
    state: Workshop = Unannounced()
    for event in only(past, EVENTS):
        state = _evolve(state, event)
    return state


def _evolve(state: Workshop, event: RecordedEvent[WorkshopEvent]) -> Workshop:
    fact = event.fact
    match fact:
        case WorkshopScheduled():
            return Scheduled(fact)
        case WorkshopHeld():
            return Held(fact)
        case WorkshopCancelled():
            return Cancelled()
        case ParticipationRecorded() | HeadcountDeclared():
            return state
        case _:
            assert_never(fact)


def schedule(fact: WorkshopScheduled, state: Workshop, context: Context, known: Known) -> list[Draft]:
    """A workshop is announced once."""
    where = placed(fact, context, known)
    match state:
        case Unannounced():
            return [draft(where)]
        case Scheduled(before):
            if before == where:
                return []
            raise exists("workshop", "Atelier")
        case Held():
            raise _held()
        case Cancelled():
            raise _cancelled()
        case _:
            assert_never(state)


def hold(asked: HoldWorkshop, state: Workshop, context: Context, known: Known) -> list[Draft]:
    """A workshop takes place once, announced or not, unless it was cancelled."""
    registered(asked.participants, known, "participants")
    identified = persons(asked.participants, known)
    enough(asked.headcount, identified)
    where = placed(asked.held(), context, known)
    match state:
        case Unannounced() | Scheduled():
            gathering = Gathering(kind="workshop", id=asked.workshop_id)
            there = took_part(where, gathering, asked.headcount, asked.participants, identified)
            return [draft(where), *there]
        case Held(before):
            if before == where:
                return []
            raise exists("workshop", "Atelier")
        case Cancelled():
            raise _cancelled()
        case _:
            assert_never(state)


def cancel(fact: WorkshopCancelled, state: Workshop, context: Context, known: Known) -> list[Draft]:
    """Only an announced workshop that was not held is cancelled."""
    match state:
        case Unannounced():
            raise Refused(
                "workshop.unknown", "Nobody announced this workshop.", "Atelier non annoncé.", ("workshop_id",)
            )
        case Scheduled():
            return [draft(placed(fact, context, known))]
        case Held():
            raise _held()
        case Cancelled():
            return []
        case _:
            assert_never(state)


def _held() -> Refused:
    return Refused("workshop.held", "This workshop was held.", "Cet atelier a eu lieu.", ("workshop_id",))


def _cancelled() -> Refused:
    return Refused("workshop.cancelled", "This workshop was cancelled.", "Cet atelier a été annulé.", ("workshop_id",))


def _hold_lookups(asked: HoldWorkshop) -> list[Lookup]:
    return [*lookups(asked), *actors(asked.participants)]


_SCHEDULE = ("Announce a workshop", "Annoncer un atelier")
_HOLD = ("Record a workshop", "Enregistrer un atelier")
_CANCEL = ("Cancel a workshop", "Annuler un atelier")

SPECS: tuple[Spec[Any, Any], ...] = (
    command(WorkshopScheduled, "ScheduleWorkshop", "AD CO", workshop, schedule, _SCHEDULE, lookups),
    command(
        HoldWorkshop,
        "HoldWorkshop",
        "AD CO",
        workshop,
        hold,
        _HOLD,
        _hold_lookups,
        (WorkshopHeld, ParticipationRecorded, HeadcountDeclared),
    ),
    command(WorkshopCancelled, "CancelWorkshop", "AD CO", workshop, cancel, _CANCEL, lookups),
)
