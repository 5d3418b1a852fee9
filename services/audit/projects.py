"""Projects: completed once an activity has started, nearing while they are ready and not held up."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from services.audit.days import months_later
from services.audit.facts import Fact
from services.audit.living import Living
from services.audit.tally import Tally

COUNTED: Final = ("projects_opened", "projects_qualified", "projects_launching")
DECLARED: Final = ("projects_completed", "projects_nearing", "projects_declared")
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


def openings(living: Living) -> Mapping[tuple[str, str], Fact]:
    """The opening of each project, named by its member and its id: the first in order, if there are several."""
    found: dict[tuple[str, str], Fact] = {}
    for fact in living.of("projects.ProjectOpened"):
        found.setdefault(fact.own("project_id"), fact)
    return found


def count(living: Living, day: date, tally: Tally) -> None:
    """Adds what projects come to at the end of a day."""
    steps: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for step in _STEPS:
        for fact in living.of(f"projects.{step}"):
            if fact.day <= day:
                steps[fact.own("project_id")].append(fact)
    for project, opening in openings(living).items():
        _one(opening, steps[project], day, tally)
    for fact in living.of("projects.ProjectBatchDeclared"):
        if fact.day <= day:
            tally.declare(_BATCHES[fact.data["stage"]], fact.scopes, *fact.data["count"])


def _one(opening: Fact, steps: Sequence[Fact], day: date, tally: Tally) -> None:
    done = {fact.name.partition(".")[2] for fact in steps}
    if "ActivityStarted" in done:
        tally.add("projects_completed", opening.scopes)
    if day < opening.day:
        return
    tally.add("projects_opened", opening.scopes)
    if "ProjectQualified" in done:
        tally.add("projects_qualified", opening.scopes)
    if "LaunchPhaseOpened" in done:
        tally.add("projects_launching", opening.scopes)
    if _is_ready(done) and not done & {"ActivityStarted", "ProjectAbandoned"} and not _is_asleep(steps, day):
        tally.add("projects_nearing", opening.scopes)


def _is_ready(done: set[str]) -> bool:
    return "ProjectNearingDeclared" in done or {"ProjectQualified", "LaunchPhaseOpened"} <= done


def _is_asleep(steps: Sequence[Fact], day: date) -> bool:
    """Whether the project has been paused for more than twelve months."""
    since: date | None = None
    for fact in sorted(steps, key=lambda fact: fact.happened):
        if fact.name == "projects.ProjectPaused":
            since = since or fact.day
        elif fact.name == "projects.ProjectResumed":
            since = None
    return since is not None and day > months_later(since, _PATIENCE)
