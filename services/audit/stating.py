"""What one audit states of the gateway: its figures and its sheets, once the records are read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Self

from services.audit import compare, questions
from services.audit.answers import Asked
from services.audit.beginnings import Again, nobody
from services.audit.findings import HISTORY, INCOMPLETE, Altered, Claim, Finding, Missing
from services.audit.lists import Lists
from services.audit.options import Options
from services.audit.pages import Page
from services.audit.progress import Progress
from services.audit.report import Outcome
from services.audit.trail import Trail


@dataclass(slots=True)
class Stated:
    """The claims about the gateway, and what it gave for them: `asked` figures, and whether pages were `shown`."""

    trail: Trail
    figures: Claim
    sheets: Claim
    asked: Asked | None = None
    shown: bool = False
    before: Mapping[str, int] = field(default_factory=dict)
    reached: Mapping[str, int] = field(default_factory=dict)
    again: Again = nobody

    @classmethod
    def of(cls, given: Options, trail: Trail) -> Self:
        """Nothing stated yet."""
        return cls(trail, Claim("figures", asked=given.figures), Claim("sheets", asked=given.sheets))

    def ask(self, given: Options, pages: BinaryIO, shown: Progress) -> list[Mapping[str, int]]:
        """Asks the gateway for all that is wanted, and returns how far its answers count the producers."""
        self.before = self.trail.trusted
        self.again = lambda scope, day: questions.once(given, self.trail, scope, day)
        found: list[Mapping[str, int]] = []
        try:
            if given.figures:
                self.asked = questions.figures(given, self.trail, shown)
                found += [answer.position for answer in self.asked.answers]
        except Missing as why:
            self.figures.add(finding(why))
        try:
            if given.sheets:
                found += questions.sheets(given, self.trail, pages, shown)
                self.shown = True
        except Missing as why:
            self.sheets.add(finding(why))
        return found

    def browse(self, pages: Iterable[Page]) -> None:
        """Compares the pages of lists. Raises Altered where they are not in their form."""
        lists = Lists(self.trail, self.sheets, self.before)
        lists.compare(pages)
        self.shown, self.reached = True, lists.reached

    def concluded(self, seed: int | None = None, *first: Claim) -> Outcome:
        """The outcome: these claims first, then those about the records, then those about the gateway."""
        if self.asked is not None:
            compare.compare(self.asked, self.trail, self.figures, self.reached, self.again)
        for claim, given in ((self.figures, self.asked is not None), (self.sheets, self.shown)):
            if not given and not claim.findings:
                claim.add(Finding(INCOMPLETE, f"{claim.name}.missing", "there was nothing to compare"))
        claims = [*first, *self.trail.claims.all(), self.figures, self.sheets]
        return Outcome(self.trail, claims, self.asked.answers if self.asked else [], seed)


def finding(why: Missing | Altered) -> Finding:
    """What is found where evidence is missing or altered."""
    return Finding(INCOMPLETE if isinstance(why, Missing) else HISTORY, why.code, why.detail)
