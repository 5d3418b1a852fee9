"""Jobs: posts opened by an activity, counted for ever; beside them those still in place, lost, and their hours."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Final

from services.audit.days import months_later
from services.audit.facts import Fact
from services.audit.tally import REGION, Tally, scaled

_BATCHES: Final = {"created": "jobs_declared", "consolidated": "jobs_consolidated"}


def count(live: Mapping[str, list[Fact]], day: date, tally: Tally) -> None:
    """Adds what jobs come to at the end of a day."""
    created: dict[tuple[str, str], Fact] = {}
    for fact in sorted(live.get("projects.JobCreated.v1", []), key=lambda fact: fact.told):
        created.setdefault((fact.data["project_id"], fact.data["job_id"]), fact)
    ended = _days(live.get("projects.JobEnded.v1", []), "job_id")
    ceased = _days(live.get("projects.ActivityCeased.v1", []), "activity_id")
    for (project, job), fact in created.items():
        starts: date = fact.data["starts"]
        if starts > day or _too_short(fact):
            continue
        scopes = {REGION, fact.teller, *fact.territories}
        tally.add("jobs_recorded", scopes)
        ends = ended[project, job]
        if ends and max(starts, min(ends)) <= day:
            tally.add("jobs_lost", scopes)
        ends = ends + ceased[project, fact.data["activity_id"]]
        if not ends or max(starts, min(ends)) > day:
            _alive(fact, scopes, tally)
    for fact in live.get("projects.JobBatchDeclared.v1", []):
        if fact.day <= day:
            tally.declare(_BATCHES[fact.data["kind"]], {REGION, *fact.territories}, *fact.data["count"])


def _alive(fact: Fact, scopes: set[str], tally: Tally) -> None:
    tally.add("jobs_alive", scopes)
    if "weekly_hours" in fact.data:
        tally.add("jobs_fte_alive", scopes, scaled(fact.data["weekly_hours"] / fact.data["reference_hours"]))
    else:
        tally.add("jobs_fte_unknown", scopes)


def _too_short(fact: Fact) -> bool:
    """A fixed term of less than a month is no post."""
    if fact.data["contract"] != "fixed_term" or "expected_end" not in fact.data:
        return False
    return bool(fact.data["expected_end"] < months_later(fact.data["starts"], 1))


def _days(facts: list[Fact], name: str) -> dict[tuple[str, str], list[date]]:
    found: dict[tuple[str, str], list[date]] = defaultdict(list)
    for fact in facts:
        found[fact.data["project_id"], fact.data[name]].append(fact.day)
    return found
