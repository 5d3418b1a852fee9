"""The engine's executor, which completes lists in slices: a long answer lets others have their turn."""

from collections.abc import Iterable
from typing import Any

from graphql import GraphQLOutputType
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from services.gateway.slices import Slices


class SlicedExecutor(StrawberryGraphQLCoreExecutionContext):
    """Gives way within lists. Their items are values, never awaitables: whatever is awaited stands above them."""

    def complete_iterable_value(
        self,
        item_type: GraphQLOutputType,
        field_details_list: Any,
        info: Any,
        path: Path,
        items: Iterable[Any],
        position_context: Any,
    ) -> AwaitableOrValue[list[Any]]:
        """As the engine's own, until the turn's time is used up; the rest is a coroutine."""
        slices: Slices = self.context_value.parts.slices
        found: list[Any] = []
        rest = enumerate(items)

        def complete(index: int, item: Any) -> bool:
            at = path.add_key(index, None)
            return self.complete_list_item_value(item, found, item_type, field_details_list, info, at, position_context)

        async def later(unfinished: bool) -> list[Any]:
            if unfinished:
                found[-1] = await found[-1]
            for index, item in rest:
                await slices.turn()
                if complete(index, item):
                    found[-1] = await found[-1]
            return found

        while not slices.spent():
            index, item = next(rest, (-1, None))
            if index < 0:
                return found
            if complete(index, item):
                return later(True)
        return later(False)
