"""What an audit can find, which claim it touches, and how grave it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

VERIFIED: Final = 0
FIGURE: Final = 1
HISTORY: Final = 2
KEY: Final = 3
INCOMPLETE: Final = 7
USAGE: Final = 64
INTERNAL: Final = 70

_GRAVEST_FIRST: Final = (HISTORY, KEY, FIGURE, INCOMPLETE)
WORDS: Final = {
    VERIFIED: "verified",
    FIGURE: "a figure or a sheet differs",
    HISTORY: "history altered",
    KEY: "signature or key",
    INCOMPLETE: "evidence incomplete",
}
_KEPT: Final = 20


class Altered(Exception):
    """A record or a file is not what its producer sealed; `code` is stable, the text says more."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


class Missing(Exception):
    """Evidence cannot be had, so nothing can be said for or against it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found wrong: its exit code, a stable reason, and where, as far as that is known."""

    exit: int
    reason: str
    detail: str = ""
    producer: str = ""
    sequence: int = 0
    stream: str = ""
    version: int = 0

    def __str__(self) -> str:
        where = [self.producer] if self.producer else []
        if self.sequence:
            where.append(f"sequence {self.sequence}")
        if self.stream:
            where.append(f"stream {self.stream} version {self.version}")
        said = f"{self.reason}: {self.detail}" if self.detail else self.reason
        return f"{', '.join(where)}: {said}" if where else said


@dataclass(slots=True)
class Claim:
    """One thing the audit states: true until a finding speaks against it. The first findings are kept, all counted.

    `notes` say more about them, and count for nothing.
    """

    name: str
    text: str = ""
    asked: bool = True
    findings: list[Finding] = field(default_factory=list)
    count: int = 0
    exits: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Counts a finding; keeps it if it is among the first."""
        self.count += 1
        self.exits.add(finding.exit)
        if len(self.findings) < _KEPT:
            self.findings.append(finding)

    @property
    def exit(self) -> int:
        """The gravest exit code among this claim's findings."""
        return gravest(self.exits)

    @property
    def word(self) -> str:
        """PASS, FAIL, OPEN when evidence is lacking, SKIP when it was not asked."""
        if not self.asked:
            return "SKIP"
        return {VERIFIED: "PASS", INCOMPLETE: "OPEN"}.get(self.exit, "FAIL")


def gravest(exits: Iterable[int]) -> int:
    """The exit code that wins: altered history, then keys, then figures, then lacking evidence."""
    found = set(exits)
    return next((code for code in _GRAVEST_FIRST if code in found), VERIFIED)
