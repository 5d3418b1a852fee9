"""Workshops: announced or not, held once, or cancelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from services.ideation.events import Ids
from services.ideation.events_listening import (
    Gathering,
    HeadcountDeclared,
    ParticipationRecorded,
    WorkshopCancelled,
    WorkshopHeld,
    WorkshopScheduled,
)
from services.ideation.gathering import actors, enough, registered, took_part
from services.ideation.placing import needs, placed
from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec
from shared.kernel.deciding import command, draft, exists
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

    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """It took place."""

    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It will not take place."""


Workshop = Unannounced | Scheduled | Held | Cancelled


def workshop(past: Sequence[Past]) -> Workshop:
    """A workshop's state after these events."""
    state: Workshop = Unannounced()
    for p in past:
        match p.type:
            case WorkshopScheduled.TYPE:
                state = Scheduled(dict(p.data))
            case WorkshopHeld.TYPE:
                state = Held(dict(p.data))
            case WorkshopCancelled.TYPE:
                state = Cancelled()
    return state


def schedule(fact: WorkshopScheduled, state: Workshop, context: Context, known: Known) -> list[Draft]:
    """A workshop is announced once."""
    where = placed(fact, context, known)
    match state:
        case Unannounced():
            return [draft(where)]
        case Scheduled(said):
            if said == where.payload():
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
    enough(asked.headcount, len(set(asked.participants)))
    where = placed(asked.held(), context, known)
    match state:
        case Unannounced() | Scheduled():
            gathering = Gathering(kind="workshop", id=asked.workshop_id)
            return [draft(where), *took_part(where, gathering, asked.headcount, asked.participants)]
        case Held(said):
            if said == where.payload():
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


def _hold_needs(asked: HoldWorkshop) -> list[Need]:
    return [*needs(asked), *actors(asked.participants)]


_SCHEDULE = ("Announce a workshop", "Annoncer un atelier")
_HOLD = ("Record a workshop", "Enregistrer un atelier")
_CANCEL = ("Cancel a workshop", "Annuler un atelier")

SPECS: tuple[Spec[Any, Any], ...] = (
    command(WorkshopScheduled, "ScheduleWorkshop", "AD CO", workshop, schedule, _SCHEDULE, needs),
    command(
        HoldWorkshop,
        "HoldWorkshop",
        "AD CO",
        workshop,
        hold,
        _HOLD,
        _hold_needs,
        (WorkshopHeld, ParticipationRecorded, HeadcountDeclared),
    ),
    command(WorkshopCancelled, "CancelWorkshop", "AD CO", workshop, cancel, _CANCEL, needs),
)
