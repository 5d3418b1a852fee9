"""Jobs: posts opened by an activity, counted for ever; beside them those still in place, lost, and their hours."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Final

from services.audit.days import months_later
from services.audit.facts import Fact
from services.audit.living import Living
from services.audit.projects import openings
from services.audit.tally import Tally, scaled

COUNTED: Final = ("jobs_recorded", "jobs_alive", "jobs_lost", "jobs_fte_alive", "jobs_fte_unknown")
DECLARED: Final = ("jobs_declared", "jobs_consolidated")
_BATCHES: Final = {"created": "jobs_declared", "consolidated": "jobs_consolidated"}
Name = tuple[str, str, str]
Days = dict[Name, list[date]]


def count(living: Living, day: date, tally: Tally) -> None:
    """Adds what jobs come to at the end of a day."""
    ended = _days(living.of("projects.JobEnded"), "job_id")
    ceased = _days(living.of("projects.ActivityCeased"), "activity_id")
    for job, fact in _posts(living).items():
        starts: date = fact.data["starts"]
        if starts > day or _is_too_short(fact):
            continue
        tally.add("jobs_recorded", fact.scopes)
        ends = ended.get(job, [])
        if ends and max(starts, min(ends)) <= day:
            tally.add("jobs_lost", fact.scopes)
        ends = ends + ceased.get(_of_project(fact, "activity_id"), [])
        if not ends or max(starts, min(ends)) > day:
            _alive(fact, tally)
    for fact in living.of("projects.JobBatchDeclared"):
        if fact.day <= day:
            tally.declare(_BATCHES[fact.data["kind"]], fact.scopes, *fact.data["count"])


def _posts(living: Living) -> dict[Name, Fact]:
    """Each post as it was recorded first, while its activity is started and its project opened."""
    opened = openings(living)
    started = {_of_project(fact, "activity_id") for fact in living.of("projects.ActivityStarted")}
    first: dict[Name, Fact] = {}
    for fact in sorted(living.of("projects.JobCreated"), key=lambda fact: fact.sequence):
        first.setdefault(_of_project(fact, "job_id"), fact)
    return {
        job: fact
        for job, fact in first.items()
        if fact.own("project_id") in opened and _of_project(fact, "activity_id") in started
    }


def _of_project(fact: Fact, field: str) -> Name:
    """The name of an activity or a job: its member, its project and its id."""
    return *fact.own("project_id"), fact.data[field]


def _alive(fact: Fact, tally: Tally) -> None:
    tally.add("jobs_alive", fact.scopes)
    if "weekly_hours" in fact.data:
        full = Fraction(fact.data["weekly_hours"]) / Fraction(fact.data["reference_hours"])
        tally.add("jobs_fte_alive", fact.scopes, scaled(full))
    else:
        tally.add("jobs_fte_unknown", fact.scopes)


def _is_too_short(fact: Fact) -> bool:
    """Whether the contract, of whatever kind, is expected to end before one full month has passed."""
    if "expected_end" not in fact.data:
        return False
    following = fact.data["expected_end"].toordinal() + 1
    return bool(following < months_later(fact.data["starts"], 1).toordinal())


def _days(facts: Iterable[Fact], name: str) -> Days:
    found: Days = defaultdict(list)
    for fact in facts:
        found[_of_project(fact, name)].append(fact.day)
    return found
