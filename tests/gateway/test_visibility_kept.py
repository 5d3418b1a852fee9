"""Who may see, after a correction, and whatever way the bytes of an answer come: kept, made together, or streamed."""

import asyncio
import json
from typing import Any

import pytest

from services.gateway.positions import node_id
from tests.gateway.listening import events, hear, say, talk
from tests.gateway.seeing import CALLERS, KINDS, LEVELS, LISTS, OWNER, Ask, Who, World, callers
from tests.gateway.serving import Client

SHEET = """query($i: ID!, $c: String!) {{ one: {one}(code: $c) {{ code }} node(id: $i) {{ id }}
  list: {many}(first: 100) {{ nodes {{ code }} }} history(of: $i, first: 9) {{ nodes {{ type }} }} }}"""


def shown(kind: str, code: str, found: Any) -> tuple[set[bool], int]:
    """In which of sheet, node and list the object is (both: in some), and how many events its history shows."""
    listed = code in {node["code"] for node in found["list"]["nodes"]}
    return {found["one"] is not None, found["node"] is not None, listed}, len(found["history"]["nodes"])


def asked(kind: str, code: str, name: str = "") -> tuple[str, dict[str, str]]:
    """Sheet, node, list and history of one object in one document; `name` makes it another document."""
    text = SHEET.format(one=kind.lower(), many=LISTS[kind]).replace("query", f"query {name}" if name else "query")
    return text, {"i": node_id(kind, code), "c": code}


MOVES = [(before, after) for before in LEVELS for after in LEVELS if before != after]


@KINDS
@pytest.mark.parametrize(("before", "after"), MOVES)
async def test_a_corrected_confidentiality_holds_for_the_past_too(
    ask: Ask, gate: Client, world: World, kind: str, before: str, after: str
) -> None:
    code, producer = await world.found(kind, before), world.producers[kind]
    await world.read_side.count(producer, producer.corrected(world.objects.records[code], confidentiality=after))
    world.objects.levels[kind][code] = after
    await world.read_side.heard_by(gate.app)
    for who in CALLERS:
        there = who.sees(after, producer.member)
        assert shown(kind, code, await ask(who, *asked(kind, code))) == ({there}, 2 * there), who.name


@KINDS
@pytest.mark.parametrize("level", LEVELS)
async def test_a_voided_record_stays_in_the_history_of_those_who_saw_it(
    ask: Ask, gate: Client, world: World, kind: str, level: str
) -> None:
    code, producer = await world.found(kind, level), world.producers[kind]
    del world.objects.levels[kind][code]
    await world.read_side.count(producer, producer.voided(world.objects.records[code]))
    await world.read_side.heard_by(gate.app)
    for who in CALLERS:
        there = who.sees(level, producer.member)
        assert shown(kind, code, await ask(who, *asked(kind, code))) == ({False}, 2 * there), who.name


async def test_a_sheet_says_what_the_records_say_that_the_caller_may_see(ask: Ask, gate: Client, world: World) -> None:
    project, idea = await world.found("Project", "public"), await world.found("Idea", "public")
    await world.steps(project, ProjectQualified="partners", LaunchPhaseOpened="member")
    await world.steps(idea, IdeaShortlisted="partners", IdeaSelected="member")
    await world.read_side.heard_by(gate.app)
    became = [node_id("Project", f"{OWNER}/{idea.partition('/')[2]}")]
    text = """query($p: String!, $i: String!) { project(code: $p) { status qualifiedOn launchedOn }
      idea(code: $i) { status projects } history(of: "idea/%s", first: 9) { nodes { type } } }"""
    for who in CALLERS:
        found = await ask(who, text.replace("%s", idea), {"p": project, "i": idea})
        some, all_ = (who.sees(level, OWNER) for level in ("partners", "member"))
        assert found["project"] == {
            "status": "launching" if all_ else "qualified" if some else "opened",
            "qualifiedOn": "2019-06-01" if some else None,
            "launchedOn": "2019-06-01" if all_ else None,
        }
        assert found["idea"] == {
            "status": "selected" if all_ else "shortlisted" if some else "proposed",
            "projects": became if all_ else [],
        }
        assert len(found["history"]["nodes"]) == 1 + some + all_, who.name


# One who may not see a member's own record, and one who may, in each way in which they differ.
APART = [CALLERS[0], CALLERS[1], CALLERS[2], CALLERS[4]]
TURNS = [(one, other) for one in APART for other in APART if one is not other]


def hits(gate: Client) -> float:
    """How often the gateway gave bytes that it had kept."""
    return gate.app.metrics._registry.get_sample_value("gateway_cache_hits_total") or 0.0


@KINDS
async def test_bytes_kept_for_one_are_not_given_to_another(gate: Client, world: World, token: Any, kind: str) -> None:
    code = await world.found(kind, "member")
    await world.read_side.heard_by(gate.app)
    for turn, (one, other) in enumerate(TURNS):
        text, variables = asked(kind, code, f"kept{turn}")
        method = "POST" if turn % 2 else "GET"
        before = hits(gate)
        for who in (one, other, one, other):
            answer = await sent(gate, method, text, variables, who.member and token(*who.roles, member=who.member))
            there = who.sees("member", world.objects.recorder[kind])
            assert shown(kind, code, answer.json()["data"]) == ({there}, int(there)), (one.name, other.name, who.name)
            assert answer.headers["cache-control"] == ("private, no-cache" if who.member else "public, no-cache")
        assert hits(gate) == before + 2


async def sent(gate: Client, method: str, text: str, variables: dict[str, str], token: str | None) -> Any:
    """The HTTP answer to a query by GET or POST."""
    headers = {"accept": "application/json"} | ({} if token is None else {"authorization": f"Bearer {token}"})
    if method == "POST":
        return await gate.http.post("/graphql", json={"query": text, "variables": variables}, headers=headers)
    given = {"query": text, "variables": json.dumps(variables)}
    return await gate.http.get("/graphql", params=given, headers=headers)


@KINDS
async def test_those_who_ask_at_once_get_each_what_they_may_see(
    ask: Ask, gate: Client, world: World, kind: str
) -> None:
    code = await world.found(kind, "member")
    await world.read_side.heard_by(gate.app)
    text, variables = asked(kind, code, "together")
    answers = await asyncio.gather(*(ask(who, text, variables) for who in CALLERS * 2))
    for who, found in zip(CALLERS * 2, answers, strict=True):
        there = who.sees("member", world.objects.recorder[kind])
        assert shown(kind, code, found) == ({there}, int(there)), who.name


@callers
async def test_the_same_holds_over_sse_and_over_the_websocket(gate: Client, world: World, token: Any, who: Who) -> None:
    made = token(*who.roles, member=who.member) if who.member else None
    for code, level in world.objects.levels["Idea"].items():
        query = f'{{ idea(code: "{code}") {{ code }} }}'
        wanted = {"data": {"idea": {"code": code} if who.sees(level, OWNER) else None}}
        told = [event async for event in events(gate, query, token=made) if event["event"] == "next"]
        assert json.loads(told[0]["data"]) == wanted
        async with talk(gate, {"authorization": f"Bearer {made}"} if made else None) as socket:
            await say(socket, id="a", type="subscribe", payload={"query": query})
            assert (await hear(socket))["payload"] == wanted
