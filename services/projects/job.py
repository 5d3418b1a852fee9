"""The posts that an activity opens, each created once and ended once. A post is one while its activity is."""

from dataclasses import dataclass
from typing import Any, Final, assert_never

from services.projects.activity import Ceased, activity, started
from services.projects.events import JobCreated, JobEnded
from services.projects.project import about
from shared.kernel.dates import EARLIEST, period
from shared.kernel.decider import Context, Draft, Events, Known, Lookup, RecordedEvent, Spec
from shared.kernel.deciding import command, draft, exists, only
from shared.kernel.refusals import Refused

AHEAD: Final = 366
"""How many days before its start a post may be recorded."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has recorded it."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Created and not ended."""

    fact: JobCreated


@dataclass(frozen=True, slots=True)
class Ended:
    """It ended."""

    fact: JobCreated


Job = Unknown | Filled | Ended
JobEvent = JobCreated | JobEnded
EVENTS: Final[tuple[type[JobEvent], ...]] = (JobCreated, JobEnded)


def job(past: Events) -> Job:
    """A post's state after these events."""
    state: Job = Unknown()
    for event in only(past, EVENTS):
        state = _evolve(state, event)
    return state


def _evolve(state: Job, event: RecordedEvent[JobEvent]) -> Job:
    fact = event.fact
    match fact:
        case JobCreated():
            return Filled(fact)
        case JobEnded():
            return Ended(state.fact) if isinstance(state, Filled) else state
        case _:
            assert_never(fact)


def create(fact: JobCreated, state: Job, context: Context, known: Known) -> list[Draft]:
    """An activity opens a post. Its dates follow one another; programmes share it at most once."""
    of = activity(known.stream(f"activity/{fact.activity_id}"))
    where = about(fact, started(of, fact.project_id, known))
    _possible(fact, context)
    match state:
        case Unknown():
            if isinstance(of, Ceased) and context.origin == "live" and str(fact.activity_id) not in context.standing:
                raise Refused(
                    "activity.ceased", "This activity has ceased.", "Cette activité a cessé.", ("activity_id",)
                )
            return [draft(where)]
        case Filled(before) | Ended(before):
            if before == where:
                return []
            raise exists("job", "Emploi")
        case _:
            assert_never(state)


def _possible(fact: JobCreated, context: Context) -> None:
    if fact.starts < EARLIEST:
        raise Refused("date.too_early", "No post before 1990.", "Pas d'emploi avant 1990.", ("starts",))
    if (fact.starts - context.today).days > AHEAD:
        raise Refused("date.in_future", "This start is too far away.", "Ce début est trop lointain.", ("starts",))
    if fact.expected_end is not None and fact.expected_end < fact.starts:
        raise _before_start("expected_end")
    if sum(a.share for a in fact.attribution) > 1:
        raise Refused(
            "job.attribution", "Shares sum to more than one.", "La somme des parts dépasse un.", ("attribution",)
        )


def end(fact: JobEnded, state: Job, context: Context, known: Known) -> list[Draft]:
    """A created post ends once, not before its start."""
    match state:
        case Unknown():
            raise _unknown()
        case Filled(before) | Ended(before):
            _same_job(fact, before)
            started(activity(known.stream(f"activity/{fact.activity_id}")), fact.project_id, known)
            if isinstance(state, Ended):
                return []
            if period(context.occurred_on, context.precision)[1] < before.starts:
                raise _before_start("occurred_on")
            return [draft(about(fact, before))]
        case _:
            assert_never(state)


def _same_job(fact: JobEnded, before: JobCreated) -> None:
    if before.activity_id != fact.activity_id:
        raise _unknown()
    if before.project_id != fact.project_id:
        raise Refused(
            "job.other_project",
            "This post is of another project.",
            "Cet emploi est celui d'un autre projet.",
            ("project_id",),
        )


def _unknown() -> Refused:
    return Refused("job.unknown", "Nobody has recorded this post.", "Cet emploi n'est pas enregistré ici.", ("job_id",))


def _before_start(path: str) -> Refused:
    return Refused(
        "job.dates", "The post would end before it starts.", "L'emploi finirait avant de commencer.", (path,)
    )


def _lookups(fact: JobCreated | JobEnded) -> list[Lookup]:
    return [Lookup("stream", f"activity/{fact.activity_id}"), Lookup("stream", f"project/{fact.project_id}")]


_CREATE = ("Record a job created", "Enregistrer un emploi créé")
_END = ("Record a job's end", "Enregistrer la fin d'un emploi")

SPECS: tuple[Spec[Any, Any], ...] = (
    command(JobCreated, "CreateJob", "PH AD CO", job, create, _CREATE, _lookups),
    command(JobEnded, "EndJob", "PH AD CO", job, end, _END, _lookups),
)
