"""What the gateway is asked in one audit: of which scopes, at which days, which lists, as whom."""

from collections.abc import Mapping
from datetime import date
from typing import BinaryIO

from services.audit import asking, browsing, compare, days, standing
from services.audit.answers import Answer, Asked
from services.audit.findings import Missing
from services.audit.options import Options
from services.audit.posting import Gateway
from services.audit.progress import Progress
from services.audit.sheets import FIELDS, Sheets
from services.audit.trail import Trail


def figures(given: Options, trail: Trail, shown: Progress) -> Asked:
    """The figures of every scope at the days that matter. Raises Missing when the gateway gives none."""
    position = trail.trusted
    gateway = Gateway(given.gateway, given.dice, doing=lambda: shown.step("asking for figures"))
    try:
        answers = asking.ask(
            gateway,
            compare.scopes(trail),
            given.days or days.that_matter(first_day(trail), days.today(), given.dice.random),
            given.dice,
            lambda answer: standing.late(answer, position, trail),
        )
    finally:
        gateway.close()
    return Asked(position, answers)


def sheets(given: Options, trail: Trail, out: BinaryIO, shown: Progress) -> list[Mapping[str, int]]:
    """Writes the pages of all lists, as anyone sees them, and with a token as an auditor does.

    Returns how far each page counts the producers. Raises Missing when the gateway gives none.
    """
    drawn = Sheets(trail.facts.live(trail.trusted)).seen("auditor")
    known = {kind: sorted(drawn[kind]) for kind in FIELDS}
    reached: list[Mapping[str, int]] = []
    for view, token in (("anyone", None), *((("auditor", given.token),) if given.token else ())):
        gateway = Gateway(given.gateway, given.dice, token, lambda: shown.step("reading lists and sheets"))
        try:
            for page in browsing.browse(gateway, view, known, given.dice):
                out.write(page.line())
                reached.append(page.position)
        finally:
            gateway.close()
    return reached


def once(given: Options, trail: Trail, scope: str, day: date) -> Answer | None:
    """The figures of one more scope and day; None if there are none, or if they count more than is proven."""
    try:
        gateway = Gateway(given.gateway, given.dice)
    except Missing:
        return None
    try:
        answer = asking.ask(gateway, [scope], [day], given.dice)[0]
    except Missing:
        return None
    finally:
        gateway.close()
    return None if compare.beyond([answer.position], trail) else answer


def first_day(trail: Trail) -> date:
    """The day of the first fact; today where there is none."""
    return min((fact.day for fact in trail.facts.facts), default=days.today())
