"""Running one operation: variables coerced, policy and limits checked, resolvers run, bytes made."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Final

import orjson
from graphql import ExecutionResult, GraphQLSchema, execute

from services.gateway import limits, policy
from services.gateway.answers import shaped
from services.gateway.call import Call, Parts, today
from services.gateway.callers import Caller
from services.gateway.documents import Documents, Operation
from services.gateway.executor import SlicedExecutor

_COERCIONS: Final = 20


@dataclass(frozen=True, slots=True)
class Ran:
    """What an operation gave. `begun` is False when its variables did not fit and nothing ran.

    `batch` is set when every read came from that one batch and no error was met: such bytes may be kept.
    """

    payload: bytes
    begun: bool
    clean: bool
    batch: int | None


class Engine:
    """The schema, its document store, and what resolvers use."""

    def __init__(self, schema: GraphQLSchema, documents: Documents, parts: Parts) -> None:
        self.schema = schema
        self.documents = documents
        self.parts = parts

    def admit(self, operation: Operation, variables: Mapping[str, Any], caller: Caller) -> None:
        """Raises Fault unless this caller may run this operation with these variables."""
        policy.check(operation, caller.claims)
        allowed = limits.PUBLIC if caller.claims is None else limits.SIGNED
        operation.check(allowed, variables)

    async def run(self, operation: Operation, variables: Mapping[str, Any], caller: Caller) -> Ran:
        """Runs an admitted query or mutation."""
        async with Call(self.parts, caller, today()) as call:
            found = execute(
                self.schema,
                operation.document,
                context_value=call,
                variable_values=dict(variables),
                operation_name=operation.name,
                max_coercion_errors=_COERCIONS,
                executor_class=SlicedExecutor,
                hide_suggestions=True,
            )
            result: ExecutionResult = await found if isawaitable(found) else found
        return await ran(result, call, operation.kind == "query")


def begun(result: ExecutionResult) -> bool:
    """Whether anything ran: an error without a path and no data means that the variables did not fit."""
    return result.data is not None or any(error.path is not None for error in result.errors or ())


async def ran(result: ExecutionResult, call: Call, pure: bool) -> Ran:
    """The bytes of a result, and whether they may be kept."""
    started = begun(result)
    batch = next(iter(call.batches)) if len(call.batches) == 1 else None
    keep = pure and not result.errors and started
    if result.data is not None and len(result.data) > 1:
        for root in result.data:
            await call.parts.slices.turn()
            result.data[root] = orjson.Fragment(orjson.dumps(result.data[root]))
    return Ran(payload(result, call.caller.lang), started, not result.errors, batch if keep else None)


def payload(result: ExecutionResult, lang: str) -> bytes:
    """The JSON of a result: errors first, and no data entry when nothing ran."""
    found: dict[str, Any] = {}
    if result.errors:
        code = "input.invalid" if begun(result) else "variables.invalid"
        found["errors"] = [shaped(error, lang, code) for error in result.errors]
    if begun(result):
        found["data"] = result.data
    return orjson.dumps(found)
