"""The query roots: each checks its arguments, asks the snapshot, and shapes the answer."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated, Any, Final, TypeVar

import strawberry

from services.gateway import figures, positions
from services.gateway.call import MAX_WAIT, Call
from services.gateway.enums import Precision
from services.gateway.faults import Fault
from services.gateway.histories import EventConnection, history
from services.gateway.indicators import catalogue
from services.gateway.nodes import (
    KINDS,
    Connection,
    Idea,
    Node,
    Project,
    Sheet,
    Territory,
    connection,
    load,
    page,
)
from services.gateway.reads import Snapshot
from services.gateway.scalars import Count
from services.gateway.types import (
    AsOf,
    AsOfInput,
    Context,
    Figures,
    FiguresByMonth,
    MonthChange,
    ReadState,
    Series,
    stopped,
)

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")
_EARLIEST: Final = date(1990, 1, 1)
_LATEST: Final = date(2100, 1, 1)
_MONTHS: Final = 600
MAX_NODES: Final = 50
MAX_SERIES: Final = 20

S = TypeVar("S", bound=Sheet)

First = Annotated[int, strawberry.argument(description="How many, 1 to 100")]
After = Annotated[str | None, strawberry.argument(description="The cursor after which the page begins")]
OneTerritory = Annotated[str | None, strawberry.argument(description="Code of a territory, or its node id")]
OneEntity = Annotated[strawberry.ID, strawberry.argument(description="A node id, or an entity like project/<uuid>")]
OneMember = Annotated[str | None, strawberry.argument(description="Code of a member organisation")]


def code(value: str, kind: str | None = None) -> str:
    """A checked code, from itself or from a node id of this type; raises Fault `id.invalid`."""
    if _CODE.match(value):
        return value
    found, inner = positions.read_node_id(value)
    if found != kind or not _CODE.match(inner):
        raise Fault("id.invalid")
    return inner


def scope(territory: str | None, member: str | None) -> str:
    """The name of the scope asked for: the region unless one territory or one member is named."""
    if territory is not None and member is not None:
        raise Fault("input.invalid", ("member",), "territory or member, not both")
    if territory is not None:
        return f"territory/{code(territory, 'Territory')}"
    return "region" if member is None else f"member/{code(member)}"


def day(asked: AsOfInput | None, call: Call) -> date:
    """The day asked for, within reason; today unless told."""
    chosen = call.day if asked is None or asked.date is None else asked.date
    if not _EARLIEST <= chosen <= _LATEST:
        raise Fault("date.invalid", ("asOf", "date"))
    return chosen


async def at(asked: AsOfInput | None, call: Call) -> Snapshot:
    """The snapshot asked for, having waited for `atLeast`."""
    if asked is None or asked.at_least is None:
        return await call.snapshot()
    if asked.wait_ms is not None and not 0 <= asked.wait_ms <= MAX_WAIT * 1000:
        raise Fault("input.invalid", ("asOf", "waitMs"))
    seconds = None if asked.wait_ms is None else asked.wait_ms / 1000
    return await call.snapshot(positions.read_position(asked.at_least), seconds)


async def read_figures(call: Call, territory: str | None, member: str | None, as_of: AsOfInput | None) -> Figures:
    """The figures of a scope; raises Fault for arguments that do not fit or a position not reached."""
    where, when = scope(territory, member), day(as_of, call)
    snapshot = await at(as_of, call)
    values = await snapshot.figures(where, when)
    return Figures.of(snapshot.state, call.parts.feed.lag_ms(snapshot.state), when, values)


def months(first: date, last: date) -> list[date]:
    """The first days of the months from that of `first` to that of `last`; at most fifty years.

    Raises Fault `date.invalid`.
    """
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if not 1 <= count <= _MONTHS or first > last or first < _EARLIEST or last > _LATEST:
        raise Fault("date.invalid", ("to",))
    start = first.month - 1
    return [date(first.year + (start + n) // 12, (start + n) % 12 + 1, 1) for n in range(count)]


def _series(
    name: str, before: dict[str, int], changes: dict[date, dict[str, int]], shown: list[date], end: dict[str, int]
) -> Series:
    total, points = before.get(name, 0), []
    for month in shown:
        change = changes.get(month, {}).get(name, 0)
        total += change
        points.append(MonthChange(month=month, change=Count(change), total=Count(total)))
    about = catalogue()[name]
    return Series(
        id=about.id,
        value=Count(total),
        precision=Precision(figures.precision(name, end)),
        unit=about.unit,
        scale=about.scale,
        about=about,
        months=points,
    )


async def _by_month(call: Call, where: str, ids: list[str], first: date, last: date) -> FiguresByMonth:
    shown = months(first, last)
    last = date(last.year, last.month, monthrange(last.year, last.month)[1])
    if not 1 <= len(ids) <= MAX_SERIES or any(name not in catalogue() for name in ids):
        raise Fault("id.invalid", ("indicators",))
    snapshot = await call.snapshot()
    before = figures.complete(await snapshot.figures(where, shown[0] - timedelta(days=1)))
    end = figures.complete(await snapshot.figures(where, last))
    by_month: dict[date, dict[str, int]] = {}
    for name, month, delta in await snapshot.series(where, shown[0], last):
        by_month.setdefault(month, {})[name] = delta
    changes = {month: figures.complete(values) for month, values in by_month.items()}
    return FiguresByMonth(
        as_of=AsOf.of(snapshot.state, call.parts.feed.lag_ms(snapshot.state), last),
        complete=snapshot.state.complete,
        series=[_series(name, before, changes, shown, end) for name in ids],
    )


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
    wanted = None if territory is None else code(territory, "Territory")
    owner = None if member is None else code(member)
    snapshot = await call.snapshot()
    rows = await snapshot.documents(kind.kind.lower(), wanted, owner, begin, most + 1)
    as_of = AsOf.of(snapshot.state, call.parts.feed.lag_ms(snapshot.state), call.day)
    return connection(kind, rows, most, after, as_of)


async def _one(info: Context, kind: type[S], given: str) -> S | None:
    return await load(info.context, kind, code(given, kind.kind))


async def _node(call: Call, id: str) -> Node | None:
    kind, inner = positions.read_node_id(id)
    if kind not in KINDS or not _CODE.match(inner):
        raise Fault("id.invalid", ("id",))
    return await load(call, KINDS[kind], inner)


async def state(info: Context) -> ReadState | None:
    """How far the read side has come."""
    found = (await info.context.snapshot()).state
    return ReadState(
        as_of=AsOf.of(found, info.context.parts.feed.lag_ms(found), info.context.day),
        version=found.version,
        batch=Count(found.batch),
        complete=found.complete,
        parked=found.parked,
        stopped=stopped(found),
        held=list(found.held),
    )


async def one_figures(
    info: Context, territory: OneTerritory = None, member: OneMember = None, as_of: AsOfInput | None = None
) -> Figures | None:
    """The headline figures of a scope."""
    return await read_figures(info.context, territory, member, as_of)


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
    return await _by_month(info.context, scope(territory, member), ids, first, last)


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
    if len(ids) > MAX_NODES:
        raise Fault("input.invalid", ("ids",), f"at most {MAX_NODES}")
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
    territories: Connection[Territory] | None = _root(territories, "Territories by name")
    ideas: Connection[Idea] | None = _root(ideas, "Ideas, of one territory or member if named")
    projects: Connection[Project] | None = _root(projects, "Projects, of one territory or member if named")
    territory: Territory | None = _root(territory, "One territory by its code or node id")
    idea: Idea | None = _root(idea, "One idea by its code or node id")
    project: Project | None = _root(project, "One project by its code or node id")
    node: Node | None = _root(node, "Any object by its id; null if there is none")
    nodes: list[Node | None] | None = _root(nodes, "At most 50 objects by their ids, in the same order")
    history: EventConnection | None = _root(one_history, "Every event that concerns one object, oldest first")
