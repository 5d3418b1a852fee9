"""The members of the collective, who join and leave."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, assert_never

from services.ideation.events import MemberJoined, MemberLeft
from shared.kernel.decider import Context, Draft, Events, Known, RecordedEvent, Spec
from shared.kernel.deciding import command, draft, exists, not_before, only
from shared.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Never:
    """Never joined."""


@dataclass(frozen=True, slots=True)
class Current:
    """A member now."""

    fact: MemberJoined
    since: date


@dataclass(frozen=True, slots=True)
class Gone:
    """Was a member."""

    until: date


Member = Never | Current | Gone
MemberEvent = MemberJoined | MemberLeft
EVENTS: Final[tuple[type[MemberEvent], ...]] = (MemberJoined, MemberLeft)


def member(past: Events) -> Member:
    """A member's state after these events."""
    state: Member = Never()
    for event in only(past, EVENTS):
        state = _evolve(state, event)
    return state


def _evolve(state: Member, event: RecordedEvent[MemberEvent]) -> Member:
    fact = event.fact
    match fact:
        case MemberJoined():
            return Current(fact, event.day)
        case MemberLeft():
            # Whose joining was voided never joined, and so never left.
            return Gone(event.day) if isinstance(state, Current) else state
        case _:
            assert_never(fact)


def join(fact: MemberJoined, state: Member, context: Context, known: Known) -> list[Draft]:
    """An organisation joins, for the first time or again."""
    match state:
        case Never():
            return [draft(fact)]
        case Gone(until):
            _in_order(context, until)
            return [draft(fact)]
        case Current():
            if state.fact == fact:
                return []
            raise exists("member", "Membre")
        case _:
            assert_never(state)


def leave(fact: MemberLeft, state: Member, context: Context, known: Known) -> list[Draft]:
    """Only a member leaves, once, and not before it joined."""
    match state:
        case Never():
            raise Refused("member.unknown", "This member never joined.", "Ce membre n'a jamais adhéré.", ("member_id",))
        case Current(since=since):
            _in_order(context, since)
            return [draft(fact)]
        case Gone():
            return []
        case _:
            assert_never(state)


def _in_order(context: Context, begun: date) -> None:
    not_before(
        context,
        begun,
        "member.dates",
        "A member leaves after it joined, and joins again after it left.",
        "Un membre part après son adhésion, et adhère à nouveau après son départ.",
    )


SPECS: tuple[Spec[Any, Any], ...] = (
    command(MemberJoined, "JoinMember", "CO", member, join, ("A member joins", "Un membre adhère")),
    command(MemberLeft, "LeaveMember", "CO", member, leave, ("A member leaves", "Un membre part")),
)
