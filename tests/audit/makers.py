"""The payload of each event that a story tells, for a member that tells it."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.audit.chances import Chance, Payload

Maker = Callable[[Chance, str], Payload]
CRITERIA = {"study": True, "partners": True, "project_holder": True, "model": True}
RELATIONS = ["is", "part", "member_of", "contains", "overlaps"]


def _registered(chance: Chance, member: str) -> Payload:
    """Registered again, a territory is still what it was."""
    place = chance.place()
    relations = random.Random(place["territory_id"]).sample(RELATIONS, 2)
    links = [{"siren": "200000001", "relation": relation} for relation in relations]
    about = {"kind": "cc", "name": "Un territoire", "insee": [], "parts": [], "zonings": [], "epci_links": links}
    return {**place, **about}


def _operator(chance: Chance, member: str) -> Payload:
    return {**chance.accompaniment(), "member_id": member, "role": "support"}


def _admitted(chance: Chance, member: str) -> Payload:
    operators = [{"member_id": member, "role": "lead"}] if chance.often(0.7) else []
    return {**chance.accompaniment(), "operators": operators}


def _assigned(chance: Chance, member: str) -> Payload:
    purpose = {"accompaniment_id": chance.id("accompaniment")} if chance.often(0.7) else {}
    if not purpose or chance.often(0.3):
        purpose["project_id"] = chance.id("project")
    return {"adviser_id": chance.id("adviser"), "share": "1", **purpose}


def _unassigned(chance: Chance, member: str) -> Payload:
    return {name: value for name, value in _assigned(chance, member).items() if name != "share"}


def _gathering(chance: Chance) -> Payload:
    """A gathering is of one kind."""
    number = chance.dice.randrange(3)
    return {"kind": ["interview", "workshop", "other"][number], "id": chance.named(f"gathering{number}")}


def _heads(chance: Chance, member: str) -> Payload:
    under = {"accompaniment_id": chance.id("heads")} if chance.often(0.6) else {}
    return {
        **{"activity": _gathering(chance), **under},
        **{"headcount": chance.quantity(), "identified": chance.dice.randrange(3)},
    }


def _opened(chance: Chance, member: str) -> Payload:
    """Opened again, a project is where it was."""
    project = chance.id("project")
    a, b = chance.territory("a"), chance.territory("b")
    places = chance.always(f"{member}{project}", [], [a], [a, b], [b])
    about = {"title": "Un projet", "nature": "creation", "origin_kind": "idea", "member_id": member}
    lists: Payload = {"accompaniment_ids": [], "idea_ids": [], "territory_ids": places}
    return {"project_id": project, **lists, **about}


def _of_job(chance: Chance) -> Payload:
    """A job is of one activity, which is of one project."""
    number = chance.dice.randrange(3)
    names = {"job_id": f"job{number}", "activity_id": f"activity{number % 2}", "project_id": f"project{number % 2}"}
    return {field: chance.named(name) for field, name in names.items()}


def _job(chance: Chance, member: str) -> Payload:
    starts = chance.day()
    found = {**_of_job(chance), "employer": "e", "position": "p", "starts": starts, "insertion": False}
    found |= {"contract": chance.one("open_ended", "fixed_term", "agency"), "attribution": []}
    found["reference_hours"] = chance.one("35", "39")
    if chance.often(0.7):
        found["weekly_hours"] = chance.one("17.5", "28", "0.3")
    if chance.often(0.5):
        days = timedelta(days=chance.one(20, 27, 28, 29, 30, 31, 90))
        found["expected_end"] = (date.fromisoformat(starts) + days).isoformat()
    return found


def _ended(chance: Chance, member: str) -> Payload:
    return {**_of_job(chance), "reason": "closure"}


def _activity(chance: Chance) -> Payload:
    job = _of_job(chance)
    return {name: job[name] for name in ("activity_id", "project_id")}


def _step(**more: Any) -> Maker:
    return lambda chance, member: {"project_id": chance.id("project"), **more}


def _batch(**choices: list[str]) -> Maker:
    return lambda chance, member: {
        **{"batch_id": chance.batch_id(), "count": chance.quantity(), "source": "s"},
        **{name: chance.one(*words) for name, words in choices.items()},
    }


def _advisers(chance: Chance, member: str) -> Payload:
    named = {"member_id": member} if chance.often(0.5) else {}
    return {**_batch()(chance, member), **named}


def _thing(field: str, kind: str, **more: Any) -> Maker:
    return lambda chance, member: {field: chance.id(kind), **more}


_IDEATION: dict[str, Maker] = {
    "AdviserAppointed": lambda c, m: {"adviser_id": c.id("adviser"), "member_id": m, "share": c.one("1", "0.3335")},
    "AdviserDeparted": lambda c, m: {"adviser_id": c.id("adviser"), "member_id": m},
    "AdviserAssigned": _assigned,
    "AdviserUnassigned": _unassigned,
    "AdviserBatchDeclared": _advisers,
    "ActorRegistered": lambda c, m: {
        **{"actor_id": c.id("actor", 3), "category": "resident", "consent": "given"},
        "kind": c.one("person", "person", "organisation"),
    },
    "ParticipationRecorded": lambda c, m: {
        **{"actor_id": c.id("actor", 3), "capacity": "contributor"},
        "activity": _gathering(c),
    },
    "HeadcountDeclared": _heads,
    "InterviewHeld": lambda c, m: {"interview_id": c.named("gathering0"), "form": "market"},
    "WorkshopHeld": lambda c, m: {
        **{"workshop_id": c.named("gathering1"), "title": "t", "themes": [], "outputs": []},
        "format": "meeting",
    },
    "NeedRecorded": _thing("need_id", "need", text="t", themes=[], concerned=[], unconventional=False),
    "NeedCharacterised": _thing("need_id", "need", current_answer="a", gap="g", unmet=True),
    "IdeaProposed": _thing("idea_id", "idea", title="t", provenance="workshop", needs=[], resources=[], themes=[]),
    "IdeaShortlisted": _thing("idea_id", "idea"),
    "IdeaSelected": lambda c, m: {
        **{"idea_ids": [c.id("idea")], "project_id": c.id("project"), "accompaniment_id": c.id("accompaniment")},
        **{"decision_body": "b", "project_title": "t", "nature": "creation"},
    },
    "IdeaBatchDeclared": lambda c, m: {**_batch()(c, m), "themes": []},
}
_PROJECTS: dict[str, Maker] = {
    "ProjectOpened": _opened,
    "ProjectQualified": _step(criteria=CRITERIA, body="b"),
    "LaunchPhaseOpened": _step(),
    "ProjectNearingDeclared": lambda c, m: {**_step(body="b", remaining=[])(c, m), "member_id": m},
    "ProjectAbandoned": _step(reason="other"),
    "ProjectPaused": _step(reason="r"),
    "ProjectResumed": _step(),
    "PilotStarted": _step(hypothesis="h"),
    "ActivityStarted": lambda c, m: {**_activity(c), "kind": "permanent"},
    "ActivityCeased": lambda c, m: {**_activity(c), "reason": "r"},
    "JobCreated": _job,
    "JobEnded": _ended,
    "ProjectBatchDeclared": _batch(stage=["completed", "nearing", "completed_or_nearing"]),
    "JobBatchDeclared": _batch(kind=["created", "consolidated"]),
}
_COORDINATORS: dict[str, Maker] = {
    "TerritoryRegistered": _registered,
    "TerritoryAdmitted": _admitted,
    "OperatorAssigned": _operator,
    "OperatorReleased": lambda c, m: {k: v for k, v in _operator(c, m).items() if k != "role"},
}
OF_ANYONE = {
    **{f"ideation.{event}": make for event, make in _IDEATION.items()},
    **{f"projects.{event}": make for event, make in _PROJECTS.items()},
}
OF_COORDINATOR = {f"ideation.{event}": make for event, make in _COORDINATORS.items()}
