"""Projects: completed once an activity has started, nearing while they are ready and not held up."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Final

from services.audit.days import months_later
from services.audit.facts import Fact
from services.audit.tally import REGION, Tally

_PATIENCE: Final = 12
_STEPS: Final = (
    "ProjectQualified",
    "LaunchPhaseOpened",
    "ProjectNearingDeclared",
    "ProjectAbandoned",
    "ProjectPaused",
    "ProjectResumed",
    "ActivityStarted",
)
_BATCHES: Final = {
    "completed": "projects_completed",
    "nearing": "projects_nearing",
    "completed_or_nearing": "projects_declared",
}


def count(live: Mapping[str, list[Fact]], day: date, tally: Tally) -> None:
    """Adds what projects come to at the end of a day."""
    opened: dict[str, Fact] = {}
    for fact in live.get("projects.ProjectOpened.v1", []):
        opened.setdefault(fact.data["project_id"], fact)  # facts come in order of happening: the first stays
    steps: dict[str, list[Fact]] = defaultdict(list)
    for step in _STEPS:
        for fact in live.get(f"projects.{step}.v1", []):
            if fact.day <= day:
                steps[fact.data["project_id"]].append(fact)
    for project, opening in opened.items():
        _one(opening, steps[project], day, tally)
    for fact in live.get("projects.ProjectBatchDeclared.v1", []):
        if fact.day <= day:
            tally.declare(_BATCHES[fact.data["stage"]], {REGION, *fact.territories}, *fact.data["count"])


def _one(opening: Fact, steps: list[Fact], day: date, tally: Tally) -> None:
    scopes = {REGION, f"member/{opening.data['member_id']}", *opening.territories}
    done = {fact.kind.split(".")[1] for fact in steps}
    if opening.day <= day:
        tally.add("projects_opened", scopes)
    if "ProjectQualified" in done:
        tally.add("projects_qualified", scopes)
    if "LaunchPhaseOpened" in done:
        tally.add("projects_launching", scopes)
    if "ActivityStarted" in done:
        tally.add("projects_completed", scopes)
    elif _ready(done) and "ProjectAbandoned" not in done and not _asleep(steps, day):
        tally.add("projects_nearing", scopes)


def _ready(done: set[str]) -> bool:
    return "ProjectNearingDeclared" in done or {"ProjectQualified", "LaunchPhaseOpened"} <= done


def _asleep(steps: list[Fact], day: date) -> bool:
    """Whether the project has been paused for more than twelve months."""
    since: date | None = None
    for fact in sorted(steps, key=lambda fact: fact.happened):
        if fact.kind == "projects.ProjectPaused.v1":
            since = since or fact.day
        elif fact.kind == "projects.ProjectResumed.v1":
            since = None
    return since is not None and day > months_later(since, _PATIENCE)
