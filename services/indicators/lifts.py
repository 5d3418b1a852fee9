"""Older versions of events, lifted to the newest where records come in: past that only the newest shape exists."""

from collections.abc import Callable, Mapping
from typing import Any, Final

Payload = dict[str, Any]
# The type that an older one has become, and what its payload says there.
Lift = tuple[str, Callable[[Payload], Payload]]
# There is none yet: every event has its first version only.
LIFTS: Final[Mapping[str, Lift]] = {}


def newest(kind: str, lifts: Mapping[str, Lift]) -> str:
    """The type that this one has become by now; itself if nothing lifts it."""
    while kind in lifts:
        kind = lifts[kind][0]
    return kind


def lifted(kind: str, data: Payload, lifts: Mapping[str, Lift]) -> Payload:
    """A payload in the shape of the newest type. Raises ValueError if a lift cannot read it."""
    try:
        while kind in lifts:
            kind, change = lifts[kind]
            data = change(data)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"an older version that cannot be lifted: {error!r}") from None
    return data
