"""A service's own door: whatever comes, a stable code, nothing written, no 500."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from .conftest import Producer
from .serving import bearer, served


@pytest.fixture
async def door(producer: Producer) -> AsyncIterator[httpx.AsyncClient]:
    async with served(producer) as client:
        yield client


def _body(**changed: Any) -> dict[str, Any]:
    return {"commandId": str(uuid4()), "input": {"name": "a", "amount": 1}, **changed}


BAD: dict[str, tuple[bytes | dict[str, Any], str]] = {
    "no JSON": (b"{", "input.malformed"),
    "nothing": (b"", "input.malformed"),
    "no UTF-8": (b'{"commandId": "\xff"}', "input.malformed"),
    "a lone surrogate": (json.dumps(_body(input={"name": "\ud800", "amount": 1})).encode(), "input.malformed"),
    "no object": (b"[1]", "input.invalid"),
    "deeply nested": (b'{"input": ' + b"[" * 5000 + b"]" * 5000 + b"}", "input."),
    "NUL": (_body(input={"name": "a\0b", "amount": 1}), "input.invalid"),
    "an unknown field": (_body(input={"name": "a", "amount": 1, "more": 1}), "input.unknown_field"),
    "an unknown field beside": (_body(more=1), "input.unknown_field"),
    "another type": (_body(input={"name": "a", "amount": "1"}), "input.invalid"),
    "a float": (_body(input={"name": "a", "amount": 1.5}), "input.invalid"),
    "a negative number": (_body(input={"name": "a", "amount": -1}), "input.invalid"),
    "a huge number": (_body(input={"name": "a", "amount": 10**400}), "input."),
    "no id": ({"input": {"name": "a", "amount": 1}}, "input.invalid"),
    "an id that is none": (_body(commandId="x"), "input.invalid"),
    "a day to come": (_body(occurredOn={"date": "2999-01-01"}), "date.in_future"),
    "a day before all": (_body(occurredOn={"date": "1789-07-14"}), "date.too_early"),
    "a day that is none": (_body(occurredOn={"date": "2019-02-30"}), "input.invalid"),
    "an origin for others": (_body(origin="legacy"), "origin.forbidden"),
    "too much": (_body(input={"name": "a" * 70_000, "amount": 1}), "input.too_large"),
}


@pytest.mark.parametrize("what", BAD)
async def test_bad_input_has_a_stable_code_and_writes_nothing(
    what: str, door: httpx.AsyncClient, producer: Producer
) -> None:
    sent, code = BAD[what]
    raw = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    answer = await door.post("/commands/Add", content=raw)
    assert 400 <= answer.status_code < 500, answer.text
    problem = answer.json()["problem"]
    assert problem["code"].startswith(code), problem
    assert problem["message"]["en"] and problem["message"]["fr"]
    assert await producer.pool.fetchval("select count(*) from event") == 0
    assert await producer.pool.fetchval("select count(*) from command") == 0


async def test_a_good_one_is_recorded_and_an_unknown_one_is_not(door: httpx.AsyncClient, producer: Producer) -> None:
    assert (await door.post("/commands/Add", json=_body())).status_code == 200
    unknown = await door.post("/commands/Subtract", json=_body())
    assert (unknown.status_code, unknown.json()["problem"]["code"]) == (404, "command.unknown")
    assert await producer.pool.fetchval("select count(*) from event") == 1


async def test_without_a_token_or_with_anothers_nothing_passes(door: httpx.AsyncClient, producer: Producer) -> None:
    none = await door.post("/commands/Add", json=_body(), headers={"authorization": ""})
    assert (none.status_code, none.json()["problem"]["code"]) == (401, "token.missing")
    noise = await door.post("/commands/Add", json=_body(), headers={"authorization": "Bearer noise"})
    assert (noise.status_code, noise.json()["problem"]["code"]) == (401, "token.invalid")
    foreign = await door.post("/commands/Add", json=_body(), headers=bearer(producer, "another-member", "CO", "AD"))
    assert (foreign.status_code, foreign.json()["problem"]["code"]) == (403, "token.foreign_member")
    assert await producer.pool.fetchval("select count(*) from event") == 0


async def test_a_database_that_is_away_is_said(door: httpx.AsyncClient, producer: Producer) -> None:
    await producer.pool.close()
    answer = await door.post("/commands/Add", json=_body())
    assert (answer.status_code, answer.json()["problem"]["code"]) == (503, "service.unavailable")
