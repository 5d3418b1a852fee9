"""Whatever members sign, within their bounds or beyond: every question has its answer."""

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
from graphql import GraphQLObjectType, build_schema, get_named_type, is_leaf_type, is_required_argument

from services.indicators.facts import kept
from shared.kernel.keys import Signer
from tests.gateway.read_side import ReadSide
from tests.gateway.serving import COORDINATOR, Client, gateway, settings
from tests.laws import odd
from tests.laws.forging import Forger, example
from tests.laws.test_fuzz import said

SCHEMA: Final = build_schema((Path(__file__).parents[2] / "services/gateway/schema.graphql").read_text("utf-8"))
HUB: Final = f"/members/{COORDINATOR}/ideation"
RECORDS: Final = 400
SHEETS: Final = ("Member", "Territory", "Idea", "Project")
LISTS: Final = ("members", "territories", "ideas", "projects")


def whole(name: str, depth: int = 3) -> str:
    """Every field of a type that asks for nothing, and theirs."""
    kind = SCHEMA.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    fields = []
    for field, about in kind.fields.items():
        inner = get_named_type(about.type)
        if any(is_required_argument(one) for one in about.args.values()):
            continue
        if is_leaf_type(inner):
            fields.append(field)
        elif isinstance(inner, GraphQLObjectType) and depth:
            fields.append(f"{field} {whole(inner.name, depth - 1)}")
    return "{ __typename " + " ".join(fields) + " }"


def _hostile() -> list[Forger]:
    """Three producers that say everything that a contract allows, and much that none does."""
    chance, forgers = random.Random(12), {}
    for source in (HUB, "/members/alpha/ideation", "/members/alpha/projects"):
        forgers[source] = Forger(source, key=Signer(source.encode()[:32].ljust(32)))
    forgers[HUB].say("ideation.MemberJoined.v1", {**example("ideation.MemberJoined.v1"), "member_id": "alpha"})
    for name in odd.TERRITORIES:
        told = {"territory_id": name, "population": 100_000_000, "name": "😀" * 200}
        forgers[HUB].say("ideation.TerritoryRegistered.v1", {**example("ideation.TerritoryRegistered.v1"), **told})
    for number in range(RECORDS):
        one = said(chance.randbytes(chance.randrange(8, 80)))
        subject = f"stream/{number}" if number % 3 else one.subject
        forger = forgers[one.source.replace("/coord/", f"/{COORDINATOR}/")]
        forger.say(one.kind, one.data, **{"subject": subject, **one.changed})
    return list(forgers.values())


@pytest.fixture(scope="module")
async def hostile(servers: Any, keys: Path) -> AsyncIterator[tuple[Client, ReadSide, set[str]]]:
    """A gateway on what the reader made of them, and the objects that histories are of."""
    side = await ReadSide.create(servers.postgres)
    for forger in _hostile():
        for at in range(0, len(forger.raws), 50):
            await side.count(forger, *forger.raws[at : at + 50])
    bodies = await side.rows("select body from fact")
    entities = {entity for row in bodies for entity in kept(row["body"]).entities}
    async with gateway(settings(keys, reads_dsn=side.dsn)) as client:
        await side.heard_by(client.app)
        yield client, side, entities
    await side.drop()


Hostile = tuple[Client, ReadSide, set[str]]


async def test_much_of_it_is_counted_and_much_set_aside_and_nobody_is_stopped(hostile: Hostile) -> None:
    client, side, entities = hostile
    assert len(await side.rows("select from fact")) > RECORDS / 4
    assert len(entities) > 10
    codes = {row["code"] for row in await side.rows("select code from parked")}
    assert {"payload.contract", "attribute.contract", "parked.behind"} <= codes
    assert (await client.data("{ state { stopped { reason } } }"))["state"]["stopped"] == []


async def test_every_root_answers(hostile: Hostile, token: Any) -> None:
    client, _, _ = hostile
    for made in (None, token("CO", member=COORDINATOR)):
        assert await client.data("{ state " + whole("ReadState") + " }", token=made)
        for scope in ("", '(member: "alpha")', *(f'(territory: "{one}")' for one in odd.TERRITORIES)):
            found = await client.data(f"{{ figures{scope} {whole('Figures')} }}", token=made)
            assert found["figures"]["items"]
        months = 'from: "1990-01-01", to: "2026-12-31", indicators: ["jobs_created", "ideas_declared"]'
        assert await client.data(f"{{ figuresByMonth({months}) {whole('FiguresByMonth')} }}", token=made)
        for kind, many in zip(SHEETS, LISTS, strict=True):
            found = (await client.data(f"{{ {many}(first: 100) {whole(f'{kind}Connection', 2)} }}", token=made))[many]
            for node in found["nodes"][:10]:
                text = f"query($c: String!) {{ {kind.lower()}(code: $c) {whole(kind)} }}"
                assert (await client.data(text, {"c": node["id"]}, made))[kind.lower()]["code"] == node["code"]
    assert found["nodes"]


async def test_every_history_is_told(hostile: Hostile, token: Any) -> None:
    client, _, entities = hostile
    text = f"query($of: ID!) {{ history(of: $of, first: 100) {whole('EventConnection', 2)} }}"
    told = 0
    for entity in sorted(entities):
        found = (await client.post(text, {"of": entity}, token("CO", member=COORDINATOR))).json()
        codes = {error["extensions"]["code"] for error in found.get("errors", ())}
        assert codes <= {"id.invalid"}, (entity, found)
        told += not codes and len(found["data"]["history"]["nodes"])
    assert told > RECORDS / 8


def test_the_payloads_are_as_odd_as_they_should_be() -> None:
    raws = [raw for forger in _hostile() for raw in forger.raws]
    assert any(len(raw) > 60_000 for raw in raws)
    assert any("\u202e" in orjson.dumps(orjson.loads(raw)).decode() for raw in raws)
