"""A made-up story, command by command, from which the contracts take their examples: nobody in it is real.

What the commands record, in this order, are the examples of events: written by the deciders, never by hand.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

MEMBER: Final = "coop-des-sources"
SUPPORT: Final = "atelier-des-plateaux"
TERRITORY: Final = "cc-des-sources"
_KEY: Final = "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29"


def _id(number: int) -> str:
    return f"01933c1e-7b1a-7c3e-8d52-{number:012d}"


ACCOMPANIMENT: Final = _id(1)
PROJECT: Final = _id(2)
IDEA: Final = _id(3)
_ADVISER, _PERSON, _HOST, _INTERVIEW, _WORKSHOP, _DROPPED, _NEED, _FAIR = (_id(n) for n in range(11, 19))
_ADVISERS, _IDEAS, _TWICE = (_id(n) for n in range(31, 34))
_HERE: Final = {"territory_ids": [TERRITORY], "accompaniment_id": ACCOMPANIMENT}
_UNPLACED: Final = {
    "batch_id": _IDEAS,
    "count": {"value": 12, "precision": "at_least"},
    "themes": ["local_food"],
    "source": "Liste tenue sur papier avant l'outil",
}


def _target(sequence: int) -> dict[str, Any]:
    return {"source": f"/members/{MEMBER}/ideation", "sequence": sequence}


EXAMPLES: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    ("JoinMember", {"member_id": SUPPORT, "legal_name": "Atelier des Plateaux", "rna": "W000000001"}),
    ("JoinMember", {"member_id": MEMBER, "legal_name": "Coopérative des Sources", "siren": "000000018"}),
    # Third and fourth record of the story: the corrections below name them by these sequences.
    ("DeclareIdeaBatch", _UNPLACED),
    ("DeclareIdeaBatch", {**_UNPLACED, "batch_id": _TWICE}),
    (
        "IntroduceProducerKey",
        {
            "member_id": MEMBER,
            "service": "projects",
            "producer": f"/members/{MEMBER}/projects",
            "key_id": sha256(bytes.fromhex(_KEY)).hexdigest()[:16],
            "algorithm": "ed25519",
            "public_key": _KEY,
        },
    ),
    (
        "RegisterTerritory",
        {
            "territory_id": TERRITORY,
            "kind": "cc",
            "name": "Communauté de communes des Sources",
            "siren": "200000008",
            "insee": ["39999", "39998"],
            "cog_vintage": "2026-01-01",
            "population": 8400,
            "epci_links": [{"siren": "200000008", "relation": "is"}],
            "zonings": [{"code": "frr", "since": "2024-07-01"}],
        },
    ),
    (
        "AdmitTerritory",
        {
            "accompaniment_id": ACCOMPANIMENT,
            "territory_id": TERRITORY,
            "operators": [{"member_id": MEMBER, "role": "lead"}],
            "convention": "2026-04",
            "method_version": "3",
        },
    ),
    (
        "AssignOperator",
        {"accompaniment_id": ACCOMPANIMENT, "territory_id": TERRITORY, "member_id": SUPPORT, "role": "support"},
    ),
    (
        "ReleaseOperator",
        {
            "accompaniment_id": ACCOMPANIMENT,
            "territory_id": TERRITORY,
            "member_id": SUPPORT,
            "handover_to": MEMBER,
        },
    ),
    ("AppointAdviser", {"adviser_id": _ADVISER, "member_id": MEMBER, "share": "0.8"}),
    ("AssignAdviser", {**_HERE, "adviser_id": _ADVISER, "share": "0.3"}),
    ("UnassignAdviser", {**_HERE, "adviser_id": _ADVISER}),
    ("DepartAdviser", {"adviser_id": _ADVISER, "member_id": MEMBER}),
    (
        "DeclareAdviserBatch",
        {"batch_id": _ADVISERS, "count": {"value": 4, "precision": "exact"}, "source": "Rapport annuel"},
    ),
    (
        "RegisterActor",
        {
            "actor_id": _PERSON,
            "kind": "person",
            "category": "producer",
            "match_key": sha256(b"a keyed pseudonym").hexdigest(),
            "consent": "given",
        },
    ),
    ("RegisterActor", {"actor_id": _HOST, "kind": "organisation", "category": "association", "rna": "W000000002"}),
    (
        "RecordInterview",
        {
            **_HERE,
            "interview_id": _INTERVIEW,
            "form": "market",
            "participants": [_PERSON],
            "headcount": {"value": 20, "precision": "approx"},
            "title": "Au marché du samedi",
        },
    ),
    (
        "ScheduleWorkshop",
        {
            **_HERE,
            "workshop_id": _WORKSHOP,
            "title": "Manger local à la cantine",
            "question": "Que manque-t-il entre les fermes et les cuisines ?",
            "themes": ["local_food"],
            "format": "creative",
            "place": "Salle des fêtes",
            "planned_on": "2026-11-30",
        },
    ),
    (
        "HoldWorkshop",
        {
            **_HERE,
            "workshop_id": _WORKSHOP,
            "title": "Manger local à la cantine",
            "question": "Que manque-t-il entre les fermes et les cuisines ?",
            "themes": ["local_food"],
            "format": "creative",
            "place": "Salle des fêtes",
            "outputs": ["Une légumerie partagée", "Une tournée commune"],
            "participants": [_PERSON, _HOST],
            "headcount": {"value": 24, "precision": "exact"},
        },
    ),
    (
        "ScheduleWorkshop",
        {
            **_HERE,
            "workshop_id": _DROPPED,
            "title": "Retour sur la visite",
            "format": "meeting",
            "planned_on": "2026-12-07",
        },
    ),
    ("CancelWorkshop", {**_HERE, "workshop_id": _DROPPED, "reason": "Route coupée par la neige"}),
    (
        "RecordParticipation",
        {**_HERE, "actor_id": _HOST, "activity": {"kind": "other", "id": _FAIR}, "capacity": "host"},
    ),
    (
        "DeclareHeadcount",
        {
            **_HERE,
            "activity": {"kind": "other", "id": _FAIR},
            "headcount": {"value": 60, "precision": "at_least"},
            "identified": 1,
            "source": "Compte à l'entrée",
        },
    ),
    (
        "RecordNeed",
        {
            **_HERE,
            "need_id": _NEED,
            "text": "Les cantines ne trouvent pas de légumes préparés près d'ici.",
            "themes": ["local_food"],
            "concerned": ["school", "producer"],
            "unconventional": False,
            "source": f"interview/{_INTERVIEW}",
        },
    ),
    (
        "CharacteriseNeed",
        {
            **_HERE,
            "need_id": _NEED,
            "size": {"value": 900, "precision": "approx"},
            "current_answer": "Des légumes préparés viennent de loin.",
            "gap": "Aucun atelier de préparation à moins d'une heure.",
            "unmet": True,
        },
    ),
    (
        "ProposeIdea",
        {
            **_HERE,
            "idea_id": IDEA,
            "title": "Une légumerie partagée",
            "description": "Un atelier où les fermes préparent leurs légumes pour les cantines.",
            "needs": [_NEED],
            "themes": ["local_food"],
            "provenance": "workshop",
            "workshop": _WORKSHOP,
        },
    ),
    (
        "ShortlistIdea",
        {**_HERE, "idea_id": IDEA, "reason": "Le besoin est cerné", "body": "Comité de pilotage"},
    ),
    (
        "SelectIdea",
        {
            **_HERE,
            "project_id": PROJECT,
            "idea_ids": [IDEA],
            "decision_body": "Conseil communautaire",
            "project_title": "Légumerie des Sources",
            "nature": "creation",
        },
    ),
    (
        "CorrectRecord",
        {
            "target": _target(3),
            "changes": {
                "DeclareIdeaBatch": {
                    "count": {"value": 11, "precision": "exact"},
                    "territory_ids": [TERRITORY],
                    "occurred_on": {"date": "2026-06-30", "precision": "month"},
                }
            },
            "reason": "miscount",
            "note": "Une piste y figurait deux fois.",
        },
    ),
    ("VoidRecord", {"target": _target(4), "reason": "duplicate", "note": "La même liste, saisie deux fois."}),
    ("LeaveMember", {"member_id": SUPPORT, "successor": MEMBER}),
)
