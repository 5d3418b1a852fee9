"""What can be read, from a read side filled by SQL, as a role that may only ask its functions."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from services.gateway import positions
from services.gateway.queries import months
from tests.gateway.read_side import ReadSide
from tests.gateway.serving import Client

FIGURES = """query($asOf: AsOfInput, $territory: String, $member: String) {
  figures(asOf: $asOf, territory: $territory, member: $member) {
    asOf { position recordedAt lagMs date } complete parked held stopped { source sequence reason }
    items { id name value low high precision unit scale parts { id value precision } beside { id value } }
  }
}"""
DAY = "2019-12-31"


@pytest.fixture(scope="module", autouse=True)
async def paper(read_side: ReadSide, client: Client) -> None:
    """Some of the paper's numbers, in a member's scope so that other tests do not move them."""
    amounts = {
        "advisers_declared": 12,
        "advisers_identified": 3,
        "actors_identified": 85,
        "actors_declared": 1800,
        "actors_declared_low": 300,
        "actors_declared_approx": 40,
        "jobs_recorded": 5,
        "jobs_declared": 30,
        "jobs_declared_at_least": 2,
        "jobs_fte_alive": 35000,
    }
    await read_side.batch(
        {"/members/m1/ideation": 7, "/members/m2/projects": 3},
        [("member/paper", name, DAY, value) for name, value in amounts.items()]
        + [("member/paper", "jobs_recorded", "2020-01-15", 1), ("territory/t-9", "jobs_recorded", DAY, 4)],
    )
    await read_side.heard_by(client.app)


async def test_the_five_figures_come_with_their_parts(client: Client) -> None:
    found = (await client.data(FIGURES, {"asOf": {"date": DAY}, "member": "paper"}))["figures"]
    assert [(one["id"], one["value"]) for one in found["items"]] == [
        ("advisers_mobilised", 15),
        ("territories_accompanied", 0),
        ("projects_completed_or_nearing", 0),
        ("actors_mobilised", 1885),
        ("jobs_created", 35),
    ]
    for item in found["items"]:
        assert item["value"] == sum(part["value"] for part in item["parts"]) == item["high"]
    actors, jobs = found["items"][3], found["items"][4]
    assert (actors["low"], actors["precision"]) == (385, "APPROX")
    assert (jobs["low"], jobs["precision"]) == (35, "AT_LEAST")
    assert {"id": "jobs_fte_alive", "value": 35000} in jobs["beside"]
    assert found["complete"] is True
    assert found["asOf"]["date"] == DAY
    assert positions.read_position(found["asOf"]["position"])["/members/m1/ideation"] >= 7


@pytest.mark.parametrize(("day", "jobs"), [("2019-12-30", 0), (DAY, 35), ("2020-01-14", 35), ("2020-01-15", 36)])
async def test_figures_are_of_a_day(client: Client, day: str, jobs: int) -> None:
    found = await client.data(FIGURES, {"asOf": {"date": day}, "member": "paper"})
    assert found["figures"]["items"][4]["value"] == jobs


async def test_a_territory_is_named_by_code_or_id(client: Client) -> None:
    for name in ("t-9", positions.node_id("Territory", "t-9")):
        assert (await client.data(FIGURES, {"territory": name}))["figures"]["items"][4]["value"] == 4
    assert (await client.data(FIGURES, {"territory": "nowhere"}))["figures"]["items"][4]["value"] == 0


async def test_names_come_in_both_languages(client: Client) -> None:
    text = "{ figures { items { fr: name(lang: FR) en: name(lang: EN) name } } }"
    item = (await client.data(text))["figures"]["items"][0]
    assert item == {"fr": "Chargés de mission mobilisés", "en": "Advisers mobilised", "name": "Advisers mobilised"}


async def test_any_indicator_may_be_asked(client: Client) -> None:
    text = 'query($i: [String!]!) { figures(member: "paper") { indicators(ids: $i) { id value scale } } }'
    found = await client.data(text, {"i": ["jobs_fte_alive", "jobs_created"]})
    assert found["figures"]["indicators"] == [
        {"id": "jobs_fte_alive", "value": 35000, "scale": 4},
        {"id": "jobs_created", "value": 36, "scale": 0},
    ]
    assert await client.code(text, {"i": ["nothing"]}) == "id.invalid"


async def test_a_stopped_producer_is_said(client: Client, read_side: ReadSide) -> None:
    await read_side.stop("/members/m2/projects", "chain.prev")
    await read_side.batch({})
    await read_side.heard_by(client.app)
    found = (await client.data(FIGURES))["figures"]
    assert found["complete"] is False
    assert found["stopped"] == [{"source": "/members/m2/projects", "sequence": 3, "reason": "chain.prev"}]
    await read_side.stop("/members/m2/projects", None)
    await read_side.batch({})
    await read_side.heard_by(client.app)
    assert (await client.data(FIGURES))["figures"]["complete"] is True


async def test_months_add_up_to_the_figure(client: Client) -> None:
    text = """{ figuresByMonth(from: "2019-12-05", to: "2020-02-01", member: "paper", indicators: ["jobs_created"]) {
      complete series { id value precision months { month change total } } } }"""
    series = (await client.data(text))["figuresByMonth"]["series"]
    assert series == [
        {
            "id": "jobs_created",
            "value": 36,
            "precision": "AT_LEAST",
            "months": [
                {"month": "2019-12-01", "change": 35, "total": 35},
                {"month": "2020-01-01", "change": 1, "total": 36},
                {"month": "2020-02-01", "change": 0, "total": 36},
            ],
        }
    ]


def test_months_of_years() -> None:
    found = months(date(2019, 11, 30), date(2021, 1, 1))
    assert (found[0], found[1], found[2], found[-1], len(found)) == (
        date(2019, 11, 1),
        date(2019, 12, 1),
        date(2020, 1, 1),
        date(2021, 1, 1),
        15,
    )


IDEA: dict[str, Any] = {
    "title": "Ressourcerie",
    "description": None,
    "themes": ["circular"],
    "needs": [],
    "provenance": "workshop",
    "status": "proposed",
    "proposedOn": "2019-03-31",
    "accompaniment": None,
    "projects": [],
}


async def ideas(read_side: ReadSide, member: str, count: int) -> list[str]:
    codes = [str(uuid4()) for _ in range(count)]
    for number, code in enumerate(codes):
        title = f"Idée {number:02}"
        body = {**IDEA, "id": code, "title": title, "territories": [f"t-{number % 2}"], "member": member}
        await read_side.document("idea", code, body)
    await read_side.batch({})
    return codes


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
    none = positions.node_id("Idea", str(uuid4()))
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
    code = str(uuid4())
    entity = f"idea/{code}"
    target = {"source": "/members/m1/ideation", "sequence": 1, "type": "ideation.IdeaProposed.v1"}
    secret, public = {"title": "x", "confidentiality": "partners"}, {"title": "y", "confidentiality": "public"}
    await read_side.event(entity, 1, "ideation.IdeaProposed.v1", secret)
    await read_side.event(entity, 2, "ideation.IdeaShortlisted.v1", public)
    await read_side.event(entity, 3, "ideation.RecordVoided.v1", {"target": target, "confidentiality": "partners"})
    await read_side.batch({})
    await read_side.heard_by(client.app)
    by_id = {"of": positions.node_id("Idea", code), "first": 2}
    page = (await client.data(HISTORY, by_id, token()))["history"]
    assert [node["sequence"] for node in page["nodes"]] == [1, 2]
    assert [one["sequence"] for one in page["nodes"][0]["amendedBy"]] == [3]
    assert page["nodes"][1]["amendedBy"] == []
    assert [(node["data"], node["actor"]) for node in page["nodes"]] == [(secret, "p-9"), (public, "p-9")]
    after = {"of": entity, "first": 2, "after": page["pageInfo"]["endCursor"]}
    rest = (await client.data(HISTORY, after, token()))["history"]
    assert [node["sequence"] for node in rest["nodes"]] == [3]
    assert rest["pageInfo"]["hasNextPage"] is False
    shown = (await client.data(HISTORY, by_id))["history"]["nodes"]
    assert [(node["data"], node["actor"]) for node in shown] == [(None, None), (public, None)]


OTHER_LIST = positions.cursor("Idea", "a")
BAD: list[tuple[str, str]] = [
    ('figures(territory: "t-1", member: "m1") { complete }', "input.invalid"),
    ('figures(territory: "T 1") { complete }', "id.invalid"),
    ('figures(territory: "../x") { complete }', "id.invalid"),
    ('figures(member: "") { complete }', "id.invalid"),
    ('figures(member: "m%") { complete }', "id.invalid"),
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
    (f'idea(code: "{positions.node_id("Project", "x")}") {{ id }}', "id.invalid"),
    ('history(of: "x y/z", first: 1) { nodes { type } }', "id.invalid"),
    ('history(of: "idea/x", first: 0) { nodes { type } }', "page.invalid"),
    (
        f'history(of: "idea/x", first: 1, after: "{positions.cursor("Idea", "a")}") {{ nodes {{ type }} }}',
        "cursor.invalid",
    ),
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
    ids = [positions.node_id("Idea", str(uuid4()))] * 51
    assert await client.code("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ids}) == "input.invalid"
