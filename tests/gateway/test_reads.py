"""Lists, sheets and histories, and what is wrong with a question."""

from typing import Any
from uuid import uuid4

import pytest

from services.gateway import positions
from tests.gateway.read_side import ReadSide
from tests.gateway.recording import Producer
from tests.gateway.serving import Client


@pytest.fixture(scope="module", autouse=True)
async def known(read_side: ReadSide) -> None:
    """The members and territories that lists are filtered by."""
    await read_side.members("lister", "finder")
    await read_side.territories("t-0", "t-1")


async def ideas(read_side: ReadSide, member: str, count: int) -> list[str]:
    """The codes of new ideas of a member, in territories t-0 and t-1 by turns, in the order of their titles."""
    names, producer = [str(uuid4()) for _ in range(count)], Producer(member, "ideation")
    raws = [
        producer.made(
            "IdeaProposed",
            f"idea/{name}",
            {"idea_id": name, "title": f"Idée {number:02}", "territory_ids": [f"t-{number % 2}"], **SEEN},
        )
        for number, name in enumerate(names)
    ]
    await read_side.count(producer, *raws)
    return [f"{member}/{name}" for name in names]


PAGE = """query($first: Int!, $after: String, $member: String, $territory: String) {
  ideas(first: $first, after: $after, member: $member, territory: $territory) {
    nodes { id code title status proposedOn territories } edges { cursor node { code } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def test_a_list_is_read_page_by_page(client: Client, read_side: ReadSide) -> None:
    codes = await ideas(read_side, "lister", 7)
    await read_side.heard_by(client.app)
    seen: list[str] = []
    after: str | None = None
    for expected in (True, True, False):
        page = (await client.data(PAGE, {"first": 3, "after": after, "member": "lister"}))["ideas"]
        seen += [node["code"] for node in page["nodes"]]
        assert [edge["node"]["code"] for edge in page["edges"]] == [node["code"] for node in page["nodes"]]
        assert page["pageInfo"]["hasNextPage"] is expected
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after = page["pageInfo"]["endCursor"]
    assert seen == codes
    last = (await client.data(PAGE, {"first": 3, "after": after, "member": "lister"}))["ideas"]
    assert (last["nodes"], last["pageInfo"]["hasNextPage"]) == ([], False)
    here = (await client.data(PAGE, {"first": 100, "member": "lister", "territory": "t-1"}))["ideas"]
    assert [node["code"] for node in here["nodes"]] == codes[1::2]


async def test_an_object_is_found_by_id_and_by_code(client: Client, read_side: ReadSide) -> None:
    [code] = await ideas(read_side, "finder", 1)
    await read_side.heard_by(client.app)
    id = positions.node_id("Idea", code)
    text = """query($id: ID!, $code: String!) { node(id: $id) { __typename id ... on Idea { title } }
      idea(code: $code) { id } byId: idea(code: $id2) { id } nodes(ids: [$id, $none]) { id }
      gone: project(code: $code) { id } }"""
    text = text.replace("$code: String!)", "$code: String!, $id2: String!, $none: ID!)")
    none = positions.node_id("Idea", f"finder/{uuid4()}")
    found = await client.data(text, {"id": id, "id2": id, "code": code, "none": none})
    assert found == {
        "node": {"__typename": "Idea", "id": id, "title": "Idée 00"},
        "idea": {"id": id},
        "byId": {"id": id},
        "nodes": [{"id": id}, None],
        "gone": None,
    }


HISTORY = """query($of: ID!, $first: Int!, $after: String) { history(of: $of, first: $first, after: $after) {
  nodes { source sequence type subject recordedAt occurredOn occurredPrecision origin role actor entities data
    amendedBy { source sequence type recordedAt } } pageInfo { hasNextPage endCursor } } }"""


async def test_history_shows_every_event_and_what_amends_it(client: Client, read_side: ReadSide, token: Any) -> None:
    name, producer = str(uuid4()), Producer("teller", "ideation")
    subject = f"idea/{name}"
    proposed = producer.made("IdeaProposed", subject, {"idea_id": name, "title": "x", **SEEN})
    shortlisted = producer.made("IdeaShortlisted", subject, {"idea_id": name, **SEEN})
    await read_side.count(producer, proposed, shortlisted, producer.corrected(proposed, title="y"))
    await read_side.heard_by(client.app)
    by_id = {"of": positions.node_id("Idea", f"teller/{name}"), "first": 2}
    page = (await client.data(HISTORY, by_id, token()))["history"]
    assert [node["sequence"] for node in page["nodes"]] == [1, 2]
    assert [one["sequence"] for one in page["nodes"][0]["amendedBy"]] == [3]
    assert page["nodes"][1]["amendedBy"] == []
    assert page["nodes"][0]["data"]["title"] == "x"
    assert page["nodes"][0]["entities"] == [f"idea/teller/{name}"]
    by_entity = {"of": f"idea/teller/{name}", "first": 2, "after": page["pageInfo"]["endCursor"]}
    rest = (await client.data(HISTORY, by_entity, token()))["history"]
    assert [node["sequence"] for node in rest["nodes"]] == [3]
    assert rest["pageInfo"]["hasNextPage"] is False


SEEN = {"confidentiality": "public"}
UUID = str(uuid4())
OTHER_LIST = positions.cursor("Idea", "a")
BAD: list[tuple[str, str]] = [
    ('figures(territory: "t-1", member: "m1") { complete }', "input.invalid"),
    ('figures(territory: "T 1") { complete }', "id.invalid"),
    ('figures(territory: "../x") { complete }', "id.invalid"),
    ('figures(member: "") { complete }', "id.invalid"),
    ('figures(member: "m%") { complete }', "id.invalid"),
    (f'figures(member: "{positions.node_id("Territory", "t-9")}") {{ complete }}', "id.invalid"),
    ('territory(code: "T 1") { id }', "id.invalid"),
    (f'idea(code: "{UUID}") {{ id }}', "id.invalid"),
    (f'project(code: "m1/{UUID.upper()}") {{ id }}', "id.invalid"),
    ('figures(asOf: {date: "1980-01-01"}) { complete }', "date.invalid"),
    ('figures(asOf: {date: "9999-12-31"}) { complete }', "date.invalid"),
    ('figures(asOf: {date: "20191231"}) { complete }', "document.invalid"),
    ('figures(asOf: {date: "2019-02-30"}) { complete }', "document.invalid"),
    ('figures(asOf: {atLeast: "x"}) { complete }', "position.invalid"),
    ('figures(asOf: {atLeast: "é"}) { complete }', "position.invalid"),
    ('figures(asOf: {atLeast: "e30", waitMs: 6000}) { complete }', "input.invalid"),
    ('figures(asOf: {atLeast: "e30", waitMs: -1}) { complete }', "input.invalid"),
    ("ideas(first: 0) { nodes { id } }", "page.invalid"),
    ("ideas(first: 101) { nodes { id } }", "page.invalid"),
    ("ideas(first: -5) { nodes { id } }", "page.invalid"),
    ("ideas(first: 99999999999) { nodes { id } }", "document.invalid"),
    ('ideas(first: 1, after: "x") { nodes { id } }', "cursor.invalid"),
    ('node(id: "x") { id }', "id.invalid"),
    ("node(id: 7) { id }", "id.invalid"),
    (f'node(id: "{positions.node_id("Secret", "x")}") {{ id }}', "id.invalid"),
    (f'node(id: "{positions.node_id("Idea", "x" * 99)}") {{ id }}', "id.invalid"),
    (f'node(id: "{positions.node_id("Idea", UUID)}") {{ id }}', "id.invalid"),
    (f'idea(code: "{positions.node_id("Project", f"m1/{UUID}")}") {{ id }}', "id.invalid"),
    ('history(of: "x y/z", first: 1) { nodes { type } }', "id.invalid"),
    (f'history(of: "idea/{UUID}", first: 1) {{ nodes {{ type }} }}', "id.invalid"),
    ('history(of: "member/x", first: 0) { nodes { type } }', "page.invalid"),
    (f'history(of: "member/x", first: 1, after: "{OTHER_LIST}") {{ nodes {{ type }} }}', "cursor.invalid"),
    ('figuresByMonth(from: "2020-01-01", to: "2019-01-01") { complete }', "date.invalid"),
    ('figuresByMonth(from: "1990-01-01", to: "2099-01-01") { complete }', "date.invalid"),
    ('figuresByMonth(from: "2020-01-01", to: "2020-01-01", indicators: ["x"]) { complete }', "id.invalid"),
    ('figuresByMonth(from: "2020-01-01", to: "2020-01-01", indicators: []) { complete }', "id.invalid"),
]


@pytest.mark.parametrize(("root", "code"), BAD)
async def test_bad_arguments_have_a_stable_code(client: Client, root: str, code: str) -> None:
    found = await client.post("{ " + root + " }")
    assert found.status_code in (200, 400)
    assert found.json()["errors"][0]["extensions"]["code"] == code


async def test_too_many_ids_are_refused(client: Client) -> None:
    ids = [positions.node_id("Idea", f"m1/{uuid4()}")] * 51
    assert await client.code("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ids}) == "input.invalid"
