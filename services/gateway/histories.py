"""The history of one object: every event that concerns it, oldest first, with what later amended it."""

from datetime import date
from typing import Any, Self

import strawberry

from services.gateway import identity, positions
from services.gateway.call import Call
from services.gateway.callers import PUBLIC
from services.gateway.enums import DatePrecision, Origin
from services.gateway.nodes import PageInfo, page
from services.gateway.scalars import Count, Json
from services.gateway.types import AsOf


@strawberry.type(description="A record that amends another")
class Amendment:
    source: str
    sequence: Count
    type: str
    recorded_at: str

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """The amendment that a row names."""
        return cls(source=row["source"], sequence=Count(row["sequence"]), type=row["type"], recorded_at=row["time"])


@strawberry.type(description="One recorded event that the caller may see")
class Event:
    source: str = strawberry.field(description="The producer: /members/<member>/<service>")
    sequence: Count = strawberry.field(description="Its place in that producer, from 1 without a gap")
    type: str
    subject: str = strawberry.field(description="The stream it belongs to")
    recorded_at: str
    occurred_on: date
    occurred_precision: DatePrecision
    origin: Origin
    role: str
    actor: str | None = strawberry.field(description="A pseudonym, for callers with a token")
    entities: list[str]
    data: Json = strawberry.field(description="The payload, as recorded")
    amended_by: list[Amendment] = strawberry.field(description="Corrections and voidings; the last one counts")

    @classmethod
    def of(cls, row: dict[str, Any], named: bool) -> Self:
        """The event of a row; `named`: with the pseudonym of who recorded it."""
        return cls(
            source=row["source"],
            sequence=Count(row["sequence"]),
            type=row["type"],
            subject=row["subject"],
            recorded_at=row["time"],
            occurred_on=date.fromisoformat(row["occurredon"]),
            occurred_precision=DatePrecision(row["precision"]),
            origin=Origin(row["origin"]),
            role=row["role"],
            actor=row["actor"] if named else None,
            entities=list(row["entities"] or ()),
            data=Json(row["data"]),
            amended_by=[Amendment.of(one) for one in row["amended_by"]],
        )


@strawberry.type
class EventEdge:
    cursor: str
    node: Event


@strawberry.type(description="One page of an object's history")
class EventConnection:
    as_of: AsOf
    edges: list[EventEdge]
    nodes: list[Event]
    page_info: PageInfo


async def history(call: Call, of: str, first: int, after: str | None) -> EventConnection:
    """One page of the history of an object; raises Fault `id.invalid`, `page.invalid`, `cursor.invalid`."""
    name, most = identity.entity(of), page(first)
    begin = None if after is None else positions.read_cursor(after, "history", str, str, int)
    snapshot = await call.snapshot()
    rows = await snapshot.history(name, begin and (begin[0], begin[1], begin[2]), most + 1)
    shown = rows[:most]
    nodes = [Event.of(row, call.caller.viewer != PUBLIC) for row in shown]
    cursors = [positions.cursor("history", row["time"], row["source"], row["sequence"]) for row in shown]
    return EventConnection(
        as_of=AsOf.of(snapshot.state, call.parts.feed.lag_ms(snapshot.state), call.day),
        edges=[EventEdge(cursor=at, node=node) for at, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=PageInfo.of(cursors, after, len(rows) > most),
    )
