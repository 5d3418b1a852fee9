"""A made-up story, command by command, from which the contracts take their examples: nobody in it is real.

What the commands record, in this order, are the examples of events: written by the deciders, never by hand.
"""

from collections.abc import Mapping
from typing import Any, Final

MEMBER: Final = "coop-des-sources"
TERRITORY: Final = "cc-des-sources"


def _id(number: int) -> str:
    return f"01933c1e-7b1a-7c3e-8d52-{number:012d}"


ACCOMPANIMENT, PROJECT, IDEA = (_id(n) for n in range(1, 4))
_ACTIVITY, _JOB, _PROJECTS, _JOBS, _TWICE = (_id(n) for n in range(51, 56))
HEARD: Final[Mapping[str, Mapping[str, Any]]] = {
    f"territory/{TERRITORY}": {"name": "Communauté de communes des Sources"},
    f"accompaniment/{ACCOMPANIMENT}": {"territory_id": TERRITORY, "operators": [MEMBER]},
}
"""What the coordinator's events have told before the story begins."""

_P: Final = {"project_id": PROJECT}
_A: Final = {**_P, "activity_id": _ACTIVITY}
_JOB_BATCH: Final = {
    "batch_id": _JOBS,
    "count": {"value": 6, "precision": "approx"},
    "fte": "4.5",
    "kind": "created",
    "source": "Bilan de l'année",
}


def _target(sequence: int) -> dict[str, Any]:
    return {"source": f"/members/{MEMBER}/projects", "sequence": sequence}


EXAMPLES: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    # First and second record of the story: the corrections below name them by these sequences.
    ("DeclareJobBatch", _JOB_BATCH),
    ("DeclareJobBatch", {**_JOB_BATCH, "batch_id": _TWICE}),
    (
        "DeclareProjectBatch",
        {
            "batch_id": _PROJECTS,
            "count": {"value": 3, "precision": "exact"},
            "stage": "completed_or_nearing",
            "source": "Bilan de l'année",
        },
    ),
    (
        "OpenProject",
        {
            **_P,
            "member_id": MEMBER,
            "accompaniment_ids": [ACCOMPANIMENT],
            "accompaniment_id": ACCOMPANIMENT,
            "idea_ids": [IDEA],
            "title": "Légumerie des Sources",
            "nature": "creation",
            "origin_kind": "idea",
            "predecessor_attempt": "Un premier essai, en 2021, n'avait pas trouvé de local.",
        },
    ),
    ("IdentifyProjectHolder", {**_P, "project_holder": "association-legumes-des-sources", "legal_form": "association"}),
    (
        "QualifyProject",
        {
            **_P,
            "criteria": {"study": True, "partners": True, "project_holder": True, "model": False},
            "exceptions": "Le modèle se confirme pendant l'essai.",
            "body": "Comité de pilotage",
        },
    ),
    ("OpenLaunchPhase", {**_P, "decision": "CP-2026-03"}),
    ("StartPilot", {**_P, "hypothesis": "Deux cantines prennent chaque semaine des légumes préparés ici."}),
    (
        "DeclareProjectNearing",
        {**_P, "member_id": MEMBER, "body": "Comité de pilotage", "remaining": ["Signer le bail"]},
    ),
    ("PauseProject", {**_P, "reason": "Le local n'est libre qu'en juin."}),
    ("ResumeProject", _P),
    (
        "StartActivity",
        {
            **_A,
            "kind": "permanent",
            "operator": "association-legumes-des-sources",
            "place": "Ancienne laiterie",
            "insee": "39999",
            "naf": "10.39A",
        },
    ),
    (
        "CreateJob",
        {
            **_A,
            "job_id": _JOB,
            "employer": "association-legumes-des-sources",
            "position": "Préparation des légumes",
            "contract": "fixed_term",
            "weekly_hours": "17.5",
            "reference_hours": "35",
            "starts": "2026-09-01",
            "expected_end": "2027-08-31",
            "insertion": True,
            "attribution": [{"programme": "programme-regional", "share": "0.5"}],
        },
    ),
    ("EndJob", {**_A, "job_id": _JOB, "reason": "end_of_term"}),
    ("CeaseActivity", {**_A, "reason": "La coopérative voisine prend la suite."}),
    ("AbandonProject", {**_P, "reason": "other"}),
    (
        "CorrectRecord",
        {
            "target": _target(1),
            "changes": {
                "DeclareJobBatch": {
                    "count": {"value": 5, "precision": "exact"},
                    "territory_ids": [TERRITORY],
                    "occurred_on": {"date": "2026-06-30", "precision": "month"},
                }
            },
            "reason": "miscount",
            "note": "Un poste est désormais enregistré en détail.",
        },
    ),
    ("VoidRecord", {"target": _target(2), "reason": "duplicate", "note": "Le même bilan, saisi deux fois."}),
)
