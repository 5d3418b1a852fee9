"""The query roots: each checks its arguments, asks the snapshot, and shapes the answer."""

from datetime import date
from typing import Annotated, Any, TypeVar

import strawberry

from services.gateway import figures, identity, positions
from services.gateway.arguments import After, First, OneEntity, OneMember, OneTerritory, at, day, known, scope
from services.gateway.call import Call
from services.gateway.faults import Fault
from services.gateway.histories import EventConnection, history
from services.gateway.measures import Figures, FiguresByMonth
from services.gateway.monthly import by_month
from services.gateway.nodes import Connection, Node, Sheet, connection, load, page
from services.gateway.sheets import KINDS, Idea, Member, Project, Territory
from services.gateway.sizes import NODES
from services.gateway.types import AsOf, AsOfInput, Context, ReadState

S = TypeVar("S", bound=Sheet)


async def read_figures(call: Call, where: str, as_of: AsOfInput | None) -> Figures:
    """The figures of a scope; raises Fault `date.invalid`, `…unknown`, `position.…`."""
    when = day(as_of, call)
    snapshot = await at(as_of, call)
    await known(snapshot, where)
    values = await snapshot.figures(where, when)
    return Figures.of(where, snapshot.state, call.parts.feed.lag_ms(snapshot.state), when, values)


async def _page(
    call: Call,
    kind: type[Any],
    first: int,
    after: str | None,
    territory: str | None = None,
    member: str | None = None,
) -> Connection[Any]:
    most = page(first)
    begin = None if after is None else str(positions.read_cursor(after, kind.kind, str)[0])
    where = None if territory is None else identity.code(territory, "Territory")
    owner = None if member is None else identity.code(member, "Member")
    snapshot = await call.snapshot()
    for named in (where and f"territory/{where}", owner and f"member/{owner}"):
        if named:
            await known(snapshot, named)
    rows = await snapshot.documents(kind.kind.lower(), where, owner, begin, most + 1)
    as_of = AsOf.of(snapshot.state, call.parts.feed.lag_ms(snapshot.state), call.day)
    return connection(kind, rows, most, after, as_of)


async def _one(info: Context, kind: type[S], given: str) -> S | None:
    return await load(info.context, kind, identity.code(given, kind.kind))


async def _node(call: Call, id: str) -> Node | None:
    kind, code = identity.node(id)
    return await load(call, KINDS[kind], code)


async def state(info: Context) -> ReadState | None:
    """How far the read side has come."""
    found = (await info.context.snapshot()).state
    return ReadState.of(found, info.context.parts.feed.lag_ms(found), info.context.day)


async def one_figures(
    info: Context, territory: OneTerritory = None, member: OneMember = None, as_of: AsOfInput | None = None
) -> Figures | None:
    """The headline figures of a scope."""
    return await read_figures(info.context, scope(territory, member), as_of)


async def figures_by_month(
    info: Context,
    first: Annotated[date, strawberry.argument(name="from")],
    last: Annotated[date, strawberry.argument(name="to")],
    indicators: list[str] | None = None,
    territory: OneTerritory = None,
    member: OneMember = None,
) -> FiguresByMonth | None:
    """Indicators of a scope month by month."""
    ids = [headline.id for headline in figures.HEADLINES] if indicators is None else indicators
    return await by_month(info.context, scope(territory, member), ids, first, last)


async def members(info: Context, first: First, after: After = None) -> Connection[Member] | None:
    """A page of members."""
    return await _page(info.context, Member, first, after)


async def territories(info: Context, first: First, after: After = None) -> Connection[Territory] | None:
    """A page of territories."""
    return await _page(info.context, Territory, first, after)


async def ideas(
    info: Context, first: First, after: After = None, territory: OneTerritory = None, member: OneMember = None
) -> Connection[Idea] | None:
    """A page of ideas."""
    return await _page(info.context, Idea, first, after, territory, member)


async def projects(
    info: Context, first: First, after: After = None, territory: OneTerritory = None, member: OneMember = None
) -> Connection[Project] | None:
    """A page of projects."""
    return await _page(info.context, Project, first, after, territory, member)


async def member(info: Context, code: str) -> Member | None:
    """One member."""
    return await _one(info, Member, code)


async def territory(info: Context, code: str) -> Territory | None:
    """One territory."""
    return await _one(info, Territory, code)


async def idea(info: Context, code: str) -> Idea | None:
    """One idea."""
    return await _one(info, Idea, code)


async def project(info: Context, code: str) -> Project | None:
    """One project."""
    return await _one(info, Project, code)


async def node(info: Context, id: strawberry.ID) -> Node | None:
    """One object of any type."""
    return await _node(info.context, id)


async def nodes(info: Context, ids: list[strawberry.ID]) -> list[Node | None] | None:
    """Several objects of any type."""
    if len(ids) > NODES:
        raise Fault("input.invalid", ("ids",), f"at most {NODES}")
    return [await _node(info.context, one) for one in ids]


async def one_history(info: Context, of: OneEntity, first: First, after: After = None) -> EventConnection | None:
    """A page of one object's history."""
    return await history(info.context, of, first, after)


def _root(resolver: Any, about: str) -> Any:
    return strawberry.field(resolver=resolver, description=about)


@strawberry.type(description="Everything that may be read; a root that fails is null and says why in `errors`")
class Query:
    state: ReadState | None = _root(state, "How far the read side has come, and whether everything is counted")
    figures: Figures | None = _root(one_figures, "The five headline figures of the region, a territory or a member")
    figures_by_month: FiguresByMonth | None = _root(figures_by_month, "Indicators by whole months, at most fifty years")
    members: Connection[Member] | None = _root(members, "Member organisations by name")
    territories: Connection[Territory] | None = _root(territories, "Territories by name")
    ideas: Connection[Idea] | None = _root(ideas, "Ideas, of one territory or member if named")
    projects: Connection[Project] | None = _root(projects, "Projects, of one territory or member if named")
    member: Member | None = _root(member, "One member organisation by its code or node id")
    territory: Territory | None = _root(territory, "One territory by its code or node id")
    idea: Idea | None = _root(idea, "One idea by its code, <member>/<uuid>, or its node id")
    project: Project | None = _root(project, "One project by its code, <member>/<uuid>, or its node id")
    node: Node | None = _root(node, "An object with a sheet, by its id; null if there is none that the caller may see")
    nodes: list[Node | None] | None = _root(nodes, "At most 50 objects with sheets by their ids, in the same order")
    history: EventConnection | None = _root(one_history, "Every event that concerns one object, oldest first")
