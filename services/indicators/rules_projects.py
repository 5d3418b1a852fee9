"""Projects, their completion, and their jobs."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Final

from services.indicators.facts import AnyFact, Fact, Held, several, those
from services.indicators.heard import ABSENT
from services.indicators.heard_projects import (
    Abandoned,
    Ceased,
    Job,
    JobEnd,
    Launched,
    Nearing,
    Opened,
    Paused,
    Qualified,
    Resumed,
    Started,
)
from services.indicators.tally import Scopes, Tally, first_of, later, ordered, scopes

# The first day and the first day after, each with the record that says it.
_Pause = tuple[tuple[int, AnyFact], tuple[int, AnyFact | None]]
NEVER: Final = date.max.toordinal()
PAUSE_MONTHS: Final = 12


def project(entity: str, facts: Held, tally: Tally) -> None:
    """A project's stages, in the scopes of its opening; and the posts of its activities. Nothing without an opening."""
    opening = first_of(those(facts, Opened))
    if opening is not None:
        _stages(opening, facts, scopes(opening), tally)
        _jobs(facts, tally)


@lru_cache(maxsize=8192)
def add_months(day: int, months: int) -> int:
    """The same day of the month so many months later, or that month's last day if there is none."""
    at = date.fromordinal(day)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    if year > date.max.year:
        return NEVER
    return date(year, month + 1, min(at.day, monthrange(year, month + 1)[1])).toordinal()


def _stages(opening: AnyFact, facts: Held, where: Scopes, tally: Tally) -> None:
    completed, qualified = first_of(those(facts, Started)), first_of(those(facts, Qualified))
    launched, declared = first_of(those(facts, Launched)), first_of(those(facts, Nearing))
    tally.add("projects_opened", where, opening)
    if completed is not None:
        tally.add("projects_completed", where, completed)
    if qualified is not None:
        tally.add("projects_qualified", where, later(opening, qualified))
    if launched is not None:
        tally.add("projects_launching", where, later(opening, launched))
    begins: list[AnyFact] = []
    if qualified is not None and launched is not None:
        begins.append(later(qualified, launched))
    if declared is not None:
        begins.append(declared)
    nearing = first_of(begins)
    if nearing is not None:
        ends: list[AnyFact | None] = [completed, first_of(those(facts, Abandoned))]
        ended = first_of([fact for fact in ends if fact is not None])
        _nearing(later(opening, nearing), ended, _long_pauses(facts), where, tally)


def _nearing(begins: AnyFact, ends: AnyFact | None, pauses: Sequence[_Pause], where: Scopes, tally: Tally) -> None:
    """Nearing, as what changes on the days where it may; whichever record stands on a day is the cause of it."""
    days = {day: cause for pause in pauses for day, cause in pause if cause is not None}
    days[begins.day] = begins
    if ends is not None:
        days[ends.day] = ends
    until = NEVER if ends is None else ends.day
    before = False
    for day in sorted(days):
        now = begins.day <= day < until and not any(start <= day < end for (start, _), (end, _) in pauses)
        if now != before:
            tally.add("projects_nearing", where, days[day], now - before, day=day)
        before = now


def _long_pauses(facts: Held) -> list[_Pause]:
    """Spans in which the project has been paused for more than 12 months."""
    if not those(facts, Paused):
        return []
    spans: list[_Pause] = []
    since: AnyFact | None = None
    for fact in ordered(several(facts, (Paused, Resumed))):
        if type(fact.said) is Paused:
            since = since or fact
        elif since is not None:
            spans.append(((add_months(since.day, PAUSE_MONTHS) + 1, since), (fact.day, fact)))
            since = None
    if since is not None:
        spans.append(((add_months(since.day, PAUSE_MONTHS) + 1, since), (NEVER, None)))
    return [span for span in spans if span[0][0] < span[1][0]]


def _jobs(facts: Held, tally: Tally) -> None:
    """Posts of activities that started: each as it was recorded first."""
    created: dict[str, Fact[Job]] = {}
    for fact in those(facts, Job):
        job = fact.said.job_id
        if job not in created or fact.sequence < created[job].sequence:
            created[job] = fact
    if not created:
        return
    started = {f.said.activity_id for f in those(facts, Started)}
    ended = {f.said.job_id: f for f in reversed(ordered(those(facts, JobEnd)))}
    ceased = {f.said.activity_id: f for f in reversed(ordered(those(facts, Ceased)))}
    for job, fact in created.items():
        activity = fact.said.activity_id
        if activity in started and not _too_short(fact.said):
            _job(fact, ended.get(job), ceased.get(activity), tally)


def _job(fact: Fact[Job], ended: AnyFact | None, ceased: AnyFact | None, tally: Tally) -> None:
    said, where = fact.said, scopes(fact)
    starts = said.starts.toordinal()
    hours = said.weekly_hours
    in_place = ("jobs_fte_unknown", 1) if hours is ABSENT else ("jobs_fte_alive", _fte(hours, said.reference_hours))
    gone = first_of([f for f in (ended, ceased) if f is not None])
    tally.add("jobs_recorded", where, fact, day=starts, dated=True)
    for name, amount in (("jobs_alive", 1), in_place):
        tally.add(name, where, fact, amount, day=starts, dated=True)
        if gone is not None:
            _leave(name, where, gone, starts, -amount, tally)
    if ended is not None:
        _leave("jobs_lost", where, ended, starts, 1, tally)


def _leave(indicator: str, where: Scopes, end: AnyFact, starts: int, amount: int, tally: Tally) -> None:
    """Not before the start, which has a date of its own."""
    if end.day < starts:
        tally.add(indicator, where, end, amount, day=starts, dated=True)
    else:
        tally.add(indicator, where, end, amount)


@lru_cache(maxsize=4096)
def _fte(hours: str, reference: str) -> int:
    """In ten-thousandths, rounded half to even."""
    return round(Fraction(hours) / Fraction(reference) * 10_000)


def _too_short(said: Job) -> bool:
    """Whether it is expected to end before one full month has passed."""
    if said.expected_end is ABSENT:
        return False
    return said.expected_end.toordinal() + 1 < add_months(said.starts.toordinal(), 1)
