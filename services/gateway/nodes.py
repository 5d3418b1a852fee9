"""Objects with a document of their own: territories, ideas, projects; and their keyset connections."""

from typing import Any, ClassVar, Final, Generic, Self, TypeVar

import strawberry

from services.gateway import positions
from services.gateway.call import Call
from services.gateway.faults import Fault
from services.gateway.reads import Row
from services.gateway.scalars import Json
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
    """What the three kinds of documents share: made of a code and a body, read only through its fields."""

    kind: ClassVar[str]
    code: str = strawberry.field(description="Its own id in the events")
    document: Json = strawberry.field(description="The whole sheet as the read side keeps it")

    @classmethod
    def fields(cls, body: dict[str, Any]) -> dict[str, Any]:
        """The constructor's arguments from a document's body."""
        raise NotImplementedError

    @classmethod
    def of(cls, code: str, body: dict[str, Any]) -> Self:
        """The object of a document."""
        made: Any = cls
        found: Self = made(
            id=strawberry.ID(positions.node_id(cls.kind, code)), code=code, document=body, **cls.fields(body)
        )
        return found


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) else None


def _texts(body: dict[str, Any], name: str) -> list[str]:
    value = body.get(name)
    return [str(item) for item in value] if isinstance(value, list) else []


@strawberry.type(description="A territory: registered, and accompanied once admitted")
class Territory(Sheet):
    kind: ClassVar[str] = "Territory"
    name: str | None
    territory_kind: str | None

    @classmethod
    def fields(cls, body: dict[str, Any]) -> dict[str, Any]:
        """See Sheet."""
        return {"name": _text(body, "name"), "territory_kind": _text(body, "kind")}


@strawberry.type(description="An idea proposed in a territory")
class Idea(Sheet):
    kind: ClassVar[str] = "Idea"
    title: str | None
    state: str | None
    territories: list[str]

    @classmethod
    def fields(cls, body: dict[str, Any]) -> dict[str, Any]:
        """See Sheet."""
        return {
            "title": _text(body, "title"),
            "state": _text(body, "state"),
            "territories": _texts(body, "territory_ids"),
        }


@strawberry.type(description="A project opened from ideas or by a territory")
class Project(Sheet):
    kind: ClassVar[str] = "Project"
    title: str | None
    state: str | None
    member: str | None
    territories: list[str]

    @classmethod
    def fields(cls, body: dict[str, Any]) -> dict[str, Any]:
        """See Sheet."""
        return {
            "title": _text(body, "title"),
            "state": _text(body, "state"),
            "member": _text(body, "member_id"),
            "territories": _texts(body, "territory_ids"),
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
