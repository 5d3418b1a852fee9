"""Arguments that several roots share: what they mean, and what is wrong with them."""

from datetime import date
from typing import Annotated, Final

import strawberry

from services.gateway import identity, positions
from services.gateway.call import MAX_WAIT, Call
from services.gateway.faults import Fault
from services.gateway.reads import Snapshot
from services.gateway.types import AsOfInput
from shared.kernel import bounds

_LATEST: Final = date(2100, 1, 1)
REGION: Final = "region"

First = Annotated[int, strawberry.argument(description="How many, 1 to 100")]
After = Annotated[str | None, strawberry.argument(description="The cursor after which the page begins")]
OneTerritory = Annotated[str | None, strawberry.argument(description="Code of a territory, or its node id")]
OneMember = Annotated[str | None, strawberry.argument(description="Code of a member organisation, or its node id")]
OneEntity = Annotated[
    strawberry.ID, strawberry.argument(description="A node id, or an entity like project/<member>/<uuid>")
]


def scope(territory: str | None, member: str | None) -> str:
    """The name of the scope asked for: the region unless one territory or one member is named.

    Raises Fault `input.invalid`, `id.invalid`.
    """
    if territory is not None and member is not None:
        raise Fault("input.invalid", ("member",), "territory or member, not both")
    if territory is not None:
        return f"territory/{identity.code(territory, 'Territory')}"
    return REGION if member is None else f"member/{identity.code(member, 'Member')}"


async def known(snapshot: Snapshot, where: str) -> None:
    """Raises Fault `territory.unknown` or `member.unknown` if a scope names one that the read side does not know."""
    if where != REGION and not await snapshot.known(where):
        kind = where.partition("/")[0]
        raise Fault(f"{kind}.unknown", (kind,))


def within(day: date) -> bool:
    """Whether figures may be asked of this day."""
    return bounds.FIRST_DAY <= day <= _LATEST


def day(asked: AsOfInput | None, call: Call) -> date:
    """The day asked for, today unless told; raises Fault `date.invalid`."""
    chosen = call.day if asked is None or asked.date is None else asked.date
    if not within(chosen):
        raise Fault("date.invalid", ("asOf", "date"))
    return chosen


async def at(asked: AsOfInput | None, call: Call) -> Snapshot:
    """The snapshot asked for, having waited for `atLeast`; raises Fault as `Call.snapshot` does."""
    if asked is None or asked.at_least is None:
        return await call.snapshot()
    if asked.wait_ms is not None and not 0 <= asked.wait_ms <= MAX_WAIT * 1000:
        raise Fault("input.invalid", ("asOf", "waitMs"))
    seconds = None if asked.wait_ms is None else asked.wait_ms / 1000
    return await call.snapshot(positions.read_position(asked.at_least), seconds)
