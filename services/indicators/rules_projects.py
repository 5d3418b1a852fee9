"""Projects, their completion, and their jobs."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from services.indicators.facts import AnyFact, Fact, those
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
from services.indicators.rules_people import scaled
from services.indicators.tally import Scopes, Tally, first_of, later, ordered, scopes, with_member

# The first day and the first day after, each with the record that says it.
_Pause = tuple[tuple[int, AnyFact], tuple[int, AnyFact | None]]
NEVER: Final = date.max.toordinal()
PAUSE_MONTHS: Final = 12


def project(entity: str, facts: Sequence[AnyFact], tally: Tally) -> None:
    """A project's stages, in its territories and at its owning member; and the posts of its activities."""
    first = first_of(those(facts, Opened))
    if first is not None:
        _stages(first, facts, with_member(first.said.territory_ids, first.said.member_id), tally)
    _jobs(facts, tally)


@lru_cache(maxsize=8192)
def add_months(day: int, months: int) -> int:
    """The same day of the month so many months later, or that month's last day if there is none."""
    at = date.fromordinal(day)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return date(year, month + 1, min(at.day, monthrange(year, month + 1)[1])).toordinal()


def _stages(first: Fact[Opened], facts: Sequence[AnyFact], where: Scopes, tally: Tally) -> None:
    completed, qualified = first_of(those(facts, Started)), first_of(those(facts, Qualified))
    launched, declared = first_of(those(facts, Launched)), first_of(those(facts, Nearing))
    tally.add("projects_opened", where, first.day, first)
    stages: tuple[tuple[str, AnyFact | None], ...] = (
        ("projects_completed", completed),
        ("projects_qualified", qualified),
        ("projects_launching", launched),
    )
    for indicator, fact in stages:
        if fact is not None:
            tally.add(indicator, where, fact.day, fact)
    begins: list[AnyFact] = []
    if qualified is not None and launched is not None:
        begins.append(later(qualified, launched))
    if declared is not None:
        begins.append(declared)
    nearing = first_of(begins)
    if nearing is not None:
        ends: list[AnyFact | None] = [completed, first_of(those(facts, Abandoned))]
        ended = first_of([fact for fact in ends if fact is not None])
        _nearing(nearing, ended, _long_pauses(facts), where, tally)


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
        tally.add("projects_nearing", where, day, days[day], now - before)
        before = now


def _long_pauses(facts: Sequence[AnyFact]) -> list[_Pause]:
    """Spans in which the project has been paused for more than 12 months."""
    paused = those(facts, Paused)
    if not paused:
        return []
    spans: list[_Pause] = []
    since: AnyFact | None = None
    both: list[AnyFact] = [*paused, *those(facts, Resumed)]
    for fact in ordered(both):
        if type(fact.said) is Paused:
            since = since or fact
        elif since is not None:
            spans.append(((add_months(since.day, PAUSE_MONTHS) + 1, since), (fact.day, fact)))
            since = None
    if since is not None:
        spans.append(((add_months(since.day, PAUSE_MONTHS) + 1, since), (NEVER, None)))
    return [span for span in spans if span[0][0] < span[1][0]]


def _jobs(facts: Sequence[AnyFact], tally: Tally) -> None:
    created: dict[str, Fact[Job]] = {}
    for fact in those(facts, Job):
        job = fact.said.job_id
        if job not in created or fact.order < created[job].order:
            created[job] = fact
    if not created:
        return
    ended = {f.said.job_id: f for f in reversed(ordered(those(facts, JobEnd)))}
    ceased = {f.said.activity_id: f for f in reversed(ordered(those(facts, Ceased)))}
    for job, fact in created.items():
        _job(fact, ended.get(job), ceased.get(fact.said.activity_id), tally)


def _job(fact: Fact[Job], ended: AnyFact | None, ceased: AnyFact | None, tally: Tally) -> None:
    said = fact.said
    starts = said.starts.toordinal()
    if _too_short(said, starts):
        return
    where = scopes(fact)
    tally.add("jobs_recorded", where, starts, fact)
    hours = said.weekly_hours
    alive = ("jobs_fte_unknown", 1) if hours is None else ("jobs_fte_alive", _fte(hours, said.reference_hours))
    gone = first_of([f for f in (ended, ceased) if f is not None])
    for name, amount in (("jobs_alive", 1), alive):
        tally.add(name, where, starts, fact, amount)
        if gone is not None:
            tally.add(name, where, max(starts, gone.day), gone, -amount)
    if ended is not None:
        tally.add("jobs_lost", where, max(starts, ended.day), ended)


@lru_cache(maxsize=4096)
def _fte(hours: str, reference: str) -> int:
    return scaled(Decimal(hours) / Decimal(reference))


def _too_short(said: Job, starts: int) -> bool:
    """A contract of less than a month creates no post."""
    if said.contract != "fixed_term" or said.expected_end is None:
        return False
    return said.expected_end.toordinal() < add_months(starts, 1)
