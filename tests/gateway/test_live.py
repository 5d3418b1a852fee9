"""Live figures: the state now and after each change, run once for all, to whoever still listens."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.gateway.listening import address, events, hear, one, say, talk
from tests.gateway.read_side import ReadSide
from tests.gateway.serving import Client, gateway, settings, until

JOBS = "subscription { figures { asOf { position } items { indicator value } } }"
PRODUCER = "/members/m1/projects"


def jobs(payload: Any) -> int:
    found: int = next(
        item["value"] for item in payload["data"]["figures"]["items"] if item["indicator"] == "jobs_created"
    )
    return found


async def nobody_listens(client: Client) -> None:
    await until(lambda: not client.app.hub.count and not client.app.hub.streams)


async def test_a_change_reaches_a_listener_with_its_position(client: Client, read_side: ReadSide) -> None:
    stream = events(client, JOBS)
    before = jobs(orjson.loads((await one(stream))["data"]))
    await read_side.batch({PRODUCER: 50}, [("region", "jobs_recorded", "2020-01-01", 2)])
    event = await one(stream)
    assert event["event"] == "next"
    payload = orjson.loads(event["data"])
    assert jobs(payload) == before + 2
    assert event["id"] == payload["data"]["figures"]["asOf"]["position"]
    await stream.aclose()  # type: ignore[attr-defined]
    await nobody_listens(client)


async def test_a_stream_beats_while_nothing_changes(client: Client) -> None:
    stream = events(client, "subscription { figures { complete } }")
    kinds = [event.get("event", "beat") async for event in _take(stream, 4)]
    assert kinds.count("next") == 1
    assert kinds.count("beat") == 3
    await stream.aclose()  # type: ignore[attr-defined]


async def _take(stream: AsyncIterator[dict[str, str]], count: int) -> AsyncIterator[dict[str, str]]:
    async for event in stream:
        yield event
        count -= 1
        if not count:
            return


async def test_one_question_runs_once_for_all_who_ask_it(client: Client, read_side: ReadSide) -> None:
    streams = [events(client, JOBS) for _ in range(8)]
    for stream in streams:
        await one(stream)
    assert (client.app.hub.count, client.app.hub.streams) == (8, 1)
    runs = client.app.hub.runs
    await read_side.batch({PRODUCER: 60}, [("region", "jobs_recorded", "2020-01-01", 1)])
    found = [await one(stream) for stream in streams]
    assert len({event["data"] for event in found}) == 1
    assert client.app.hub.runs == runs + 1
    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]
    await nobody_listens(client)


async def test_a_territory_that_is_no_more_ends_the_stream(client: Client, read_side: ReadSide) -> None:
    raw = read_side.hub.made("TerritoryRegistered", "territory/t-brief", {"territory_id": "t-brief"})
    await read_side.count(read_side.hub, raw)
    await read_side.heard_by(client.app)
    stream = events(client, 'subscription { figures(territory: "t-brief") { complete } }')
    assert (await one(stream))["event"] == "next"
    await read_side.count(read_side.hub, read_side.hub.voided(raw))
    told = orjson.loads((await one(stream))["data"])
    assert told["errors"][0]["extensions"]["code"] == "territory.unknown"
    assert (await one(stream))["event"] == "complete"


async def test_only_those_who_see_the_same_share_a_stream(client: Client, token: Any) -> None:
    seen = [None, token("AD"), token("FU", "AC"), token("AD", member="m2"), token("AU"), token("AU", member="m2")]
    streams = [events(client, JOBS, token=made) for made in seen]
    for stream in streams:
        await one(stream)
    # Without a token; two of one member; one of another; two auditors.
    assert (client.app.hub.count, client.app.hub.streams) == (6, 4)
    for stream in streams:
        await stream.aclose()  # type: ignore[attr-defined]
    await nobody_listens(client)


async def test_many_changes_become_few_updates(client: Client, read_side: ReadSide) -> None:
    stream = events(client, JOBS)
    first = jobs(orjson.loads((await one(stream))["data"]))
    for number in range(30):
        await read_side.batch({PRODUCER: 100 + number}, [("region", "jobs_recorded", "2020-01-01", 1)])
    updates = 0
    async for event in stream:
        if "data" in event:
            updates += 1
            if jobs(orjson.loads(event["data"])) == first + 30:
                break
    assert updates < 15
    await stream.aclose()  # type: ignore[attr-defined]


async def test_what_a_document_gets_wrong_arrives_as_an_event(client: Client) -> None:
    for query, code in (
        ("{ nothing }", "document.invalid"),
        ("{", "document.syntax"),
        ("subscription($m: String!) { figures(member: $m) { complete } }", "variables.invalid"),
        ('subscription { figures(member: "A B") { complete } }', "id.invalid"),
        ('subscription { figures(member: "nobody") { complete } }', "member.unknown"),
        ('subscription { figures(territory: "nowhere") { complete } }', "territory.unknown"),
    ):
        found = [event async for event in events(client, query) if "event" in event]
        assert [event["event"] for event in found] == ["next", "complete"]
        assert orjson.loads(found[0]["data"])["errors"][0]["extensions"]["code"] == code


async def test_a_query_over_sse_is_one_event(client: Client) -> None:
    found = [event async for event in events(client, "{ __typename }") if "event" in event]
    assert [event["event"] for event in found] == ["next", "complete"]
    assert orjson.loads(found[0]["data"]) == {"data": {"__typename": "Query"}}


async def test_a_mutation_over_sse_needs_a_token_too(client: Client) -> None:
    headers = {"accept": "text/event-stream"}
    found = await client.http.post("/graphql", json={"query": "mutation { leaveMember }"}, headers=headers)
    assert b"document.invalid" in found.content
    got = await client.http.get("/graphql", params={"query": "mutation { __typename }"}, headers=headers)
    assert got.status_code == 405


async def test_a_listener_that_vanishes_leaves_nothing_behind(client: Client) -> None:
    host, port = client.url.removeprefix("http://").split(":")
    body = orjson.dumps({"query": JOBS})
    head = "POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n"
    made = socket.create_connection((host, int(port)))
    made.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    await until(lambda: client.app.hub.count == 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    made.close()
    await nobody_listens(client)


async def test_figures_arrive_over_the_websocket(client: Client, read_side: ReadSide) -> None:
    async with talk(client) as made:
        await say(made, id="a", type="subscribe", payload={"query": JOBS})
        first = await hear(made)
        await read_side.batch({PRODUCER: 200}, [("region", "jobs_recorded", "2020-01-01", 3)])
        second = await hear(made)
        assert (first["id"], first["type"]) == ("a", "next")
        assert jobs(second["payload"]) == jobs(first["payload"]) + 3
        await say(made, id="a", type="complete")
        await say(made, id="q", type="subscribe", payload={"query": "{ __typename }"})
        assert await hear(made) == {"id": "q", "type": "next", "payload": {"data": {"__typename": "Query"}}}
        assert await hear(made) == {"id": "q", "type": "complete"}
        await say(made, type="ping")
        assert await hear(made) == {"type": "pong"}
        await say(made, id="e", type="subscribe", payload={"query": "{ nothing }"})
        found = await hear(made)
        assert (found["type"], found["payload"][0]["extensions"]["code"]) == ("error", "document.invalid")
    await nobody_listens(client)


async def send_and_hear_out(made: ClientConnection, messages: list[Any]) -> None:
    """Sends all, then listens until the other side ends."""
    for message in messages:
        await made.send(message if isinstance(message, str | bytes) else orjson.dumps(message).decode())
    while True:
        await asyncio.wait_for(made.recv(), 10)


CLOSED: list[tuple[list[Any], int]] = [
    (["not json"], 4400),
    ([b"\x00\x01"], 4400),
    ([[1]], 4400),
    ([{"type": "subscribe", "id": "a", "payload": {"query": "{ __typename }"}}], 4401),
    ([{"type": "connection_init", "payload": {"authorization": "Bearer x"}}], 4403),
    ([{"type": "connection_init"}, {"type": "connection_init"}], 4429),
    ([{"type": "connection_init"}, {"type": "nothing"}], 4400),
    ([{"type": "connection_init"}, {"type": "subscribe", "payload": {}}], 4400),
    ([{"type": "connection_init"}, {"type": "subscribe", "id": "a", "payload": 1}], 4400),
    ([{"type": "connection_init"}, *[{"type": "subscribe", "id": "a", "payload": {"query": JOBS}}] * 2], 4409),
]


@pytest.mark.parametrize(("messages", "code"), CLOSED)
async def test_a_broken_protocol_ends_the_connection(client: Client, messages: list[Any], code: int) -> None:
    async with connect(address(client), subprotocols=["graphql-transport-ws"]) as made:  # type: ignore[list-item]
        with pytest.raises(ConnectionClosed) as ended:
            await send_and_hear_out(made, messages)
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code == code
    await nobody_listens(client)


async def test_the_older_protocol_is_not_spoken(client: Client) -> None:
    async with connect(address(client), subprotocols=["graphql-ws"]) as made:  # type: ignore[list-item]
        with pytest.raises(ConnectionClosed) as ended:
            await made.recv()
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code == 4406


async def test_a_page_of_another_origin_may_not_connect(client: Client) -> None:
    with pytest.raises(InvalidStatus):
        async with connect(address(client), subprotocols=["graphql-transport-ws"], origin="http://elsewhere"):  # type: ignore[arg-type, list-item]
            pass
    own = client.url
    async with talk(client, origin=own):
        pass


async def test_listeners_are_bounded(read_side: ReadSide, keys: Path) -> None:
    made = settings(keys, reads_dsn=read_side.dsn, listeners=2, streams=1)
    async with gateway(made) as small:
        await read_side.heard_by(small.app)
        async with talk(small) as one:
            codes = []
            for name, query in (("a", JOBS), ("b", "subscription { figures { parked } }"), ("c", JOBS), ("d", JOBS)):
                await say(one, id=name, type="subscribe", payload={"query": query})
                found = await hear(one)
                codes.append(found["type"] if found["type"] == "next" else found["payload"][0]["extensions"]["code"])
            assert codes == ["next", "listeners.too_many", "next", "listeners.too_many"]


async def test_listeners_outlive_the_read_side(read_side: ReadSide, keys: Path) -> None:
    async with gateway(settings(keys, reads_dsn=read_side.dsn)) as made:
        await read_side.heard_by(made.app)
        async with talk(made) as one:
            await say(one, id="a", type="subscribe", payload={"query": JOBS})
            before = jobs((await hear(one))["payload"])
            await read_side.cut()
            await read_side.batch({PRODUCER: 300}, [("region", "jobs_recorded", "2020-01-01", 5)])
            assert jobs((await hear(one))["payload"]) == before + 5


async def test_an_operation_that_is_refused_leaves_the_others_alone(client: Client, read_side: ReadSide) -> None:
    async with talk(client) as made:
        await say(made, id="first", type="subscribe", payload={"query": JOBS})
        before = jobs((await hear(made))["payload"])
        for query, code in (
            ("subscription { nothing }", "document.invalid"),
            ("mutation { __typename }", None),
            ("{ state { " + "batch " * 3000 + "} }", "document.too_long"),
            ("", "input.invalid"),
        ):
            await say(made, id="other", type="subscribe", payload={"query": query})
            found = await hear(made)
            if code is None:
                assert found["type"] == "next"
                assert (await hear(made))["type"] == "complete"
            else:
                assert (found["id"], found["type"]) == ("other", "error")
                assert found["payload"][0]["extensions"]["code"] == code
        await read_side.batch({PRODUCER: 210}, [("region", "jobs_recorded", "2020-01-01", 1)])
        found = await hear(made)
        assert (found["id"], jobs(found["payload"])) == ("first", before + 1)


async def test_too_many_operations_of_a_socket_are_refused_one_by_one(client: Client) -> None:
    async with talk(client) as made:
        for number in range(12):
            await say(made, id=str(number), type="subscribe", payload={"query": JOBS})
        found = [await hear(made) for _ in range(12)]
        refused = {one["id"]: one["payload"][0]["extensions"]["code"] for one in found if one["type"] == "error"}
        assert refused == {"10": "operations.too_many", "11": "operations.too_many"}
        assert {one["id"] for one in found if one["type"] == "next"} == {str(n) for n in range(10)}
        await say(made, id="0", type="complete")
        await say(made, id="12", type="subscribe", payload={"query": JOBS})
        assert (await hear(made))["id"] == "12"


async def test_a_failure_of_ours_ends_one_operation_and_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    async with talk(client) as made:
        await say(made, id="alive", type="subscribe", payload={"query": JOBS})
        await hear(made)
        with monkeypatch.context() as broken:
            broken.setattr(client.app.engine, "admit", fail)
            await say(made, id="broken", type="subscribe", payload={"query": "{ __typename }"})
            found = await hear(made)
        assert (found["id"], found["type"]) == ("broken", "error")
        assert found["payload"][0]["extensions"]["code"] == "internal"
        await say(made, id="next", type="subscribe", payload={"query": "{ __typename }"})
        assert (await hear(made))["type"] == "next"


async def test_a_stream_whose_token_expires_says_so_and_ends(client: Client, passing: str) -> None:
    stream = events(client, JOBS, token=passing)
    found = [event async for event in stream if "event" in event]
    assert [event["event"] for event in found] == ["next", "next", "complete"]
    assert orjson.loads(found[1]["data"])["errors"][0]["extensions"]["code"] == "token.expired"


async def test_a_socket_whose_token_expires_is_closed_and_told(client: Client, passing: str) -> None:
    async with talk(client, {"authorization": f"Bearer {passing}"}) as made:
        await say(made, id="a", type="subscribe", payload={"query": JOBS})
        assert (await hear(made))["type"] == "next"
        with pytest.raises(ConnectionClosed) as ended:
            await hear(made)
    assert ended.value.rcvd is not None
    assert (ended.value.rcvd.code, ended.value.rcvd.reason) == (4403, "token.expired")


async def test_stopping_sends_every_socket_elsewhere(read_side: ReadSide, keys: Path) -> None:
    async with gateway(settings(keys, reads_dsn=read_side.dsn)) as made:
        await read_side.heard_by(made.app)
        async with talk(made) as busy, talk(made) as idle:
            await say(busy, id="a", type="subscribe", payload={"query": JOBS})
            assert (await hear(busy))["type"] == "next"
            await made.app.hub.stop()
            for one_of in (busy, idle):
                with pytest.raises(ConnectionClosed) as ended:
                    await hear(one_of)
                assert ended.value.rcvd is not None
                assert (ended.value.rcvd.code, ended.value.rcvd.reason) == (1012, "Service Restart")


async def test_stopping_cuts_the_streams(read_side: ReadSide, keys: Path) -> None:
    async with gateway(settings(keys, reads_dsn=read_side.dsn)) as made:
        await read_side.heard_by(made.app)
        stream = events(made, JOBS)
        await one(stream)
        await made.app.hub.stop()
        assert [event["event"] async for event in stream if "event" in event] == []
        headers = {"accept": "text/event-stream"}
        late = await made.http.post("/graphql", json={"query": JOBS}, headers=headers)
        assert (late.status_code, late.json()["errors"][0]["extensions"]["code"]) == (503, "service.unavailable")
