"""Answers kept as bytes: given again while the read side has not moved, and never after."""

import asyncio
from pathlib import Path

import pytest

from services.gateway import positions
from services.gateway.answers import Answer
from services.gateway.cache import Cache
from tests.gateway.read_side import ReadSide
from tests.gateway.serving import Client, gateway, settings

QUERY = '{ figures(member: "cached") { items { id value } asOf { position } } }'


@pytest.fixture(scope="module", autouse=True)
async def known(read_side: ReadSide) -> None:
    """The members asked about."""
    await read_side.members("cached", "together", "apart")


def counted(client: Client, name: str) -> float:
    """A counter of the gateway's own."""
    return client.app.metrics._registry.get_sample_value(name) or 0.0


def ran(client: Client) -> float:
    return (
        client.app.metrics._registry.get_sample_value("gateway_operations_total", {"kind": "query", "outcome": "ok"})
        or 0.0
    )


async def test_a_repeated_question_runs_once_until_the_read_side_moves(client: Client, read_side: ReadSide) -> None:
    await read_side.batch({"/members/m1/projects": 900})
    await read_side.heard_by(client.app)
    first = await client.post(QUERY)
    before, validated = ran(client), client.app.documents.validations
    again = [await client.post(QUERY) for _ in range(5)]
    assert {answer.content for answer in again} == {first.content}
    assert {answer.headers["etag"] for answer in again} == {first.headers["etag"]}
    assert ran(client) == before
    assert client.app.documents.validations == validated
    await read_side.batch({"/members/m1/projects": 901}, [("member/cached", "jobs_recorded", "2020-01-01", 1)])
    await read_side.heard_by(client.app)
    moved = await client.post(QUERY)
    assert moved.json()["data"]["figures"]["items"][4]["value"] == 1
    assert moved.headers["etag"] != first.headers["etag"]


async def test_language_media_type_and_token_do_not_share_bytes(client: Client, token: object) -> None:
    text = "{ figures { items { name } } }"
    english = await client.post(text)
    french = await client.post(text, headers={"accept-language": "fr"})
    assert english.json() != french.json()
    legacy = await client.post(text, headers={"accept": "application/json"})
    assert legacy.headers["content-type"].startswith("application/json")
    made = token()  # type: ignore[operator]
    signed = await client.post(text, token=made)
    assert signed.headers["cache-control"] == "private, no-cache"


async def test_variables_are_told_apart_and_their_order_is_not(client: Client) -> None:
    text = "query($m: String, $d: Date) { figures(member: $m, asOf: {date: $d}) { asOf { date } } }"
    one = await client.data(text, {"m": "apart", "d": "2020-01-01"})
    two = await client.data(text, {"d": "2020-01-02", "m": "apart"})
    assert (one["figures"]["asOf"]["date"], two["figures"]["asOf"]["date"]) == ("2020-01-01", "2020-01-02")


async def test_answers_with_errors_are_not_kept(client: Client) -> None:
    text = 'query kept { figures(member: "A B") { complete } }'
    before = ran(client)
    for _ in range(2):
        assert "etag" not in (await client.post(text)).headers
    assert ran(client) == before


async def test_those_who_ask_at_once_share_one_run(client: Client, read_side: ReadSide) -> None:
    await read_side.batch({})
    await read_side.heard_by(client.app)
    before = ran(client)
    text = 'query together { figures(member: "together") { complete } }'
    found = await asyncio.gather(*(client.post(text) for _ in range(20)))
    assert len({answer.content for answer in found}) == 1
    assert ran(client) == before + 1


async def test_nothing_is_kept_while_the_read_side_is_not_heard(read_side: ReadSide, keys: Path) -> None:
    async with gateway(settings(keys, reads_dsn=read_side.dsn)) as made:
        await read_side.heard_by(made.app)
        await made.app.feed.stop()
        for _ in range(2):
            assert (await made.post(QUERY)).status_code == 200
        assert ran(made) == 2
        assert counted(made, "gateway_cache_hits_total") == 0


def answer(size: int) -> Answer:
    return Answer(200, [], b"x" * size, b'"x"')


def test_the_cache_is_bounded_in_bytes() -> None:
    cache = Cache(100_000)
    cache.turn("one")
    for number in range(50):
        cache.put(number, answer(10_000), "one", 10)
    assert cache.get(49) is not None
    assert cache.get(0) is None
    assert sum(cache.get(number) is not None for number in range(50)) < 10
    cache.put("huge", answer(90_000), "one", 10)
    assert cache.get("huge") is None
    cache.put("long key", answer(10), "one", 9_000)
    assert cache.get("long key") is None


@pytest.mark.parametrize("generation", ["old", None])
def test_an_answer_of_another_generation_is_not_kept(generation: str | None) -> None:
    cache = Cache(100_000)
    cache.turn("new")
    cache.put("key", answer(10), generation, 1)
    assert cache.get("key") is None
    cache.put("key", answer(10), "new", 1)
    cache.turn(None)
    assert cache.get("key") is None
    cache.put("key", answer(10), None, 1)
    assert cache.get("key") is None


async def test_reading_at_least_a_position_waits_for_it(client: Client, read_side: ReadSide) -> None:
    await read_side.heard_by(client.app)
    text = "query($p: String!, $w: Int) { figures(asOf: {atLeast: $p, waitMs: $w}) { asOf { position } } }"
    wanted = positions.position({"/members/waiter/ideation": 5})
    late = await client.post(text, {"p": wanted, "w": 50})
    assert late.json()["errors"][0]["extensions"]["code"] == "position.not_yet"
    asked = asyncio.create_task(client.data(text, {"p": wanted, "w": 5000}))
    await read_side.batch({"/members/waiter/ideation": 4})
    await read_side.heard_by(client.app)
    assert not asked.done()
    await read_side.batch({"/members/waiter/ideation": 5})
    found = (await asked)["figures"]["asOf"]["position"]
    assert positions.read_position(found)["/members/waiter/ideation"] == 5


async def test_a_root_sees_what_it_waited_for_whatever_another_saw(client: Client, read_side: ReadSide) -> None:
    text = """query($p: String!) { state { asOf { position } } figures(asOf: {atLeast: $p}) { asOf { position } } }"""
    asked = asyncio.create_task(client.data(text, {"p": positions.position({"/members/late/ideation": 1})}))
    await read_side.batch({"/members/late/ideation": 1})
    found = await asked
    assert positions.read_position(found["figures"]["asOf"]["position"])["/members/late/ideation"] == 1
