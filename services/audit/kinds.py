"""Event types: which the contracts know, and how an older version becomes the newest where it comes in."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from services.audit.readers import Unfit
from shared import contracts

Lift = tuple[str, Callable[[dict[str, Any]], dict[str, Any]]]
# An older type, the type it became, and what its payload says in the newer one. There is none yet.
LIFTS: Final[Mapping[str, Lift]] = {}


@cache
def name_of(kind: str) -> str:
    """An event's name without its version: `ideation.IdeaProposed`."""
    return kind.rpartition(".")[0]


@cache
def service_of(kind: str) -> str:
    """The service that speaks with this type."""
    return kind.partition(".")[0]


def is_known(kind: str) -> bool:
    """Whether this version of this event has a contract."""
    return kind in contracts.events()


@cache
def is_known_name(kind: str) -> bool:
    """Whether some version of this event has a contract."""
    return name_of(kind) in _names()


@cache
def _names() -> frozenset[str]:
    return frozenset(name_of(one) for one in contracts.events())


@cache
def is_amendment(kind: str) -> bool:
    """Whether an event corrects or voids another."""
    return name_of(kind).partition(".")[2] in ("RecordCorrected", "RecordVoided")


def newest(kind: str, lifts: Mapping[str, Lift]) -> str:
    """The type that this one has become by now: itself without a lift."""
    while kind in lifts:
        kind = lifts[kind][0]
    return kind


def lifted(kind: str, data: dict[str, Any], lifts: Mapping[str, Lift]) -> dict[str, Any]:
    """The payload in the shape of the newest type. Raises Unfit for one that its lift cannot read."""
    try:
        while kind in lifts:
            kind, change = lifts[kind]
            data = change(data)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as why:
        raise Unfit(f"an older version that cannot be lifted: {why!r}"[:200]) from None
    return data
