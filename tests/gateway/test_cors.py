"""Pages of other origins: those on the list may ask and read, by HTTP as by socket; without a list none may."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.gateway.listening import talk
from tests.gateway.serving import Client, gateway, settings

PAGE, STRANGER = "https://dashboard.example:8443", "https://elsewhere.example"
ASKED = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}


@pytest.fixture
async def open_door(keys: Path) -> AsyncIterator[Client]:
    """A gateway that lets one origin in."""
    async with gateway(settings(keys, origins=(PAGE,))) as made:
        yield made


async def test_a_page_on_the_list_may_ask_with_a_token(open_door: Client) -> None:
    found = await open_door.http.options("/graphql", headers={"origin": PAGE, **ASKED})
    assert found.status_code == 200
    assert found.headers["access-control-allow-origin"] == PAGE
    assert {"GET", "POST"} <= set(found.headers["access-control-allow-methods"].split(", "))
    assert "authorization" in found.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in found.headers
    assert "origin" in found.headers["vary"].lower()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_page_on_the_list_reads_answers_and_what_it_needs_of_their_heads(
    open_door: Client, method: str
) -> None:
    body: dict[str, Any] = {"params" if method == "GET" else "json": {"query": "{ __typename }"}}
    found = await open_door.http.request(method, "/graphql", headers={"origin": PAGE}, **body)
    assert found.json()["data"] == {"__typename": "Query"}
    assert found.headers["access-control-allow-origin"] == PAGE
    assert {"etag", "retry-after"} <= set(found.headers["access-control-expose-headers"].split(", "))
    refused = await open_door.http.put("/graphql", headers={"origin": PAGE})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (405, PAGE)


@pytest.mark.parametrize("origin", [STRANGER, "null", PAGE + ".evil.example", PAGE.replace("https", "http"), "*", ""])
async def test_any_other_page_reads_nothing(open_door: Client, origin: str) -> None:
    found = await open_door.http.options("/graphql", headers={"origin": origin, **ASKED})
    asked = await open_door.http.post("/graphql", json={"query": "{ __typename }"}, headers={"origin": origin})
    for answer in (found, asked):
        assert "access-control-allow-origin" not in answer.headers
        assert "origin" in answer.headers["vary"].lower()
    assert found.status_code == 400


async def test_what_is_kept_for_others_is_kept_by_origin(open_door: Client) -> None:
    plain = await open_door.http.get("/graphql", params={"query": "{ __typename }"})
    assert "origin" in plain.headers["vary"].lower()
    page = await open_door.http.get("/schema.graphql", headers={"origin": PAGE})
    assert page.headers["vary"].lower().count("origin") == 1


async def test_the_list_is_that_of_the_sockets(open_door: Client) -> None:
    async with talk(open_door, origin=PAGE):
        pass


async def test_without_a_list_no_other_page_may_ask(client: Client) -> None:
    found = await client.http.options("/graphql", headers={"origin": PAGE, **ASKED})
    asked = await client.http.post("/graphql", json={"query": "{ __typename }"}, headers={"origin": PAGE})
    assert found.status_code == 405
    assert not [name for name in (*found.headers, *asked.headers) if name.startswith("access-control")]


@pytest.mark.parametrize("origin", ["*", "https://*.example", "dashboard.example", "https://a.example/", "null"])
def test_an_origin_is_written_in_full(keys: Path, origin: str) -> None:
    with pytest.raises(ValidationError):
        settings(keys, origins=(origin,))
