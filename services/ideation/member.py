"""The members of the collective, who join and leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from services.ideation.events import MemberJoined, MemberLeft
from shared.kernel.decider import Context, Draft, Known, Past, Spec
from shared.kernel.deciding import command, draft, exists
from shared.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Never:
    """Never joined."""


@dataclass(frozen=True, slots=True)
class Current:
    """A member now."""

    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gone:
    """Was a member."""


Member = Never | Current | Gone


def member(past: Sequence[Past]) -> Member:
    """A member's state after these events."""
    state: Member = Never()
    for p in past:
        match p.type:
            case MemberJoined.TYPE:
                state = Current(dict(p.data))
            case MemberLeft.TYPE:
                state = Gone()
    return state


def join(fact: MemberJoined, state: Member, context: Context, known: Known) -> list[Draft]:
    """An organisation joins, for the first time or again."""
    match state:
        case Never() | Gone():
            return [draft(fact)]
        case Current():
            if state.said == fact.payload():
                return []
            raise exists("member", "Membre")
        case _:
            assert_never(state)


def leave(fact: MemberLeft, state: Member, context: Context, known: Known) -> list[Draft]:
    """Only a member leaves, and once."""
    match state:
        case Never():
            raise Refused("member.unknown", "This member never joined.", "Ce membre n'a jamais adhéré.", ("member_id",))
        case Current():
            return [draft(fact)]
        case Gone():
            return []
        case _:
            assert_never(state)


SPECS: tuple[Spec[Any, Any], ...] = (
    command(MemberJoined, "JoinMember", "CO", member, join, ("A member joins", "Un membre adhère")),
    command(MemberLeft, "LeaveMember", "CO", member, leave, ("A member leaves", "Un membre part")),
)
