"""Asking a gateway: over HTTP, at the position that its answer reflects, and only for what was asked."""

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from services.audit import asking
from services.audit.answers import from_saved
from services.audit.asking import ask
from services.audit.findings import Altered, Missing
from tests.audit.exporting import CATALOGUE, HEADLINES, answer
from tests.audit.making import JURA, World, canonical

DAY = date(2019, 12, 31)


def told(world: World, precision: str = "EXACT") -> dict[str, Any]:
    """What a gateway says of any scope of an empty world."""
    position = {source: len(topic) for source, topic in world.topics.items()}
    items = [
        {
            **{"indicator": name, "value": 0, "low": 0, "high": 0, "precision": precision},
            "parts": [{"indicator": part, "value": 0, "precision": precision} for part in parts],
            "beside": [],
        }
        for name, parts in HEADLINES.items()
    ]
    token = urlsafe_b64encode(canonical(position)).rstrip(b"=").decode()
    return {
        "asOf": {"position": token, "date": DAY.isoformat()},
        "complete": True,
        "parked": 2,
        "setAside": [{"source": JURA, "code": "payload.contract", "records": 2}],
        "items": items,
        "i0": [{"indicator": name, "value": 0, "precision": precision} for name in CATALOGUE],
    }


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
    assert set(found[0].values) == set(CATALOGUE)
    assert set(found[0].precision.values()) == {"exact"}
    assert (found[0].parked, found[0].aside) == (2, {f"{JURA} payload.contract": 2})
    assert found[0].shown[0] == ("advisers_mobilised", 0, "exact")
    asked = [{name for name in request["variables"] if name.startswith("s")} for request in requests]
    assert [len(names) for names in asked] == [4, 2]
    assert "cluster-jura" not in requests[0]["query"]


def test_every_indicator_of_the_catalogue_is_asked_for_at_most_a_hundred_in_one_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, variables = asking.query(["region"], DAY)
    assert sorted(variables["i0"]) == sorted(CATALOGUE)
    monkeypatch.setattr(asking, "indicators", lambda: tuple(f"n{number}" for number in range(150)))
    text, variables = asking.query(["region"], DAY)
    assert [len(variables[name]) for name in ("i0", "i1")] == [100, 50]
    assert "i1: indicators(ids: $i1)" in text


def refusal(code: str) -> bytes:
    return json.dumps({"data": None, "errors": [{"message": "no", "extensions": {"code": code}}]}).encode()


@pytest.mark.parametrize("code", ["member.unknown", "territory.unknown"])
def test_a_scope_that_the_gateway_does_not_know_is_answered_as_unknown_and_the_others_are_asked(
    gateway: Any, code: str
) -> None:
    world = World(JURA)

    def respond(request: dict[str, Any]) -> tuple[int, bytes]:
        asked = [name for key, name in request["variables"].items() if key.startswith("s")]
        if "gone" in asked:
            return 200, refusal(code)
        return 200, json.dumps({"data": {f"f{number}": told(world) for number in range(5)}}).encode()

    found = ask(gateway(respond), ["region", f"{code.split('.')[0]}/gone", "territory/chenove"], [DAY])
    assert [one.known for one in found] == [True, False, True]
    assert found[1].position == found[0].position
    assert from_saved(found[1].saved()) == found[1]
    many = ["region", *(f"territory/t{number}" for number in range(4)), f"{code.split('.')[0]}/gone", "territory/last"]
    found = ask(gateway(respond), many, [DAY])
    assert [(one.scope, one.known) for one in found] == [(scope, not scope.endswith("gone")) for scope in many]


def test_another_refusal_of_a_scope_is_missing_evidence(gateway: Any) -> None:
    def respond(request: dict[str, Any]) -> tuple[int, bytes]:
        if len(request["variables"]) > 2:
            return 200, refusal("service.unavailable")
        return 200, json.dumps({"data": {"f0": told(World(JURA))}}).encode()

    address = gateway(respond)
    assert ask(address, ["region"], [DAY])[0].known
    for scopes in (["region", "member/gone"], ["region", *(f"member/m{number}" for number in range(5))]):
        with pytest.raises(Missing):
            ask(address, scopes, [DAY])


def test_figures_that_come_with_an_error_are_no_whole_answer(gateway: Any) -> None:
    whole = {"data": {"f0": told(World(JURA))}, "errors": [{"message": "no", "extensions": {"code": "internal"}}]}
    with pytest.raises(Missing):
        ask(gateway(lambda _: (200, json.dumps(whole).encode())), ["region"], [DAY])


def test_a_region_that_is_unknown_is_missing_evidence(gateway: Any) -> None:
    with pytest.raises(Missing):
        ask(gateway(lambda _: (200, refusal("member.unknown"))), ["region"], [DAY])


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (200, b"not json"),
        (200, b'{"errors":[{"message":"no"}]}'),
        (200, b'{"errors":["no"]}'),
        (200, b'{"errors":7}'),
        (200, b"[]"),
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


@pytest.mark.parametrize(
    "change",
    [
        {"day": "x"},
        {"position": []},
        {"values": {"a": 1.5}},
        {"more": 1},
        {"bounds": 3},
        {"shown": [["jobs_created", 1]]},
        {"precision": ["exact"]},
        {"aside": [["payload.contract", 1]]},
    ],
)
def test_saved_figures_are_read_strictly(change: dict[str, Any]) -> None:
    saved = answer(World(JURA), {})
    assert from_saved(saved).saved() == saved
    with pytest.raises(Altered):
        from_saved({**saved, **change})
