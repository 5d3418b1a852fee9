"""The sheets of members, territories, ideas and projects, from the read side's documents."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Final

import strawberry

from services.gateway.enums import DatePrecision
from services.gateway.nodes import Sheet, ids
from services.gateway.scalars import Count


def day(text: str | None) -> date | None:
    """A day of a sheet."""
    return None if text is None else date.fromisoformat(text)


@strawberry.type(description="A member organisation of the collective")
class Member(Sheet):
    kind: ClassVar[str] = "Member"
    legal_name: str
    joined_on: date | None
    left_on: date | None = strawberry.field(description="Null while it is a member")

    @classmethod
    def fields(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """See Sheet."""
        return {"legal_name": body["legalName"], "joined_on": day(body["joinedOn"]), "left_on": day(body["leftOn"])}


@strawberry.type(description="A territory: registered, and accompanied once admitted")
class Territory(Sheet):
    kind: ClassVar[str] = "Territory"
    name: str
    type: str = strawberry.field(description="Kind of territory, as its register says: cc, commune, petr_pays …")
    siren: str | None
    insee: list[str]
    population: Count | None
    admitted_on: date | None
    admitted_precision: DatePrecision | None
    operators: list[str] = strawberry.field(description="Members that accompany it now")
    accompaniments: list[strawberry.ID]
    projects: list[strawberry.ID] = strawberry.field(description="Node ids")

    @classmethod
    def fields(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """See Sheet."""
        precision = body["admittedPrecision"]
        return {
            "name": body["name"],
            "type": body["kind"],
            "siren": body["siren"],
            "insee": body["insee"],
            "population": body["population"],
            "admitted_on": day(body["admittedOn"]),
            "admitted_precision": None if precision is None else DatePrecision(precision),
            "operators": body["operators"],
            "accompaniments": body["accompaniments"],
            "projects": ids("Project", body["projects"]),
        }


@strawberry.type(description="An idea proposed in a territory")
class Idea(Sheet):
    kind: ClassVar[str] = "Idea"
    title: str
    description: str | None
    status: str = strawberry.field(description="proposed, shortlisted or selected")
    themes: list[str]
    needs: list[strawberry.ID] = strawberry.field(description="Of the same member: <member>/<uuid>")
    provenance: str
    proposed_on: date | None
    member: str = strawberry.field(description="The member that recorded it")
    territories: list[strawberry.ID] = strawberry.field(description="Node ids")
    accompaniment: strawberry.ID | None
    projects: list[strawberry.ID] = strawberry.field(description="Node ids of the projects it became")

    @classmethod
    def fields(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """See Sheet."""
        same = ("title", "description", "status", "themes", "needs", "provenance", "member", "accompaniment")
        return {
            **{name: body[name] for name in same},
            "proposed_on": day(body["proposedOn"]),
            "territories": ids("Territory", body["territories"]),
            "projects": ids("Project", body["projects"]),
        }


@strawberry.type(description="A project opened from ideas or by a territory")
class Project(Sheet):
    kind: ClassVar[str] = "Project"
    title: str
    nature: str
    origin_kind: str
    status: str = strawberry.field(description="opened, qualified, launching, nearing, completed or abandoned")
    paused: bool
    member: str = strawberry.field(description="The member that owns it")
    territories: list[strawberry.ID] = strawberry.field(description="Node ids")
    accompaniments: list[strawberry.ID]
    ideas: list[strawberry.ID] = strawberry.field(description="Node ids of the ideas it came from")
    project_holder: str | None = strawberry.field(description="A pseudonym or an organisation")
    opened_on: date | None
    qualified_on: date | None
    launched_on: date | None
    started_on: date | None = strawberry.field(description="First day of its first activity")
    activities: list[strawberry.ID] = strawberry.field(description="Of the same member: <member>/<uuid>")
    jobs: Count = strawberry.field(description="Jobs recorded one by one")

    @classmethod
    def fields(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """See Sheet."""
        same = ("title", "nature", "status", "paused", "member", "accompaniments", "activities", "jobs")
        return {
            **{name: body[name] for name in same},
            "origin_kind": body["originKind"],
            "territories": ids("Territory", body["territories"]),
            "ideas": ids("Idea", body["ideas"]),
            "project_holder": body["projectHolder"],
            "opened_on": day(body["openedOn"]),
            "qualified_on": day(body["qualifiedOn"]),
            "launched_on": day(body["launchedOn"]),
            "started_on": day(body["startedOn"]),
        }


KINDS: Final[Mapping[str, type[Sheet]]] = {kind.kind: kind for kind in (Member, Territory, Idea, Project)}
