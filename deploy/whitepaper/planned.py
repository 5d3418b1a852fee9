"""One fact of the paper as a command to be sent, and the order in which such commands may be sent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.kernel.dates import period

NAMESPACE: Final = uuid5(NAMESPACE_URL, "urn:generateur:white-paper:2019")


@dataclass(frozen=True, slots=True)
class When:
    """A date and how precisely the paper gives it."""

    on: date
    precision: str

    @property
    def latest(self) -> date:
        """The last day on which it can have happened."""
        return period(self.on, self.precision)[1]


PAPER: Final = When(date(2019, 12, 31), "at_latest")
"""The paper is of 2019 and does not say when: at some time up to the end of that year."""


def ident(name: str) -> str:
    """The id of what `name` names: the same on every machine and at every playing."""
    return str(uuid5(NAMESPACE, name))


@dataclass(frozen=True, slots=True)
class Planned:
    """A command of one member's service.

    `key` names the fact and gives the command its id; `after` holds the keys of what must be recorded before.
    """

    key: str
    member: str
    service: str
    roles: tuple[str, ...]
    command: str
    input: Mapping[str, Any]
    when: When = PAPER
    after: tuple[str, ...] = ()
    origin: str = "legacy"

    @property
    def command_id(self) -> UUID:
        """Derived from the key, so that playing twice repeats the same commands."""
        return uuid5(NAMESPACE, f"command/{self.key}")


def ordered(steps: Iterable[Planned]) -> list[Planned]:
    """The steps in the order of their last possible day, each behind what it needs.

    Raises ValueError if a key comes twice or names nothing, or if a step needs one that may be later than itself.
    """
    given = list(steps)
    by_key = {step.key: step for step in given}
    if len(by_key) != len(given):
        raise ValueError("two planned commands have the same key")
    depths: dict[str, int] = {}
    for step in given:
        _depth(step, by_key, depths)
    return sorted(given, key=lambda step: (step.when.latest, depths[step.key]))


def days(steps: Iterable[Planned]) -> Iterator[list[Planned]]:
    """Ordered steps by their last possible day: within one day only `after` says what comes first."""
    for _, group in groupby(steps, key=lambda step: step.when.latest):
        yield list(group)


def _depth(step: Planned, by_key: Mapping[str, Planned], depths: dict[str, int]) -> int:
    found = depths.get(step.key)
    if found is None:
        for key in step.after:
            if key not in by_key:
                raise ValueError(f"{step.key} needs {key}, which is not planned")
            if by_key[key].when.latest > step.when.latest:
                raise ValueError(f"{step.key} needs {key}, which may have happened later")
        found = 1 + max((_depth(by_key[key], by_key, depths) for key in step.after), default=-1)
        depths[step.key] = found
    return found
