"""Ids: one id is one object that says one thing, in all answers; `node` knows those of objects with a sheet alone."""

from typing import Any

import pytest

from tests.gateway.read_side import ReadSide
from tests.gateway.serving import Client

NUMBER = "__typename id indicator value precision unit scale"
FIGURES = f"""query($asOf: AsOfInput, $territory: String, $member: String) {{
  figures(asOf: $asOf, territory: $territory, member: $member) {{
    items {{ {NUMBER} low high parts {{ {NUMBER} }} beside {{ {NUMBER} }} }}
    indicators(ids: ["jobs_recorded", "jobs_declared", "jobs_created"]) {{ {NUMBER} }} }} }}"""
MONTHS = f"""query($to: Date!, $member: String) {{
  figuresByMonth(from: "2019-01-01", to: $to, member: $member, indicators: ["jobs_created", "jobs_recorded"]) {{
    series {{ {NUMBER} months {{ month change total }} undated {{ year change }} }} }} }}"""
SHEETS = """{ member(code: "named") { __typename id code } territory(code: "named") { __typename id code }
  members(first: 100) { nodes { __typename id code } } }"""
SCOPES: list[dict[str, str]] = [{}, {"member": "named"}, {"territory": "named"}]
DAYS = ("2019-12-31", "2020-12-31")


def objects(found: Any) -> list[dict[str, Any]]:
    """Every object of an answer that has an id."""
    if isinstance(found, list):
        return [one for item in found for one in objects(item)]
    if not isinstance(found, dict):
        return []
    return [found] * ("id" in found) + [one for item in found.values() for one in objects(item)]


async def _answers(client: Client, auditor: str) -> list[Any]:
    found = [await client.data(SHEETS, token=auditor)]
    for scope in SCOPES:
        found += [await client.data(FIGURES, {"asOf": {"date": day}, **scope}) for day in DAYS]
    for member in ("named", None):
        found += [await client.data(MONTHS, {"to": day, "member": member}) for day in DAYS]
    return found


async def test_one_id_says_one_thing(client: Client, read_side: ReadSide, token: Any) -> None:
    await read_side.members("named")
    await read_side.territories("named")
    told: dict[str, dict[str, Any]] = {}
    kinds = set()
    for amount in (3, 4, 0):
        changes = [(scope, "jobs_recorded", day, amount) for scope in ("region", "member/named") for day in DAYS]
        await read_side.batch({"/members/named/projects": amount}, changes)
        await read_side.heard_by(client.app)
        for one in objects(await _answers(client, token("AU"))):
            assert told.setdefault(one["id"], one) == one
            kinds.add(one["__typename"])
    assert kinds == {"Figure", "Part", "Series", "Member", "Territory"}


async def test_an_id_is_the_same_as_long_as_it_says_the_same(client: Client, read_side: ReadSide) -> None:
    await read_side.heard_by(client.app)
    first, again = [
        objects(await client.data(query, {"asOf": {"date": DAYS[0]}})) for query in (FIGURES, FIGURES + " ")
    ]
    assert [one["id"] for one in first] == [one["id"] for one in again]


@pytest.mark.parametrize("root", ["node(id: $id) { id }", "nodes(ids: [$id]) { id }"])
async def test_a_number_is_no_node(client: Client, root: str) -> None:
    number = objects(await client.data(FIGURES))[0]["id"]
    assert await client.code(f"query($id: ID!) {{ {root} }}", {"id": number}) == "id.invalid"
    types = await client.data('{ __type(name: "Node") { possibleTypes { name } } }')
    named = {one["name"] for one in types["__type"]["possibleTypes"]}
    assert named == {"Member", "Territory", "Idea", "Project"}
