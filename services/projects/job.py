"""The posts that an activity opens, each created once and ended once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never

from services.projects.activity import Ceased, activity, started
from services.projects.events import JobCreated, JobEnded
from services.projects.project import about
from shared.kernel.dates import EARLIEST, period
from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec
from shared.kernel.deciding import command, draft, exists
from shared.kernel.refusals import Refused

AHEAD: Final = 366
"""How many days before its start a post may be recorded."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has recorded it."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Created and not ended."""

    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """It ended."""

    said: Mapping[str, Any]


Job = Unknown | Filled | Ended


def job(past: Sequence[Past]) -> Job:
    """A post's state after these events."""
    state: Job = Unknown()
    for p in past:
        state = _evolve(state, p)
    return state


def _evolve(state: Job, p: Past) -> Job:
    match state:
        case Unknown():
            return Filled(dict(p.data)) if p.type == JobCreated.TYPE else state
        case Filled(said):
            return Ended(said) if p.type == JobEnded.TYPE else state
        case Ended():
            return state
        case _:
            assert_never(state)


def create(fact: JobCreated, state: Job, context: Context, known: Known) -> list[Draft]:
    """An activity opens a post. Its dates follow one another; programmes share it at most once."""
    of = activity(known.get(f"activity/{fact.activity_id}") or ())
    where = about(fact, started(of, fact.project_id))
    _possible(fact, context)
    match state:
        case Unknown():
            if isinstance(of, Ceased) and context.origin == "live":
                raise Refused(
                    "activity.ceased", "This activity has ceased.", "Cette activité a cessé.", ("activity_id",)
                )
            return [draft(where)]
        case Filled(said) | Ended(said):
            if said == where.payload():
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
        case Filled(said) | Ended(said):
            _same_job(fact, said)
            if isinstance(state, Ended):
                return []
            if period(context.occurred_on, context.precision)[1].isoformat() < said["starts"]:
                raise _before_start("occurred_on")
            return [draft(about(fact, said))]
        case _:
            assert_never(state)


def _same_job(fact: JobEnded, said: Mapping[str, Any]) -> None:
    if said["activity_id"] != str(fact.activity_id):
        raise _unknown()
    if said["project_id"] != str(fact.project_id):
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


def _create_needs(fact: JobCreated) -> list[Need]:
    return [Need("stream", f"activity/{fact.activity_id}")]


_CREATE = ("Record a job created", "Enregistrer un emploi créé")
_END = ("Record a job's end", "Enregistrer la fin d'un emploi")

SPECS: tuple[Spec[Any, Any], ...] = (
    command(JobCreated, "CreateJob", "PH AD CO", job, create, _CREATE, _create_needs),
    command(JobEnded, "EndJob", "PH AD CO", job, end, _END),
)
