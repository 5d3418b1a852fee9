"""What a move of the laws gives: the input of every command, made of a few small numbers over tiny domains."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from tests.laws.world import MEMBERS

TERRITORIES: Final = ("t-north", "t-south")
DAYS: Final = (
    (date(2019, 3, 1), "day"),
    (date(2019, 6, 10), "month"),
    (date(2019, 6, 30), "at_latest"),
    (date(2019, 8, 1), "quarter"),
    (date(2019, 12, 31), "year"),
    (date(2020, 2, 29), "day"),
    (date(2021, 3, 1), "day"),
)
Given = Mapping[str, Any]


class Move(NamedTuple):
    """Whose move, which, and four small numbers that it may use as it likes."""

    member: str
    what: int
    a: int
    b: int
    c: int
    d: int


def uid(number: int) -> str:
    """One of two ids, the same for every kind of object."""
    return f"00000000-0000-7000-8000-00000000000{number % 2 + 1}"


def accompaniment(number: int) -> str:
    """One of two accompaniments: the first operated by both members, the second by alpha alone."""
    return f"00000000-0000-7000-8000-0000000000a{number % 2 + 1}"


def _here(number: int) -> dict[str, Any]:
    """In an accompaniment, in a territory, or nowhere."""
    match number % 4:
        case 0:
            return {"accompaniment_id": accompaniment(0)}
        case 1:
            return {"accompaniment_id": accompaniment(1)}
        case 2:
            return {"territory_ids": [TERRITORIES[number % 8 // 4]]}
    return {}


def quantity(number: int) -> dict[str, Any]:
    return {"value": number, "precision": ("exact", "approx", "at_least")[number % 3]}


def _gathering(number: int) -> dict[str, Any]:
    return {"kind": ("workshop", "interview", "other")[number % 3], "id": uid(number // 3)}


def _job(m: Move) -> dict[str, Any]:
    starts, _ = DAYS[m.c % len(DAYS)]
    found: dict[str, Any] = {
        "project_id": uid(m.a),
        "activity_id": uid(m.a + m.d),
        "job_id": uid(m.b),
        "employer": "shop",
        "position": "Baker",
        "contract": ("open_ended", "fixed_term", "apprentice")[m.d % 3],
        "starts": starts.isoformat(),
    }
    if m.d % 2:
        found["weekly_hours"] = ("17.5", "35", "10.01")[m.b % 3]
    if m.c % 3 == 0:
        found["expected_end"] = (starts.replace(day=28) if m.b % 2 else date(starts.year + 1, 1, 1)).isoformat()
    return found


def _batch(m: Move) -> dict[str, Any]:
    return {**_here(m.b), "batch_id": uid(m.a), "count": quantity(m.c), "source": "a list"}


Make = Callable[[Move], Given]
# Service, command, role, and the input made of a move.
COMMANDS: Final[tuple[tuple[str, str, str, Make], ...]] = (
    (
        "ideation",
        "ProposeIdea",
        "AD",
        lambda m: {**_here(m.b), "idea_id": uid(m.a), "title": f"Idea {m.c % 2}", "provenance": "online"},
    ),
    ("ideation", "ShortlistIdea", "AD", lambda m: {**_here(m.b), "idea_id": uid(m.a)}),
    (
        "ideation",
        "SelectIdea",
        "TR",
        lambda m: {
            "accompaniment_id": accompaniment(m.b),
            "project_id": uid(m.c),
            "idea_ids": [uid(m.a)],
            "decision_body": "Council",
            "project_title": f"Project {m.d % 2}",
        },
    ),
    ("ideation", "DeclareIdeaBatch", "AD", _batch),
    ("ideation", "RecordNeed", "AD", lambda m: {**_here(m.b), "need_id": uid(m.a), "text": "No baker"}),
    (
        "ideation",
        "CharacteriseNeed",
        "AD",
        lambda m: {**_here(m.b), "need_id": uid(m.a), "current_answer": "None", "gap": f"Gap {m.c % 2}", "unmet": True},
    ),
    (
        "ideation",
        "RegisterActor",
        "AD",
        lambda m: {"actor_id": uid(m.a), "kind": ("person", "organisation")[m.b % 2], "category": "resident"},
    ),
    (
        "ideation",
        "HoldWorkshop",
        "AD",
        lambda m: {
            **_here(m.b),
            "workshop_id": uid(m.a),
            "title": "Bread",
            "format": "creative",
            "participants": [uid(m.c)] if m.d % 2 else [],
            **({"headcount": quantity(m.c)} if m.d % 3 else {}),
        },
    ),
    (
        "ideation",
        "ScheduleWorkshop",
        "AD",
        lambda m: {
            **_here(m.b),
            "workshop_id": uid(m.a),
            "title": "Bread",
            "format": "creative",
            "planned_on": "2019-05-01",
        },
    ),
    ("ideation", "CancelWorkshop", "AD", lambda m: {**_here(m.b), "workshop_id": uid(m.a), "reason": "Snow"}),
    (
        "ideation",
        "RecordInterview",
        "AD",
        lambda m: {
            **_here(m.b),
            "interview_id": uid(m.a),
            "form": "market",
            "participants": [uid(m.c)] if m.d % 2 else [],
        },
    ),
    (
        "ideation",
        "RecordParticipation",
        "AD",
        lambda m: {**_here(m.b), "actor_id": uid(m.a), "activity": _gathering(m.c)},
    ),
    (
        "ideation",
        "DeclareHeadcount",
        "AD",
        lambda m: {**_here(m.b), "activity": _gathering(m.c), "headcount": quantity(m.d), "identified": m.a % 3},
    ),
    (
        "ideation",
        "AppointAdviser",
        "ME",
        lambda m: {"adviser_id": uid(m.a), "member_id": m.member, "share": ("1", "0.5", "0.3333")[m.b % 3]},
    ),
    ("ideation", "DepartAdviser", "ME", lambda m: {"adviser_id": uid(m.a), "member_id": m.member}),
    (
        "ideation",
        "AssignAdviser",
        "ME",
        lambda m: {
            "adviser_id": uid(m.a),
            "share": "0.5",
            **({"accompaniment_id": accompaniment(m.b)} if m.c % 2 else {"project_id": uid(m.b)}),
        },
    ),
    (
        "ideation",
        "UnassignAdviser",
        "ME",
        lambda m: {
            "adviser_id": uid(m.a),
            **({"accompaniment_id": accompaniment(m.b)} if m.c % 2 else {"project_id": uid(m.b)}),
        },
    ),
    (
        "projects",
        "OpenProject",
        "AD",
        lambda m: {
            **_here(m.b),
            "project_id": uid(m.a),
            "member_id": m.member,
            "title": f"Project {m.c % 2}",
            "nature": "creation",
            "origin_kind": "idea",
            "confidentiality": ("public", "partners", "member")[m.d % 3],
        },
    ),
    (
        "projects",
        "QualifyProject",
        "AD",
        lambda m: {
            "project_id": uid(m.a),
            "criteria": dict.fromkeys(("study", "partners", "project_holder", "model"), True),
            "body": "Council",
        },
    ),
    ("projects", "OpenLaunchPhase", "AD", lambda m: {"project_id": uid(m.a)}),
    (
        "projects",
        "DeclareProjectNearing",
        "CO",
        lambda m: {"project_id": uid(m.a), "member_id": m.member, "body": "Collective"},
    ),
    ("projects", "AbandonProject", "AD", lambda m: {"project_id": uid(m.a), "reason": "other"}),
    ("projects", "PauseProject", "AD", lambda m: {"project_id": uid(m.a), "reason": "Winter"}),
    ("projects", "ResumeProject", "AD", lambda m: {"project_id": uid(m.a)}),
    (
        "projects",
        "IdentifyProjectHolder",
        "AD",
        lambda m: {"project_id": uid(m.a), "project_holder": f"holder-{m.b % 2}"},
    ),
    (
        "projects",
        "StartActivity",
        "AD",
        lambda m: {"project_id": uid(m.a), "activity_id": uid(m.b), "kind": "permanent"},
    ),
    ("projects", "CeaseActivity", "AD", lambda m: {"project_id": uid(m.a), "activity_id": uid(m.b), "reason": "Over"}),
    ("projects", "CreateJob", "AD", _job),
    (
        "projects",
        "EndJob",
        "AD",
        lambda m: {"project_id": uid(m.a), "activity_id": uid(m.a + m.d), "job_id": uid(m.b), "reason": "closure"},
    ),
)

_STAGES: Final = ("completed", "nearing", "completed_or_nearing")
REGISTER: Final = ("RegisterTerritory", lambda m: {"territory_id": TERRITORIES[m.a % 2], "kind": "cc", "name": "Here"})
JOIN: Final = ("JoinMember", lambda m: {"member_id": MEMBERS[m.a % 3], "legal_name": "Association"})


def admission(m: Move) -> Given:
    operators = [{"member_id": one} for one in (MEMBERS if m.a % 2 == 0 else ("alpha",))]
    return {"accompaniment_id": accompaniment(m.a), "territory_id": TERRITORIES[m.a % 2], "operators": operators}


def _operator(m: Move) -> Given:
    given = {"accompaniment_id": accompaniment(m.a), "territory_id": TERRITORIES[m.a % 2]}
    return {**given, "member_id": MEMBERS[m.b % 3]}


def _everybody(m: Move) -> Given:
    activity = {"kind": "collective", "id": uid(m.a)}
    return {"activity": activity, "headcount": quantity(m.d), "identified": 0}


# What only the coordinator gives, at its ideation or projects.
OF_COORDINATOR: Final[tuple[tuple[str, str, str, Make], ...]] = (
    ("ideation", REGISTER[0], "CO", REGISTER[1]),
    ("ideation", JOIN[0], "CO", JOIN[1]),
    ("ideation", "AdmitTerritory", "CO", admission),
    ("ideation", "AssignOperator", "CO", _operator),
    ("ideation", "ReleaseOperator", "CO", _operator),
    ("ideation", "DeclareHeadcount", "CO", _everybody),
    ("ideation", "DeclareAdviserBatch", "CO", lambda m: {**_batch(m), "member_id": MEMBERS[m.d % 3]}),
    ("projects", "DeclareProjectBatch", "CO", lambda m: {**_batch(m), "stage": _STAGES[m.d % 3]}),
    ("projects", "DeclareJobBatch", "CO", lambda m: {**_batch(m), "kind": ("created", "consolidated")[m.d % 2]}),
)
