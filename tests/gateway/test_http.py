"""The gateway's HTTP: statuses, media types, caching, bounds, and the pages beside `/graphql`."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from services.gateway import schema
from tests.gateway.serving import Client, gateway, settings

QUERY = "{ state { batch } }"


async def ask(client: Client, method: str, body: Any = None, **headers: str) -> Any:
    content = body if isinstance(body, bytes) or body is None else orjson.dumps(body)
    kind = {"content-type": "application/json"} if content is not None else {}
    given = {**kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await client.http.request(method, "/graphql", content=content, headers=given)


@pytest.mark.parametrize(
    ("method", "body", "headers", "status", "code"),
    [
        ("PUT", {"query": QUERY}, {}, 405, "request.method"),
        ("DELETE", None, {}, 405, "request.method"),
        ("POST", {"query": QUERY}, {"content_type": "text/plain"}, 415, "request.media_type"),
        ("POST", {"query": QUERY}, {"content_encoding": "gzip"}, 415, "request.media_type"),
        ("POST", {"query": QUERY}, {"accept": "text/html"}, 406, "request.not_acceptable"),
        ("POST", b"{", {}, 400, "input.malformed"),
        ("POST", b"\xff\xfe", {}, 400, "input.malformed"),
        ("POST", b'{"query":"{a}","variables":{"x":"\\udc00"}}', {}, 400, "input.malformed"),
        ("POST", [{"query": QUERY}], {}, 400, "input.malformed"),
        ("POST", {"query": QUERY, "variables": {"x": "a\0"}}, {}, 400, "input.invalid"),
        ("POST", {"query": " " * 70_000}, {}, 413, "input.too_large"),
        ("POST", {"query": QUERY}, {"authorization": "Bearer x"}, 401, "token.invalid"),
        ("POST", {"query": QUERY}, {"authorization": "Basic x"}, 401, "token.invalid"),
        ("POST", {"query": "mutation { __typename } "}, {}, 200, None),
    ],
)
async def test_a_request_that_cannot_run_has_its_status_and_code(
    client: Client, method: str, body: Any, headers: dict[str, str], status: int, code: str | None
) -> None:
    for accept in ("application/json", "application/graphql-response+json"):
        found = await ask(client, method, body, **{"accept": accept, **headers})
        assert found.status_code == status
        assert code is None or found.json()["errors"][0]["extensions"]["code"] == code
        assert found.status_code != 405 or "POST" in found.headers["allow"]


async def test_a_body_that_grows_while_it_is_sent_is_cut(client: Client) -> None:
    async def chunks() -> Any:
        for _ in range(100):
            yield b" " * 4096

    found = await client.http.post("/graphql", content=chunks(), headers={"content-type": "application/json"})
    assert found.status_code == 413


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "document.syntax"),
        ("{ nothing }", "document.invalid"),
        ("query($d: Date!) { figures(asOf: {date: $d}) { complete } }", "variables.invalid"),
        ("query a { state { batch } } query b { state { batch } }", "operation.unknown"),
        ("subscription { figures { complete } }", "operation.needs_stream"),
        ("{ state { " + "batch " * 3000 + "} }", "document.too_long"),
    ],
)
async def test_a_document_that_cannot_run_is_400_or_legacy_200(client: Client, query: str, code: str) -> None:
    found = await client.post(query, {"d": "20261301"})
    assert found.status_code == 400
    assert "data" not in found.json()
    assert found.json()["errors"][0]["extensions"]["code"] == code
    legacy = await client.post(query, {"d": "20261301"}, headers={"accept": "application/json"})
    assert legacy.status_code == 200


async def test_a_mutation_does_not_pass_by_get(client: Client) -> None:
    found = await client.http.get("/graphql", params={"query": "mutation { __typename }"})
    assert (found.status_code, found.headers["allow"]) == (405, "POST")


async def test_a_query_passes_by_get_and_is_not_sent_twice(client: Client) -> None:
    found = await client.http.get("/graphql", params={"query": QUERY})
    assert found.status_code == 200
    assert found.headers["cache-control"] == "public, no-cache"
    assert "authorization" in found.headers["vary"]
    again = await client.http.get(
        "/graphql", params={"query": QUERY}, headers={"if-none-match": f'"x", {found.headers["etag"]}'}
    )
    assert (again.status_code, again.content) == (304, b"")
    head = await client.http.head("/graphql", params={"query": QUERY})
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", found.headers["etag"])


async def test_messages_come_in_the_language_asked_for(client: Client) -> None:
    found = await client.post("mutation { a: __typename }", token="x", headers={"accept-language": "fr-FR"})
    assert found.json()["errors"][0]["message"] == "Ce jeton n'est pas ou plus valable."


async def test_the_pages_beside(client: Client, keys: Path) -> None:
    assert (await client.http.get("/health")).json() == {"status": "alive"}
    assert (await client.http.get("/ready")).json()["status"] == "ready"
    assert (await client.http.get("/schema.graphql")).text == schema.printed()
    assert (await client.http.get("/.well-known/jwks.json")).content == (keys / "jwks.json").read_bytes()
    nothing = await client.http.get("/nothing")
    assert (nothing.status_code, nothing.json()["errors"][0]["extensions"]["code"]) == (404, "request.not_found")


async def test_without_a_read_side_it_says_so_and_lives(keys: Path) -> None:
    async with gateway(settings(keys)) as alone:
        assert (await alone.http.get("/ready")).status_code == 503
        assert (await alone.http.get("/health")).status_code == 200
        found = await alone.post("{ figures { complete } __typename }")
        assert found.status_code == 200
        assert found.json()["data"] == {"figures": None, "__typename": "Query"}
        assert found.json()["errors"][0]["extensions"]["code"] == "service.unavailable"
        assert "etag" not in found.headers
