"""The few ways in which something is refused; anything else is a bug and ends the process."""

from collections.abc import Sequence
from typing import Final

PASSING: Final = frozenset(
    {"service.unavailable", "service.busy", "service.recovering", "service.stopped", "stream.conflict"}
)
"""Codes that speak of the service's moment, not of the command: the same one, given again, may be accepted."""


class Refused(Exception):
    """A decision or an edge says no, and nothing was written.

    `code` is stable and documented; the two messages are for a person; `path` names the input field.
    """

    def __init__(self, code: str, en: str, fr: str | None = None, path: Sequence[str] = ()) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.en = en
        self.fr = fr if fr is not None else en
        self.path = tuple(path)


class Conflict(Exception):
    """The stream moved between the read and the append; nothing was written."""


class Unreadable(Exception):
    """Bytes that are not a record: not canonical, an attribute missing, of a wrong type or out of bounds."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Broken(Exception):
    """A readable record that does not continue its producer's chain.

    Codes: `chain.equivocation`, `chain.hole`, `chain.prev`, `chain.digest`, `chain.owner`, `chain.signature`,
    `chain.key`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
