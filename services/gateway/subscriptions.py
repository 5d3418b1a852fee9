"""The subscription roots."""

import asyncio
from collections.abc import AsyncGenerator

import strawberry

from services.gateway import positions
from services.gateway.arguments import OneMember, OneTerritory, known, scope
from services.gateway.call import Call, today
from services.gateway.faults import Fault
from services.gateway.measures import Figures
from services.gateway.types import Context


async def _updates(call: Call, where: str) -> AsyncGenerator[Figures, None]:
    """The figures of a scope now, and again after each change: never more often than the process allows."""
    feed, pause = call.parts.feed, call.parts.pause
    while True:
        seen = feed.changes
        made = None if feed.state is None else await _now(call, where)
        if made is not None:
            yield made
        # Changes during the pause are one change: whoever listens wants the state, not each step to it.
        await asyncio.sleep(pause if made is not None else min(pause, 0.1))
        while feed.changes == seen:
            await feed.change()


async def _now(call: Call, where: str) -> Figures | None:
    """The figures of a scope today; None while the read side is not reached.

    Raises Fault `territory.unknown`, `member.unknown`, also when it was known at first and is no more.
    """
    day = today()
    try:
        async with call.parts.reads.snapshot(call.caller.viewer) as snapshot:
            await known(snapshot, where)
            values = await snapshot.figures(where, day)
    except Fault as fault:
        if fault.code != "service.unavailable":
            raise
        return None
    state = snapshot.state
    call.position = positions.position(state.positions)
    return Figures.of(where, state, call.parts.feed.lag_ms(state), day, values)


async def live_figures(
    info: Context, territory: OneTerritory = None, member: OneMember = None
) -> AsyncGenerator[Figures, None]:
    """Figures of a scope, now and after each change."""
    async for made in _updates(info.context, scope(territory, member)):
        yield made


@strawberry.type(description="What may be followed live, by SSE or by the protocol graphql-transport-ws")
class Subscription:
    figures: AsyncGenerator[Figures, None] = strawberry.subscription(
        resolver=live_figures, description="The five headline figures of today, now and after each change"
    )
