"""Objects with a document of their own: territories, ideas, projects; and their keyset connections."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

import strawberry

from services.gateway import positions
from services.gateway.call import Call
from services.gateway.enums import DatePrecision
from services.gateway.faults import Fault
from services.gateway.reads import Row
from services.gateway.scalars import Count
from services.gateway.types import AsOf

PAGE: Final = 100


def page(first: int) -> int:
    """A page size within bounds; raises Fault `page.invalid`."""
    if not 1 <= first <= PAGE:
        raise Fault("page.invalid", ("first",))
    return first


@strawberry.interface(description="An object with an id that is unique in the whole schema")
class Node:
    id: strawberry.ID


@strawberry.interface(description="An object with a sheet of its own")
class Sheet(Node):
    kind: ClassVar[str]
    code: str = strawberry.field(description="Its own id in the events")

    @classmethod
    @abstractmethod
    def fields(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """The constructor's arguments from a document's body."""

    @classmethod
    def of(cls, code: str, body: Mapping[str, Any]) -> Self:
        """The object of a document."""
        made: Any = cls
        found: Self = made(id=ids(cls.kind, [code])[0], code=code, **cls.fields(body))
        return found


def ids(kind: str, codes: Sequence[str]) -> list[strawberry.ID]:
    """The node ids of objects of one kind."""
    return [strawberry.ID(positions.node_id(kind, code)) for code in codes]


def day(text: str | None) -> date | None:
    """A day of a sheet."""
    return None if text is None else date.fromisoformat(text)


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
    needs: list[strawberry.ID]
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
    activities: list[strawberry.ID]
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


KINDS: dict[str, type[Sheet]] = {"Territory": Territory, "Idea": Idea, "Project": Project}
N = TypeVar("N")
S = TypeVar("S", bound=Sheet)


@strawberry.type(description="Whether a list goes on")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None

    @classmethod
    def of(cls, cursors: list[str], after: str | None, more: bool) -> Self:
        """The page made of these cursors."""
        first, last = (cursors[0], cursors[-1]) if cursors else (None, None)
        return cls(has_next_page=more, has_previous_page=after is not None, start_cursor=first, end_cursor=last)


@strawberry.type
class Edge(Generic[N]):
    cursor: str
    node: N


@strawberry.type(description="One page of a list")
class Connection(Generic[N]):
    as_of: AsOf
    edges: list[Edge[N]]
    nodes: list[N]
    page_info: PageInfo


def connection(kind: type[Any], rows: list[Row], first: int, after: str | None, as_of: AsOf) -> Connection[Any]:
    """A page of at most `first` rows; one row more than that tells that the list goes on."""
    shown = rows[:first]
    nodes = [kind.of(row.code, row.body) for row in shown]
    cursors = [positions.cursor(kind.kind, row.sort) for row in shown]
    return Connection(
        as_of=as_of,
        edges=[Edge(cursor=at, node=node) for at, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=PageInfo.of(cursors, after, len(rows) > first),
    )


async def load(call: Call, kind: type[S], code: str) -> S | None:
    """The object of this type and code, or None."""
    body = await (await call.snapshot()).document(kind.kind.lower(), code)
    return None if body is None else kind.of(code, body)
