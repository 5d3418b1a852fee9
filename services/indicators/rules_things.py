"""What is counted once per object, and numbers without identity."""

from collections.abc import Callable
from typing import Final

from services.indicators.facts import Fact, Held, those
from services.indicators.heard import ABSENT, Batch, Placed
from services.indicators.heard_ideation import (
    AdviserBatch,
    Characterised,
    IdeaBatch,
    Interview,
    Needed,
    Proposed,
    Workshop,
)
from services.indicators.heard_projects import JobBatch, ProjectBatch
from services.indicators.tally import Tally, first_of, places, scopes

_STAGES: Final = {
    "completed": "projects_completed",
    "nearing": "projects_nearing",
    "completed_or_nearing": "projects_declared",
}
_JOBS: Final = {"created": "jobs_declared", "consolidated": "jobs_consolidated"}


def _once(shape: type[Placed], indicator: str) -> Callable[[str, Held, Tally], None]:
    def rule(entity: str, facts: Held, tally: Tally) -> None:
        first = first_of(those(facts, shape))
        if first is not None:
            tally.add(indicator, scopes(first), first)

    return rule


# One from its first day.
idea: Final = _once(Proposed, "ideas_identified")
interview: Final = _once(Interview, "interviews_held")
workshop: Final = _once(Workshop, "workshops_held")
_characterised: Final = _once(Characterised, "needs_recorded")


def need(entity: str, facts: Held, tally: Tally) -> None:
    """A recorded need, from when it was looked into."""
    if those(facts, Needed):
        _characterised(entity, facts, tally)


def batch(entity: str, facts: Held, tally: Tally) -> None:
    """Numbers, in the scopes of who declared them; advisers only in those of the member that is named."""
    for fact in those(facts, AdviserBatch):
        member, count = fact.said.member_id, fact.said.count
        where = places(fact) if member is ABSENT else (*places(fact), f"member/{member}")
        tally.add_declared("advisers_declared", where, fact, count.value, count.precision)
        tally.add("advisers_mobilised_ever", where, fact, count.value)
    for ideas in those(facts, IdeaBatch):
        _declared("ideas_declared", ideas, tally)
    for projects in those(facts, ProjectBatch):
        _declared(_STAGES[projects.said.stage], projects, tally)
    for jobs in those(facts, JobBatch):
        _declared(_JOBS[jobs.said.kind], jobs, tally)


def _declared(indicator: str, fact: Fact[Batch], tally: Tally) -> None:
    tally.add_declared(indicator, scopes(fact), fact, fact.said.count.value, fact.said.count.precision)
