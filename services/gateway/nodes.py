"""Objects with a sheet of their own, and pages of them: what is common to all their types."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar

import strawberry

from services.gateway import positions
from services.gateway.call import Call
from services.gateway.faults import Fault
from services.gateway.reads import Row
from services.gateway.sizes import PAGE
from services.gateway.types import AsOf


def page(first: int) -> int:
    """A page size within bounds; raises Fault `page.invalid`."""
    if not 1 <= first <= PAGE:
        raise Fault("page.invalid", ("first",))
    return first


@strawberry.interface(description="An object that `node` gives for its id; ids are unique in the whole schema")
class Node:
    id: strawberry.ID


@strawberry.interface(description="An object with a sheet of its own")
class Sheet(Node):
    kind: ClassVar[str]
    code: str = strawberry.field(
        description="Its own name; an idea or a project has its owner before it: <member>/<uuid>"
    )

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
    """The object of this type and code, or None if there is none that the caller may see."""
    body = await (await call.snapshot()).document(kind.kind.lower(), code)
    return None if body is None else kind.of(code, body)
