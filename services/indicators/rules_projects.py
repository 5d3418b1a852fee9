"""Projects, their completion, and their jobs."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from services.indicators.facts import Fact
from services.indicators.rules_people import scaled
from services.indicators.tally import Tally, earliest, first_of, ordered, places, scopes

_ByType = Mapping[str, list[Fact]]
# The first day and the first day after, each with the record that says it.
_Pause = tuple[tuple[int, Fact], tuple[int, Fact | None]]
_STAGES: Final = (
    "projects.ActivityStarted.v1",
    "projects.ProjectQualified.v1",
    "projects.LaunchPhaseOpened.v1",
    "projects.ProjectNearingDeclared.v1",
    "projects.ProjectAbandoned.v1",
)
NEVER: Final = date.max.toordinal()
PAUSE_MONTHS: Final = 12


def project(entity: str, facts: Sequence[Fact], tally: Tally) -> None:
    """A project's stages, in its territories and at its owning member; and the posts of its activities."""
    by_type: dict[str, list[Fact]] = {}
    for fact in facts:
        by_type.setdefault(fact.type, []).append(fact)
    first = first_of(by_type.get("projects.ProjectOpened.v1", ()))
    if first is not None:
        where = [*places(first), f"member/{first.data['member_id']}"]
        _stages(first, by_type, where, tally)
    if "projects.JobCreated.v1" in by_type:
        _jobs(by_type, tally)


@lru_cache(maxsize=8192)
def add_months(day: int, months: int) -> int:
    """The same day of the month so many months later, or that month's last day if there is none."""
    at = date.fromordinal(day)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return date(year, month + 1, min(at.day, monthrange(year, month + 1)[1])).toordinal()


def _stages(first: Fact, by_type: _ByType, where: list[str], tally: Tally) -> None:
    completed, qualified, launched, declared, abandoned = (first_of(by_type.get(kind, ())) for kind in _STAGES)
    tally.add("projects_opened", where, first.day, first)
    stages = (("projects_completed", completed), ("projects_qualified", qualified), ("projects_launching", launched))
    for indicator, fact in stages:
        if fact is not None:
            tally.add(indicator, where, fact.day, fact)
    begins = [max(qualified, launched, key=_order)] if qualified is not None and launched is not None else []
    begins += [declared] if declared is not None else []
    if begins:
        ends = [fact for fact in (completed, abandoned) if fact is not None]
        _nearing(min(begins, key=_order), min(ends, key=_order, default=None), _long_pauses(by_type), where, tally)


def _order(fact: Fact) -> tuple[int, tuple[str, str, int]]:
    return fact.day, fact.order


def _nearing(begins: Fact, ends: Fact | None, pauses: Sequence[_Pause], where: list[str], tally: Tally) -> None:
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


def _long_pauses(by_type: _ByType) -> list[_Pause]:
    """Spans in which the project has been paused for more than 12 months."""
    paused = by_type.get("projects.ProjectPaused.v1", [])
    if not paused:
        return []
    spans: list[_Pause] = []
    since: Fact | None = None
    for fact in ordered(paused + by_type.get("projects.ProjectResumed.v1", [])):
        if fact.type == "projects.ProjectPaused.v1":
            since = since or fact
        elif since is not None:
            spans.append(((add_months(since.day, PAUSE_MONTHS) + 1, since), (fact.day, fact)))
            since = None
    if since is not None:
        spans.append(((add_months(since.day, PAUSE_MONTHS) + 1, since), (NEVER, None)))
    return [span for span in spans if span[0][0] < span[1][0]]


def _jobs(by_type: _ByType, tally: Tally) -> None:
    created: dict[str, Fact] = {}
    for fact in by_type["projects.JobCreated.v1"]:
        job = fact.data["job_id"]
        if job not in created or fact.order < created[job].order:
            created[job] = fact
    ended = earliest(by_type.get("projects.JobEnded.v1", ()), lambda f: (f.data["job_id"],))
    ceased = earliest(by_type.get("projects.ActivityCeased.v1", ()), lambda f: (f.data["activity_id"],))
    for job, fact in created.items():
        _job(fact, ended.get(job), ceased.get(fact.data["activity_id"]), tally)


def _job(fact: Fact, ended: Fact | None, ceased: Fact | None, tally: Tally) -> None:
    data = fact.data
    starts = _ordinal(data["starts"])
    if _too_short(data, starts):
        return
    where = scopes(fact)
    tally.add("jobs_recorded", where, starts, fact)
    tally.add("jobs_created_or_consolidated", where, starts, fact)
    hours = data.get("weekly_hours")
    alive = ("jobs_fte_unknown", 1) if hours is None else ("jobs_fte_alive", _fte(hours, data["reference_hours"]))
    gone = min((f for f in (ended, ceased) if f is not None), key=_order, default=None)
    for name, amount in (("jobs_alive", 1), alive):
        tally.add(name, where, starts, fact, amount)
        if gone is not None:
            tally.add(name, where, max(starts, gone.day), gone, -amount)
    if ended is not None:
        tally.add("jobs_lost", where, max(starts, ended.day), ended)


@lru_cache(maxsize=4096)
def _fte(hours: str, reference: str) -> int:
    return scaled(Decimal(hours) / Decimal(reference))


@lru_cache(maxsize=8192)
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _too_short(data: dict[str, Any], starts: int) -> bool:
    """A contract of less than a month creates no post."""
    if data["contract"] != "fixed_term" or "expected_end" not in data:
        return False
    return _ordinal(data["expected_end"]) < add_months(starts, 1)
