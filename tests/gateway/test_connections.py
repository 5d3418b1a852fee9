"""Strangers at the public port: who says nothing, never comes to an end, or takes nothing, is dropped in time."""

import asyncio
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from shared.runtime.connections import Limits, networks, origin, within
from tests.gateway.serving import gateway, settings, until
from tests.gateway.strangers import dropped, roomy, stranger, strangers, unread

SILENT = 1100
HEAD = b"POST /graphql HTTP/1.1\r\nhost: x\r\n"
HEALTH = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"


async def _answers(url: str, source: str = "127.0.0.1") -> bool:
    transport = httpx.AsyncHTTPTransport(local_address=source)
    async with httpx.AsyncClient(base_url=url, transport=transport, timeout=30) as client:
        return (await client.get("/health")).status_code == 200


async def test_a_thousand_who_say_nothing_keep_nobody_out(keys: Path) -> None:
    roomy()
    async with gateway(settings(keys, client_seconds=600)) as door, strangers(door.url, SILENT) as silent:
        most = door.app.settings.address_connections
        await until(lambda: sum(not one.over for one in silent) == most)
        assert [one.over for one in silent] == [True] * (SILENT - most) + [False] * most
        assert await _answers(door.url)
        assert await _answers(door.url, "127.0.0.2")


async def test_who_says_nothing_is_dropped_in_time(keys: Path) -> None:
    async with gateway(settings(keys, client_seconds=0.5)) as door, strangers(door.url, 5) as silent:
        await silent[0].send(b"\r\n")
        await until(lambda: all(one.over for one in silent))
        assert {one.heard for one in silent} == {b""}


@pytest.mark.parametrize("line", [b"x-a: b\r\n" * 512, b"x" * 4096], ids=["lines", "one line"])
async def test_a_head_without_an_end_is_dropped_at_64_kb(keys: Path, line: bytes) -> None:
    async with gateway(settings(keys, client_seconds=600)) as door, strangers(door.url, 20) as many:
        for one in many:
            await one.send(HEAD + (b"" if line.endswith(b"\n") else b"x-long: "))
            for _ in range(200):
                if one.over:
                    break
                await one.send(line)
        await until(lambda: all(one.over for one in many))
        assert max(one.sent for one in many) < 200_000
        assert all(one.heard.startswith(b"HTTP/1.1 431 ") or one.heard == b"" for one in many)
        assert await _answers(door.url)


async def test_a_head_and_a_body_have_their_time_however_slowly_they_drip(keys: Path) -> None:
    async with gateway(settings(keys, client_seconds=1)) as door, strangers(door.url, 2) as (head, body):
        await head.send(HEAD)
        await body.send(HEAD + b"content-type: application/json\r\ncontent-length: 5000\r\n\r\n{")
        while not (head.over and body.over):
            await head.send(b"a")
            await body.send(b" ")
        assert head.heard.startswith(b"HTTP/1.1 408 ")
        assert body.heard.startswith(b"HTTP/1.1 408 ")


