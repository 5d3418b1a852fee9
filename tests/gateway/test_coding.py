"""Answers of more than 1 KB are compressed as the client prefers; what is kept is compressed once."""

import asyncio
import os
from typing import Any

import cramjam
import httpx
import pytest

from services.gateway import answers, schema
from services.gateway.coding import chosen, coded
from tests.gateway.listening import events, one
from tests.gateway.serving import Client

# More than 1 KB on any read side.
LONG = "{ figures { parked complete } __schema { types { name } } }"
PLAIN = {
    b"zstd": lambda body: bytes(cramjam.zstd.decompress(body)),
    b"br": lambda body: bytes(cramjam.brotli.decompress(body)),
    b"gzip": lambda body: bytes(cramjam.gzip.decompress(body)),
}


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        (b"gzip, deflate, br, zstd", b"zstd"),
        (b"gzip, deflate, br", b"br"),
        (b"gzip, deflate", b"gzip"),
        (b"GZIP", b"gzip"),
        (b"x-gzip", b"gzip"),
        (b"*", b"zstd"),
        (b"*;q=0.5, zstd;q=0", b"br"),
        (b"gzip;q=1.0, br;q=0.9, zstd;q=0.2", b"gzip"),
        (b"gzip;q=0.5, identity;q=0.9", None),
        (b"gzip;q=0", None),
        (b"*;q=0", None),
        (b"deflate", None),
        (b"identity", None),
        (b"", None),
        (b"gzip;q=nonsense", None),
        (b"gzip," * 100, None),
    ],
)
def test_the_coding_is_the_one_preferred(accept: bytes, coding: bytes | None) -> None:
    assert chosen(accept) == coding


async def raw(client: Client, accept: str, **heads: str) -> tuple[httpx.Response, bytes]:
    """The answer to the long question, and its bytes as they were sent."""
    request = client.http.build_request(
        "GET", "/graphql", params={"query": LONG}, headers={"accept-encoding": accept, **heads}
    )
    answer = await client.http.send(request, stream=True)
    sent = b"".join([chunk async for chunk in answer.aiter_raw()])
    await answer.aclose()
    return answer, sent


async def test_each_coding_gives_the_same_answer_under_a_tag_of_its_own(client: Client) -> None:
    whole, plain = await raw(client, "identity")
    assert "content-encoding" not in whole.headers and len(plain) > 1024
    tags = {whole.headers["etag"]}
    for coding, undo in PLAIN.items():
        answer, sent = await raw(client, coding.decode())
        assert answer.headers["content-encoding"] == coding.decode()
        assert int(answer.headers["content-length"]) == len(sent) < len(plain)
        assert undo(sent) == plain
        assert "accept-encoding" in answer.headers["vary"].split(", ")
        tags.add(answer.headers["etag"])
        unchanged, nothing = await raw(client, coding.decode(), **{"if-none-match": answer.headers["etag"]})
        assert (unchanged.status_code, nothing) == (304, b"")
        assert unchanged.headers["etag"] == answer.headers["etag"]
        assert (await raw(client, "identity", **{"if-none-match": answer.headers["etag"]}))[0].status_code == 200
    assert len(tags) == 4


async def test_what_is_kept_is_compressed_once_for_each_coding() -> None:
    kept = answers.kept("application/json", b'{"a": 1}' * 500, True)
    first = {accept: await coded(kept, accept) for accept in (b"gzip", b"br", b"zstd")}
    assert set(kept.forms) == set(PLAIN) and all(len(form.body) < 500 for form in first.values())
    assert all([await coded(kept, accept) is form for accept, form in first.items()])
    assert kept.weight >= len(kept.body) + sum(len(form.body) for form in kept.forms.values())


@pytest.mark.parametrize("size", [1, 1023])
async def test_a_small_answer_stays_as_it_is(size: int) -> None:
    small = answers.answer(200, "application/json", b"a" * size)
    assert await coded(small, b"gzip") is small


async def test_what_does_not_get_smaller_stays_as_it_is() -> None:
    dense = answers.answer(200, "application/json", os.urandom(4096))
    assert await coded(dense, b"gzip") is dense
    assert await coded(dense, None) is dense


@pytest.mark.parametrize("coding", sorted(PLAIN))
async def test_a_large_answer_is_compressed_beside_the_loop(coding: bytes) -> None:
    large = answers.answer(200, "application/json", os.urandom(1 << 17).hex().encode())
    found, _ = await asyncio.gather(coded(large, coding), asyncio.sleep(0))
    assert dict(found.headers)[b"vary"] == b"accept-encoding"
    assert PLAIN[coding](found.body) == large.body


async def test_a_stream_of_events_is_not_compressed(client: Client) -> None:
    heads = {"accept": "text/event-stream", "accept-encoding": "gzip, br, zstd"}
    body: Any = {"query": "subscription { figures { parked } }"}
    async with client.http.stream("POST", "/graphql", json=body, headers=heads) as answer:
        assert "content-encoding" not in answer.headers
    assert (await one(events(client, body["query"])))["event"] == "next"


async def test_the_schema_page_is_compressed_too(client: Client) -> None:
    answer = await client.http.get("/schema.graphql", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 40_000
    assert answer.text == schema.printed()
