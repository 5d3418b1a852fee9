"""Inputs made from the contracts: what a client sends is, field for field, what a service reads."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull
from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.gateway import commands, positions, schema
from services.gateway.commands import Contract, contracts
from services.gateway.inputs import Inputs, UnknownShape, camel
from shared.runtime.serve import listen, serve
from tests.gateway.serving import Client, gateway, settings

EXAMPLES = Path(commands.__file__).parents[2] / "shared" / "contracts" / "commands"


def as_sent(kind: Any, value: Any) -> Any:
    """A contract's example as a client of the schema writes it."""
    while isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        return [as_sent(kind.of_type, item) for item in value]
    if isinstance(kind, GraphQLEnumType):
        return next(name for name, one in kind.values.items() if getattr(one.value, "value", one.value) == value)
    if isinstance(kind, GraphQLInputObjectType):
        return {camel(name): as_sent(kind.fields[camel(name)].type, item) for name, item in value.items()}
    return value


@pytest.fixture(scope="module")
async def heard() -> AsyncIterator[tuple[str, list[Any]]]:
    """A server that keeps what it is sent and answers as the contract of commands says."""
    kept: list[Any] = []

    async def command(request: Request) -> JSONResponse:
        body = orjson.loads(await request.body())
        kept.append((request.path_params["member"], request.path_params["service"], request.path_params["name"], body))
        accepted = {"commandId": body["commandId"], "source": "/members/m1/ideation", "subject": "x/y", "version": 1}
        rest: dict[str, Any] = {
            "sequence": None,
            "firstSequence": None,
            "events": [],
            "changed": False,
            "repeated": False,
        }
        return JSONResponse({"accepted": {**accepted, **rest}})

    app = Starlette(routes=[Route("/members/{member}/{service}/commands/{name}", command, methods=["POST"])])
    listening = listen("127.0.0.1", 0)
    serving = asyncio.create_task(serve(app, listening, grace=1))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/members/{{member}}/{{service}}", kept
    serving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


@pytest.fixture(scope="module")
async def door(heard: tuple[str, list[Any]], keys: Path) -> AsyncIterator[Client]:
    """A gateway before that server."""
    async with gateway(settings(keys, services_url=heard[0])) as made:
        yield made


@pytest.mark.parametrize("name", sorted(contracts()))
async def test_every_command_arrives_as_its_contract_says(
    door: Client, heard: tuple[str, list[Any]], token: Any, name: str
) -> None:
    contract = contracts()[name]
    example = orjson.loads((EXAMPLES / f"{name}.example.json").read_bytes())
    kind = schema.engine_schema().type_map[f"{name}Input"]
    sent = {"commandId": str(uuid4()), **as_sent(kind, example), "occurredOn": {"date": "2019-12-31"}}
    text = f"mutation($i: {name}Input!) {{ {camel(name)}(input: $i) {{ __typename }} }}"
    role = sorted(contract.roles)[0]
    found = await door.data(text, {"i": sent}, token(role))
    assert found == {camel(name): {"__typename": f"{name}Accepted"}}
    member, service, command, body = heard[1].pop()
    assert (member, command) == ("m1", name)
    assert service in ("ideation", "projects")
    assert body == {
        "commandId": sent["commandId"],
        "occurredOn": {"date": "2019-12-31", "precision": "day"},
        "origin": "live",
        "input": example,
    }
    Draft202012Validator(contract.schema).validate(body["input"])


PROJECT, IDEA = f"m2/{uuid4()}", f"m1/{uuid4()}"
MORE = {"decisionBody": "TERRITORY_COMMITTEE", "projectTitle": "Ressourcerie"}


async def test_the_node_id_of_an_object_arrives_as_its_code(
    door: Client, heard: tuple[str, list[Any]], token: Any
) -> None:
    given = {
        "commandId": str(uuid4()),
        "ideaIds": [positions.node_id("Idea", IDEA), PROJECT, IDEA],
        "projectId": positions.node_id("Project", PROJECT),
        "territoryIds": [positions.node_id("Territory", "t-1"), "t-2", positions.node_id("Idea", IDEA)],
        "accompanimentId": positions.node_id("Idea", IDEA),
        **MORE,
    }
    await door.data(
        "mutation($i: SelectIdeaInput!) { selectIdea(input: $i) { __typename } }", {"i": given}, token("CO")
    )
    told = heard[1].pop()[3]["input"]
    assert {name: value for name, value in told.items() if name.endswith(("_id", "_ids"))} == {
        "idea_ids": [IDEA, PROJECT, IDEA],
        "project_id": PROJECT,
        # What is no object of that kind goes as it is: its service refuses it, and says where it stands.
        "territory_ids": ["t-1", "t-2", positions.node_id("Idea", IDEA)],
        "accompaniment_id": positions.node_id("Idea", IDEA),
    }


def contract(schema: dict[str, Any]) -> Contract:
    return Contract("Do", "ideation", frozenset({"AD"}), {"en": "Do", "fr": "Faire"}, {"properties": schema})


@pytest.mark.parametrize(
    "schema",
    [
        {"x": {"type": "number"}},
        {"x": {}},
        {"x": {"anyOf": [{"type": "string"}, {"type": "boolean"}]}},
        {"command_id": {"type": "string"}},
    ],
)
def test_a_contract_that_cannot_be_shown_is_not_guessed(schema: dict[str, Any]) -> None:
    with pytest.raises(UnknownShape):
        Inputs().command(contract(schema))


def test_two_commands_may_not_define_one_name_differently() -> None:
    made = Inputs()

    def of(kind: str) -> Contract:
        defs = {"Part": {"type": "object", "properties": {"x": {"type": kind}}}}
        schema = {"$defs": defs, "properties": {"part": {"$ref": "#/$defs/Part"}}}
        return Contract("Do", "ideation", frozenset({"AD"}), {"en": "Do", "fr": "Faire"}, schema)

    made.command(of("string"))
    with pytest.raises(UnknownShape):
        made.command(of("integer"))