async def test_a_body_without_an_end_is_refused_and_dropped(keys: Path) -> None:
    async with gateway(settings(keys, client_seconds=600)) as door:
        one = await stranger(door.url)
        await one.send(HEAD + b"content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
        while not one.over:
            await one.send(b"1000\r\n" + b" " * 4096 + b"\r\n")
        assert one.heard.startswith(b"HTTP/1.1 413 ")
        assert one.heard.count(b"HTTP/1.1 ") == 1
        await one.go()


async def test_an_answer_that_nobody_takes_is_dropped(keys: Path) -> None:
    async with gateway(settings(keys, client_seconds=0.5)) as door:
        before = dropped("answer not taken")
        with unread(door.url, b"GET /schema.graphql HTTP/1.1\r\nhost: x\r\n\r\n" * 12):
            await until(lambda: dropped("answer not taken") == before + 1)


async def test_what_one_address_does_not_take_is_bounded_in_bytes(keys: Path) -> None:
    async with gateway(settings(keys, client_seconds=600, address_bytes=1 << 16)) as door:
        before = dropped("too many bytes")
        with unread(door.url, b"GET /schema.graphql HTTP/1.1\r\nhost: x\r\n\r\n" * 12):
            await until(lambda: dropped("too many bytes") == before + 1)
        assert await _answers(door.url)


async def test_requests_sent_ahead_are_bounded(keys: Path) -> None:
    async with gateway(settings(keys)) as door, strangers(door.url, 1) as (one,):
        await one.send(HEALTH * 12)
        await until(lambda: one.heard.count(b"HTTP/1.1 200 OK") == 12)
        await one.send(HEALTH * 500)
        await until(lambda: one.over)
        assert one.heard.count(b"HTTP/1.1 200 OK") < 100


async def test_the_longest_idle_connection_makes_place(keys: Path) -> None:
    async with (
        gateway(settings(keys, client_seconds=600, connections=3)) as door,
        strangers(door.url, 3) as (first, second, third),
    ):
        await first.send(HEALTH)
        await until(lambda: b"alive" in first.heard)
        async with strangers(door.url, 1, "127.0.0.2") as (fourth,):
            await until(lambda: second.over)
            await fourth.send(HEALTH)
            await until(lambda: b"alive" in fourth.heard)
            assert not first.over and not third.over


async def test_an_address_whose_connections_are_all_at_work_leaves_another_free(keys: Path) -> None:
    async with (
        gateway(settings(keys, client_seconds=600, address_connections=2)) as door,
        strangers(door.url, 2) as busy,
    ):
        for one in busy:
            await one.send(HEAD + b"content-type: application/json\r\ncontent-length: 9\r\n\r\n{")
        async with strangers(door.url, 1) as (third,):
            await until(lambda: third.over)
            assert third.heard.startswith(b"HTTP/1.1 503 ") and b"retry-after: 1" in third.heard
        assert await _answers(door.url, "127.0.0.2")
        assert not any(one.over for one in busy)


async def test_trusted_addresses_are_bounded_only_in_all(keys: Path) -> None:
    told = {"client_seconds": 600, "address_connections": 1, "trusted": ("127.0.0.0/31",)}
    async with gateway(settings(keys, **told)) as door, strangers(door.url, 5) as many:
        await many[-1].send(HEALTH)
        await until(lambda: b"alive" in many[-1].heard)
        assert not any(one.over for one in many)


async def test_a_connection_kept_between_requests_ends_in_time(keys: Path) -> None:
    async with gateway(settings(keys, client_seconds=1)) as door, strangers(door.url, 1) as (one,):
        for asked in (1, 2):
            await one.send(HEALTH)
            await until(lambda asked=asked: one.heard.count(b"alive") == asked)  # type: ignore[misc]
        await until(lambda: one.over)


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("nobody:at:all", "nobody:at:all"),
        ("x" * 500, "x" * 64),
    ],
)
def test_an_ipv6_address_counts_with_its_64_network(host: str, known: str) -> None:
    assert origin(host) == known


def test_networks_are_told_as_networks() -> None:
    known = networks(("10.0.0.0/8", "2001:db8::/32", "127.0.0.1"))
    assert [within(host, known) for host in ("10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1", "127.0.0.1")] == [True] * 4
    assert [within(host, known) for host in ("11.1.2.3", "2001:db9::1", "127.0.0.2", "nobody")] == [False] * 4
    assert not within("127.0.0.1", networks(Limits().trusted))


def test_a_proxy_that_is_no_network_is_refused(keys: Path) -> None:
    with pytest.raises(ValidationError, match="proxies"):
        settings(keys, proxies=("the proxy",))


async def test_a_socket_frees_its_place_however_it_ends(keys: Path) -> None:
    async with gateway(settings(keys, client_seconds=600, address_connections=1)) as door:
        for _ in range(3):
            async with strangers(door.url, 1) as (one,):
                await one.send(
                    b"GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
                    b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    b"sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
                )
                await until(lambda one=one: b"101 Switching" in one.heard)  # type: ignore[misc]
                assert door.app.held.sockets.holders == 1
            await until(lambda: door.app.held.sockets.holders == 0)
        assert await asyncio.wait_for(_answers(door.url), 30)
