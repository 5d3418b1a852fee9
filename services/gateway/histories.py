"""The history of one object: every event that concerns it, oldest first, with what later amended it."""

import re
from datetime import date
from typing import Any, Final, Self

import strawberry

from services.gateway import positions
from services.gateway.call import Call
from services.gateway.enums import DatePrecision, Origin
from services.gateway.faults import Fault
from services.gateway.nodes import KINDS, PageInfo, page
from services.gateway.scalars import Count, Json
from services.gateway.types import AsOf

_ENTITY: Final = re.compile(r"[a-z]{2,32}/[A-Za-z0-9._/-]{1,200}\Z")


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


@strawberry.type(description="One recorded event. Without a token, actor and data show only when public")
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
    data: Json | None = strawberry.field(description="The payload; null without a token unless it is public")
    amended_by: list[Amendment] = strawberry.field(description="Corrections and voidings; the last one counts")

    @classmethod
    def of(cls, row: dict[str, Any], signed: bool) -> Self:
        """The event of a row, as a caller with or without a token may see it."""
        data = row["data"]
        shown = signed or (isinstance(data, dict) and data.get("confidentiality") == "public")
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
            actor=row["actor"] if signed else None,
            entities=list(row["entities"] or ()),
            data=Json(data) if shown else None,
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


def entity(of: str) -> str:
    """The entity's name in the events: from a node's id, or as it stands, like `project/<uuid>`."""
    if "/" not in of:
        kind, code = positions.read_node_id(of)
        if kind not in KINDS:
            raise Fault("id.invalid", ("of",))
        of = f"{kind.lower()}/{code}"
    if not _ENTITY.match(of):
        raise Fault("id.invalid", ("of",))
    return of


async def history(call: Call, of: str, first: int, after: str | None) -> EventConnection:
    """One page of the history of an object."""
    name, most = entity(of), page(first)
    begin = None if after is None else positions.read_cursor(after, "history", str, str, int)
    snapshot = await call.snapshot()
    rows = await snapshot.history(name, begin and (begin[0], begin[1], begin[2]), most + 1)
    shown = rows[:most]
    nodes = [Event.of(row, call.caller.claims is not None) for row in shown]
    cursors = [positions.cursor("history", row["time"], row["source"], row["sequence"]) for row in shown]
    return EventConnection(
        as_of=AsOf.of(snapshot.state, call.parts.feed.lag_ms(snapshot.state), call.day),
        edges=[EventEdge(cursor=at, node=node) for at, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=PageInfo.of(cursors, after, len(rows) > most),
    )
