"""What the gateway is asked in one audit: of which scopes, at which days, as whom."""

from datetime import date

from services.audit import asking, compare, days, standing
from services.audit.answers import Asked
from services.audit.options import Options
from services.audit.posting import Gateway
from services.audit.trail import Trail


def figures(given: Options, trail: Trail) -> Asked:
    """The figures of every scope at the days that matter. Raises Missing when the gateway gives none."""
    position = dict(trail.trusted)
    gateway = Gateway(given.gateway, given.dice)
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


def first_day(trail: Trail) -> date:
    """The day of the first fact; today where there is none."""
    return min((fact.day for fact in trail.facts.facts), default=days.today())
