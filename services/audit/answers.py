"""What the gateway answered, and its form in an export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from services.audit.findings import Altered

_KEYS: Final = {
    "scope",
    "day",
    "known",
    "position",
    "complete",
    "parked",
    "aside",
    "stopped",
    "held",
    "values",
    "precision",
    "bounds",
    "shown",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the gateway answered, and how far each producer was proven before it was asked."""

    position: Mapping[str, int]
    answers: Sequence["Answer"]

    def saved(self) -> dict[str, Any]:
        """As a JSON value, for an export."""
        return {"asked": dict(self.position), "answers": [answer.saved() for answer in self.answers]}


def asked_from(value: Any) -> Asked:
    """What was asked and answered, from its saved form; raises Altered `figures.form`."""
    try:
        if value.keys() != {"asked", "answers"} or not isinstance(value["answers"], list):
            raise ValueError
        return Asked(numbers(value["asked"]), [from_saved(one) for one in value["answers"]])
    except (AttributeError, TypeError, ValueError):
        raise Altered("figures.form", "the saved figures are not in their form") from None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway says of one scope at one day, having counted each producer up to `position`.

    `parked` is how many records are set aside, `aside` how many of each producer for each reason (`producer reason`),
    `stopped` at which sequence a producer is said to be stopped, `held` which ones are said to wait for their key.
    `values` and `precision` are by indicator, `bounds` by headline; `shown` is every headline with its parts and what
    stands beside it, as (id, value, precision). A scope that is not `known` has none of these.
    """

    scope: str
    day: date
    known: bool
    position: Mapping[str, int]
    complete: bool
    parked: int
    aside: Mapping[str, int]
    stopped: Mapping[str, int]
    held: Sequence[str]
    values: Mapping[str, int]
    precision: Mapping[str, str]
    bounds: Mapping[str, tuple[int, int]]
    shown: Sequence[tuple[str, int, str]]

    @classmethod
    def refused(cls, scope: str, region: Self) -> Self:
        """The answer for a scope that the gateway does not know, at the position of its answer for the region."""
        reflected = region.position, region.complete, region.parked, region.aside, region.stopped, region.held
        return cls(scope, region.day, False, *reflected, {}, {}, {}, ())

    def saved(self) -> dict[str, Any]:
        """As a JSON value, for an export."""
        return {
            "scope": self.scope,
            "day": self.day.isoformat(),
            "known": self.known,
            "position": dict(self.position),
            "complete": self.complete,
            "parked": self.parked,
            "aside": dict(self.aside),
            "stopped": dict(self.stopped),
            "held": list(self.held),
            "values": dict(self.values),
            "precision": dict(self.precision),
            "bounds": {name: list(pair) for name, pair in self.bounds.items()},
            "shown": [list(one) for one in self.shown],
        }


def from_saved(value: Any) -> Answer:
    """An answer from its saved form; raises Altered `figures.form`."""
    try:
        if value.keys() != _KEYS:
            raise ValueError
        return Answer(
            str(value["scope"]),
            date.fromisoformat(value["day"]),
            truth(value["known"]),
            numbers(value["position"]),
            truth(value["complete"]),
            number(value["parked"]),
            numbers(value["aside"]),
            numbers(value["stopped"]),
            [str(one) for one in value["held"]],
            numbers(value["values"]),
            {str(name): str(word) for name, word in value["precision"].items()},
            {str(name): (number(low), number(high)) for name, (low, high) in value["bounds"].items()},
            tuple((str(name), number(count), str(word)) for name, count, word in value["shown"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Altered("figures.form", "the saved figures are not in their form") from None


def truth(value: Any) -> bool:
    """True or false as it is; raises ValueError."""
    if type(value) is not bool:
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def number(value: Any) -> int:
    """A whole number as it is; raises ValueError."""
    if type(value) is not int:
        raise ValueError(f"{value!r} is no whole number")
    return value


def numbers(value: Any) -> dict[str, int]:
    """An object of whole numbers; raises ValueError."""
    return {str(name): number(one) for name, one in value.items()}
