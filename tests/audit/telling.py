"""Short ways to tell a world the facts that most tests begin with."""

from typing import Any

from tests.audit.making import JURA, JURA_PROJECTS, World, qty


def join(told: World, member: str) -> int:
    return told.say("ideation.MemberJoined", {"member_id": member}, source=told.root)


def register(told: World, place: str, *relations: str) -> int:
    links = [{"siren": "200000000", "relation": relation} for relation in relations]
    data = {"territory_id": place, "territory_ids": [place], "epci_links": links}
    return told.say("ideation.TerritoryRegistered", data, source=told.root)


def admit(told: World, on: str, place: str = "chenove", accompaniment: str = "acc-1", *operators: str) -> int:
    data = {
        "territory_id": place,
        "territory_ids": [place],
        "accompaniment_id": accompaniment,
        "operators": [{"member_id": one, "role": "lead"} for one in operators],
    }
    return told.say("ideation.TerritoryAdmitted", data, on, source=told.root)


def operate(told: World, on: str, member: str, place: str = "chenove", accompaniment: str = "acc-1") -> int:
    data = {"accompaniment_id": accompaniment, "territory_id": place, "territory_ids": [place], "role": "support"}
    return told.say("ideation.OperatorAssigned", {**data, "member_id": member}, on, source=told.root)


def step(told: World, event: str, on: str, project: str = "p", source: str = JURA_PROJECTS, **given: Any) -> int:
    """Any event of a project, its activities and its jobs."""
    return told.say(f"projects.{event}", {"project_id": project, **given}, on, source=source)


def opened(told: World, on: str = "2018-01-01", project: str = "p", *places: str, source: str = JURA_PROJECTS) -> int:
    return step(told, "ProjectOpened", on, project, source, territory_ids=list(places))


def started(told: World, on: str, activity: str = "x", project: str = "p", source: str = JURA_PROJECTS) -> int:
    return step(told, "ActivityStarted", on, project, source, activity_id=activity)


def batch(told: World, count: int = 35, on: str = "2026-01-01", precision: str = "exact", **given: Any) -> int:
    """Jobs known only as a number."""
    data = {"count": qty(count, precision), "kind": "created"}
    source = given.pop("source", JURA_PROJECTS)
    dated = given.pop("dated", "day")
    return told.say("projects.JobBatchDeclared", {**data, **given}, on, source=source, precision=dated)


def heads(told: World, gathering: str, count: int, identified: int = 0, on: str = "2026-01-01", **given: Any) -> int:
    kind, precision = given.pop("kind", "workshop"), given.pop("precision", "exact")
    source = given.pop("source", JURA)
    data = {"activity": {"kind": kind, "id": gathering}, "headcount": qty(count, precision), "identified": identified}
    return told.say("ideation.HeadcountDeclared", {**data, **given}, on, source=source)


def actor(told: World, name: str, kind: str = "person", source: str = JURA) -> int:
    return told.say("ideation.ActorRegistered", {"actor_id": name, "kind": kind}, source=source)


def joins(told: World, name: str, on: str = "2026-01-01", *places: str, source: str = JURA, **given: Any) -> int:
    data = {"actor_id": name, "activity": {"kind": "workshop", "id": "w"}, "territory_ids": list(places), **given}
    return told.say("ideation.ParticipationRecorded", data, on, source=source)
