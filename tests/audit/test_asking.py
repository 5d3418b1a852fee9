"""Asking a gateway: over HTTP, at the position that its answer reflects, and only for what was asked."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from services.audit.asking import ask, from_saved
from services.audit.findings import Altered, Missing
from tests.audit.making import BESIDE, HEADLINES, JURA, World, answer, canonical

DAY = date(2019, 12, 31)


def told(world: World) -> dict[str, Any]:
    """What a gateway says of any scope of an empty world."""
    numbers = dict.fromkeys([*HEADLINES, *(part for parts in HEADLINES.values() for part in parts), *BESIDE], 0)
    position = {source: len(topic) for source, topic in world.topics.items()}
    items = [
        {
            **{"id": name, "value": 0, "low": 0, "high": 0, "precision": "EXACT"},
            "parts": [{"id": part, "value": 0, "precision": "EXACT"} for part in parts],
            "beside": [{"id": one, "value": numbers[one]} for one in (BESIDE if name == "jobs_created" else ())],
        }
        for name, parts in HEADLINES.items()
    ]
    token = urlsafe_b64encode(canonical(position)).rstrip(b"=").decode()
    return {"asOf": {"position": token, "date": DAY.isoformat()}, "complete": True, "parked": 0, "items": items}


@pytest.fixture
def gateway() -> Iterator[Callable[[Callable[[dict[str, Any]], tuple[int, bytes]]], str]]:
    """Serves answers on a free port: the test gives what a request is answered with."""
    servers: list[ThreadingHTTPServer] = []

    def serve(respond: Callable[[dict[str, Any]], tuple[int, bytes]]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, body = respond(request)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_each_scope_is_asked_by_variables_and_at_most_five_at_once(gateway: Any) -> None:
    world, requests = World(JURA), list[dict[str, Any]]()

    def respond(request: dict[str, Any]) -> tuple[int, bytes]:
        requests.append(request)
        return 200, json.dumps({"data": {f"f{number}": told(world) for number in range(5)}}).encode()

    scopes = ["region", "member/cluster-jura", *(f"territory/t{number}" for number in range(5))]
    found = ask(gateway(respond), scopes, [DAY])
    assert [one.scope for one in found] == scopes
    assert found[0].position == {source: len(topic) for source, topic in world.topics.items()}
    assert found[0].precision["jobs_created"] == "exact"
    assert [len(request["variables"]) for request in requests] == [5, 3]
    assert "cluster-jura" not in requests[0]["query"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (200, b"not json"),
        (200, b'{"errors":[{"message":"no"}]}'),
        (200, b'{"data":{"f0":null}}'),
        (200, b'{"data":{"f0":{"items":[]}}}'),
        (200, b'{"data":[]}'),
    ],
)
def test_a_gateway_that_gives_no_figures_leaves_the_evidence_incomplete(gateway: Any, status: int, body: bytes) -> None:
    address = gateway(lambda _: (status, body))
    with pytest.raises(Missing):
        ask(address, ["region"], [DAY])


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "file:///etc/passwd", "nothing"])
def test_an_address_where_nobody_answers_is_missing_evidence(address: str) -> None:
    with pytest.raises(Missing):
        ask(address, ["region"], [DAY])


@pytest.mark.parametrize("change", [{"day": "x"}, {"position": []}, {"values": {"a": 1.5}}, {"more": 1}, {"bounds": 3}])
def test_saved_figures_are_read_strictly(change: dict[str, Any]) -> None:
    saved = answer(World(JURA), {})
    assert from_saved(saved).saved() == saved
    with pytest.raises(Altered):
        from_saved({**saved, **change})
