"""Clients that send a document's hash first learn once that it is not kept here, and send the document."""

import json

import pytest

from tests.conformance.node import run
from tests.gateway.serving import Client


@pytest.mark.parametrize("way", ["get", "post"])
@pytest.mark.parametrize("name", ["apollo", "urql"])
async def test_a_client_falls_back_to_the_document_and_stays_there(client: Client, name: str, way: str) -> None:
    printed = await run("persisted.mjs", name, f"{client.url}/graphql", way)
    found = [json.loads(line) for line in printed.splitlines()]
    assert {json.dumps(one["answered"]["state"]) for one in found} == {
        json.dumps({"__typename": "ReadState", "complete": True})
    }
    assert found[0]["sent"][0] == f"{way.upper()} hash"
    assert [[sent.split()[1] for sent in one["sent"]] for one in found] == [["hash", "text"], ["text"], ["text"]]
