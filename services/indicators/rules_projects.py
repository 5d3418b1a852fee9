"""Projects, their completion, and their jobs."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from services.indicators.facts import Fact
from services.indicators.rules_people import scaled
from services.indicators.tally import Tally, ordered, places, scopes

NEVER: Final = date.max.toordinal()
PAUSE_MONTHS: Final = 12


def project(entity: str, facts: Sequence[Fact], tally: Tally) -> None:
    """A project's stages, in its territories and at its owning member; and the posts of its activities."""
    opened = [f for f in facts if f.type == "projects.ProjectOpened.v1"]
    if opened:
        first = min(opened, key=lambda f: (f.day, f.order))
        where = [*places(first), f"member/{first.data['member_id']}"]
        _stages(first, facts, where, tally)
    _jobs(facts, tally)


def add_months(day: int, months: int) -> int:
    """The same day of the month so many months later, or that month's last day if there is none."""
    at = date.fromordinal(day)
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return date(year, month + 1, min(at.day, monthrange(year, month + 1)[1])).toordinal()


def _first_day(facts: Sequence[Fact], kind: str) -> int:
    return min((f.day for f in facts if f.type == kind), default=NEVER)


def _stages(first: Fact, facts: Sequence[Fact], where: list[str], tally: Tally) -> None:
    completed = _first_day(facts, "projects.ActivityStarted.v1")
    qualified = _first_day(facts, "projects.ProjectQualified.v1")
    launched = _first_day(facts, "projects.LaunchPhaseOpened.v1")
    tally.add("projects_opened", where, first.day)
    stages = (("projects_completed", completed), ("projects_qualified", qualified), ("projects_launching", launched))
    for indicator, day in stages:
        if day < NEVER:
            tally.add(indicator, where, day)
    begins = min(max(qualified, launched), _first_day(facts, "projects.ProjectNearingDeclared.v1"))
    ends = min(completed, _first_day(facts, "projects.ProjectAbandoned.v1"))
    pauses = _long_pauses(facts)
    _stock(
        lambda day: begins <= day < ends and not any(start <= day < end for start, end in pauses),
        {begins, ends, *(d for pause in pauses for d in pause)},
        where,
        tally,
    )


def _stock(true_on: Callable[[int], bool], days: set[int], where: list[str], tally: Tally) -> None:
    """Nearing, as what changes on the days where it may."""
    before = False
    for day in sorted(days - {NEVER}):
        now = true_on(day)
        tally.add("projects_nearing", where, day, now - before)
        before = now


def _long_pauses(facts: Sequence[Fact]) -> list[tuple[int, int]]:
    """Spans `[from, until)` in which the project has been paused for more than 12 months."""
    spans: list[tuple[int, int]] = []
    since: int | None = None
    for fact in ordered(facts):
        if fact.type == "projects.ProjectPaused.v1" and since is None:
            since = fact.day
        elif fact.type == "projects.ProjectResumed.v1" and since is not None:
            spans.append((add_months(since, PAUSE_MONTHS) + 1, fact.day))
            since = None
    if since is not None:
        spans.append((add_months(since, PAUSE_MONTHS) + 1, NEVER))
    return [(start, end) for start, end in spans if start < end]


def _jobs(facts: Sequence[Fact], tally: Tally) -> None:
    created: dict[str, Fact] = {}
    ended: dict[str, int] = {}
    ceased: dict[str, int] = {}
    for fact in facts:
        data = fact.data
        if fact.type == "projects.JobCreated.v1":
            job = data["job_id"]
            if job not in created or fact.order < created[job].order:
                created[job] = fact
        elif fact.type == "projects.JobEnded.v1":
            ended[data["job_id"]] = min(fact.day, ended.get(data["job_id"], fact.day))
        elif fact.type == "projects.ActivityCeased.v1":
            ceased[data["activity_id"]] = min(fact.day, ceased.get(data["activity_id"], fact.day))
    for job, fact in created.items():
        _job(fact, ended.get(job, NEVER), ceased.get(fact.data["activity_id"], NEVER), tally)


def _job(fact: Fact, ended: int, ceased: int, tally: Tally) -> None:
    data = fact.data
    starts = date.fromisoformat(data["starts"]).toordinal()
    if _too_short(data, starts):
        return
    where = scopes(fact)
    tally.add("jobs_recorded", where, starts)
    tally.add("jobs_created_or_consolidated", where, starts)
    hours = data.get("weekly_hours")
    fte = scaled(Decimal(hours) / Decimal(data["reference_hours"])) if hours is not None else 0
    indicator = ("jobs_fte_alive", fte) if hours is not None else ("jobs_fte_unknown", 1)
    gone = min(ended, ceased)
    for name, amount in (("jobs_alive", 1), indicator):
        tally.add(name, where, starts, amount)
        if gone < NEVER:
            tally.add(name, where, max(starts, gone), -amount)
    if ended < NEVER:
        tally.add("jobs_lost", where, max(starts, ended))


def _too_short(data: dict[str, Any], starts: int) -> bool:
    """A contract of less than a month creates no post."""
    if data["contract"] != "fixed_term" or "expected_end" not in data:
        return False
    return date.fromisoformat(data["expected_end"]).toordinal() < add_months(starts, 1)
