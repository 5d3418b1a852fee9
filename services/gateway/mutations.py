"""The mutation roots, one for each command of the contracts: each is one HTTP call with the caller's own token."""

import re
from typing import Any, Final

import strawberry
from strawberry.tools import create_type

from services.gateway.call import Call
from services.gateway.commands import TARGET, Contract, contracts
from services.gateway.faults import Fault, said
from services.gateway.inputs import ENVELOPE, Inputs, camel, wire
from services.gateway.results import ForbiddenProblem, ValidationProblem, result, result_types
from services.gateway.types import Context

_SOURCE: Final = re.compile(r"/members/[a-z][a-z0-9-]{1,62}/(ideation|projects)\Z")


def body(given: Any) -> dict[str, Any]:
    """The service's request body of a mutation's input."""
    fields = wire(given)
    envelope = {camel(name): fields.pop(name) for name in ENVELOPE if name in fields}
    return {**envelope, "input": fields}


def service_of(contract: Contract, asked: dict[str, Any]) -> str | None:
    """Which of a member's services decides: that of the record named, for a command that amends one."""
    if contract.service != TARGET:
        return contract.service
    target = asked["input"].get("target")
    found = _SOURCE.match(str(target.get("source"))) if isinstance(target, dict) else None
    return None if found is None else found.group(1)


async def give(contract: Contract, accepted: type[Any], call: Call, given: Any) -> Any:
    """Gives one command to the service of the caller's member, and answers a member of its result union."""
    claims, token, lang = call.caller.claims, call.caller.token, call.caller.lang
    if claims is None or token is None:
        raise Fault("token.missing")
    if not contract.roles & set(claims.roles):
        return ForbiddenProblem.of("role.forbidden", said("role.forbidden", lang))
    asked = body(given)
    service = service_of(contract, asked)
    if service is None:
        return ValidationProblem.of("input.invalid", said("input.invalid", lang), ["input", "target", "source"])
    reply = await call.parts.commands.send(claims.member, service, contract.name, asked, token)
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
