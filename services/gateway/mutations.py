"""The mutation roots, one for each command of the contracts: each is one HTTP call with the caller's own token."""

from typing import Any

import strawberry
from strawberry.tools import create_type

from services.gateway.call import Call
from services.gateway.commands import Contract, contracts
from services.gateway.faults import Fault, said
from services.gateway.inputs import Inputs, camel
from services.gateway.places import Full
from services.gateway.results import ForbiddenProblem, UnavailableProblem, ValidationProblem, result, result_types
from services.gateway.routing import Nowhere, route
from services.gateway.types import Context
from services.gateway.wire import body


async def give(contract: Contract, accepted: type[Any], call: Call, given: Any) -> Any:
    """Gives one command to the service that decides it, and answers a member of its result union.

    Raises Fault `token.missing`.
    """
    caller, lang = call.caller, call.caller.lang
    if caller.claims is None or caller.token is None:
        raise Fault("token.missing")
    if not contract.roles & set(caller.claims.roles):
        return ForbiddenProblem.of("role.forbidden", said("role.forbidden", lang))
    asked = body(given)
    try:
        member, service = route(contract, caller, asked["input"])
    except Nowhere as nowhere:
        return ValidationProblem.of("input.invalid", said("input.invalid", lang), nowhere.path)
    try:
        reply = await call.parts.commands.send(member, service, contract.name, asked, caller.token)
    except Full:
        return UnavailableProblem.of("service.busy", said("service.busy", lang))
    return result(reply, accepted, lang)


def _field(contract: Contract, inputs: Inputs) -> Any:
    kind = inputs.command(contract)
    accepted, union = result_types(contract.name)

    async def resolve(info: Context, input: Any) -> Any:
        return await give(contract, accepted, info.context, input)

    resolve.__annotations__ = {"info": Context, "input": kind, "return": union}
    resolve.__name__ = contract.name
    roles = ", ".join(sorted(contract.roles))
    about = f"{contract.title['en']} / {contract.title['fr']} ({roles})"
    made: Any = strawberry.mutation(resolver=resolve, name=camel(contract.name), description=about)
    return made


def mutation() -> type[Any]:
    """The mutation type."""
    inputs = Inputs()
    fields = [_field(contract, inputs) for contract in contracts().values()]
    return create_type("Mutation", fields, description="One field for each command; none works without a token")
