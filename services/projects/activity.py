"""Activities and the jobs they open; numbers known only as numbers."""

from collections.abc import Sequence
from typing import Any

from services.projects.deciding import draft, needs, once, placed
from services.projects.events import (
    ActivityCeased,
    ActivityStarted,
    JobBatchDeclared,
    JobCreated,
    JobEnded,
    ProjectBatchDeclared,
)
from services.projects.project import about, project, under_way
from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec
from shared.kernel.refusals import Refused


def start(fact: ActivityStarted, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """An open project's activity starts once; seasons are no new starts."""
    opened = under_way(project(known.get(f"project/{fact.project_id}") or ()))
    return once(past, about(fact, opened), "activity", "Activité")


def cease(fact: ActivityCeased, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """A started activity ceases once."""
    started = _started(past, fact.project_id, fact.activity_id)
    if any(p.type == ActivityCeased.TYPE for p in past):
        return []
    return [draft(_same_place(fact, started))]


def create(fact: JobCreated, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """A started activity opens a post. Its dates follow one another; shares of programmes sum to one at most."""
    activity = known.get(f"activity/{fact.activity_id}") or ()
    started = _started(activity, fact.project_id, fact.activity_id)
    if any(p.type == ActivityCeased.TYPE for p in activity):
        raise Refused("activity.ceased", "This activity has ceased.", "Cette activité a cessé.", ("activity_id",))
    if fact.expected_end is not None and fact.expected_end < fact.starts:
        raise Refused("job.dates", "The post would end before it starts.", "Le poste finirait avant de commencer.")
    if (fact.starts - context.today).days > 366 or fact.starts.year < 1990:
        raise Refused("date.in_future", "This start is too far away.", "Ce début est trop loin.", ("starts",))
    if sum(a.share for a in fact.attribution) > 1:
        raise Refused("job.attribution", "Shares sum to more than one.", "La somme des parts dépasse un.", ("attribution",))
    return once(past, _same_place(fact, started), "job", "Emploi")


def end(fact: JobEnded, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """A created post ends once, not before its start."""
    created = next((p for p in past if p.type == JobCreated.TYPE), None)
    if created is None or created.data["activity_id"] != str(fact.activity_id):
        raise Refused("job.unknown", "Nobody has recorded this post.", "Cet emploi n'est pas enregistré.", ("job_id",))
    if created.data["project_id"] != str(fact.project_id):
        raise Refused("job.other_project", "This post is of another project.", "Autre projet.", ("project_id",))
    if any(p.type == JobEnded.TYPE for p in past):
        return []
    if context.occurred_on.isoformat() < created.data["starts"] and context.precision == "day":
        raise Refused("job.dates", "The post would end before it starts.", "Le poste finirait avant de commencer.")
    return [draft(_same_place(fact, created))]


def declare(fact: Any, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """A number is declared once; correct it when some of it is recorded in detail."""
    return once(past, placed(fact, context, known), "batch", "Lot")


def _started(past: Sequence[Past], project_id: Any, activity_id: Any) -> Past:
    started = next((p for p in past if p.type == ActivityStarted.TYPE), None)
    if started is None:
        raise Refused(
            "activity.unknown", "Nobody has recorded this activity.", "Activité inconnue ici.", ("activity_id",)
        )
    if started.data["project_id"] != str(project_id):
        raise Refused("activity.other_project", "This activity is of another project.", "Autre projet.", ("project_id",))
    return started


def _same_place(fact: Any, before: Past) -> Any:
    data = before.data
    return fact.model_copy(
        update={"territory_ids": list(data["territory_ids"]), "accompaniment_id": data.get("accompaniment_id")}
    )


def _spec(model: Any, name: str, roles: str, decide: Any, en: str, fr: str, **given: Any) -> Spec[Any, Any]:
    return Spec(
        name=name,
        model=model,
        roles=frozenset(roles.split()),
        emits=(model.TYPE,),
        fold=lambda past: past,
        decide=decide,
        title_en=en,
        title_fr=fr,
        stream=lambda fact: model.STREAM.format(**dict(fact)),
        **given,
    )


SPECS: tuple[Spec[Any, Any], ...] = (
    _spec(
        ActivityStarted,
        "StartActivity",
        "PH AD CO",
        start,
        "Start an activity",
        "Démarrer une activité",
        needs=lambda fact: [Need("stream", f"project/{fact.project_id}")],
    ),
    _spec(ActivityCeased, "CeaseActivity", "PH AD CO", cease, "Cease an activity", "Cesser une activité"),
    _spec(
        JobCreated,
        "CreateJob",
        "PH AD CO",
        create,
        "Record a job created",
        "Enregistrer un emploi créé",
        needs=lambda fact: [Need("stream", f"activity/{fact.activity_id}")],
    ),
    _spec(JobEnded, "EndJob", "PH AD CO", end, "Record a job's end", "Enregistrer la fin d'un emploi"),
    _spec(
        ProjectBatchDeclared,
        "DeclareProjectBatch",
        "CO",
        declare,
        "Declare a number of projects",
        "Déclarer un nombre de projets",
        needs=needs,
    ),
    _spec(
        JobBatchDeclared,
        "DeclareJobBatch",
        "CO",
        declare,
        "Declare a number of jobs",
        "Déclarer un nombre d'emplois",
        needs=needs,
    ),
)
