"""Asking a gateway: over HTTP, at the position that its answer reflects, and only for what was asked."""

import gzip
import json
import re
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from services.audit import asking
from services.audit.answers import Answer, asked_from, from_saved
from services.audit.browsing import browse
from services.audit.clients import Dice
from services.audit.findings import Altered, Missing
from services.audit.pages import Page
from services.audit.posting import Gateway
from tests.audit.exporting import CATALOGUE, HEADLINES, answer
from tests.audit.making import JURA, World, canonical

DAY = date(2019, 12, 31)


def told(world: World, request: dict[str, Any], precision: str = "EXACT") -> dict[str, Any]:
    """What a gateway says of an empty world, in answer to a request that it reads as any GraphQL server would."""
    position = {source: len(topic) for source, topic in world.topics.items()}
    items = [
        {
            **{"indicator": name, "value": 0, "low": 0, "high": 0, "precision": precision},
            "parts": [{"indicator": part, "value": 0, "precision": precision} for part in parts],
            "beside": [],
        }
        for name, parts in HEADLINES.items()
    ]
    whole = {
        "asOf": {"position": urlsafe_b64encode(canonical(position)).rstrip(b"=").decode(), "date": DAY.isoformat()},
        "complete": False,
        "parked": 2,
        "setAside": [{"source": JURA, "code": "payload.contract", "records": 2}],
        "stopped": [{"source": JURA, "sequence": 7, "reason": "chain.hole"}],
        "held": ["/members/fdfr-89/ideation"],
        "items": items,
    }
    fragment = request["query"].partition("fragment ")[2]
    for name, listed in re.findall(r"(\w+): indicators\(ids: \$(\w+)\)", fragment):
        ids = request["variables"][listed]
        whole[name] = [{"indicator": one, "value": 0, "precision": precision} for one in ids]
    return whole


def whole(world: World, request: dict[str, Any]) -> bytes:
    """The answer to all roots of a request."""
    roots = re.findall(r"(\w+): figures\(", request["query"])
    return json.dumps({"data": {name: told(world, request) for name in roots}}).encode()


def scopes_of(request: dict[str, Any]) -> list[str]:
    """The codes of members and territories that a request names."""
    named = re.findall(r"(?:member|territory): \$(\w+)", request["query"])
    return [request["variables"][name] for name in named]


def ask(address: str, scopes: list[str], days: list[date], seed: int = 1, **given: Any) -> list[Answer]:
    return asking.ask(Gateway(address, Dice(seed)), scopes, days, Dice(seed), **given)


@pytest.fixture
def gateway() -> Iterator[Callable[..., str]]:
    """Serves answers on a free port: the test gives what a request is answered with; `headers` gets what was sent."""
    servers: list[ThreadingHTTPServer] = []

    def serve(
        respond: Callable[[dict[str, Any]], tuple[int, bytes]],
        headers: list[dict[str, str]] | None = None,
        encoding: str = "identity",
    ) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if headers is not None:
                    headers.append({name.lower(): value for name, value in self.headers.items()})
                status, body = respond(request)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Encoding", encoding)
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
        return 200, whole(world, request)

    scopes = ["region", "member/cluster-jura", *(f"territory/t{number}" for number in range(9))]
    found = ask(gateway(respond), scopes, [DAY])
    assert [one.scope for one in found] == scopes
    assert found[0].position == {source: len(topic) for source, topic in world.topics.items()}
    assert set(found[0].values) == set(CATALOGUE)
    assert set(found[0].precision.values()) == {"exact"}
    assert (found[0].parked, found[0].aside) == (2, {f"{JURA} payload.contract": 2})
    assert (found[0].complete, found[0].stopped, found[0].held) == (False, {JURA: 7}, ["/members/fdfr-89/ideation"])
    assert found[0].shown[0] == ("advisers_mobilised", 0, "exact")
    asked = [scopes_of(request) for request in requests]
    assert len({request["query"] for request in requests}) > 1
    assert sorted(name for names in asked for name in names) == sorted(["cluster-jura", *(f"t{n}" for n in range(9))])
    assert max(len(re.findall("figures", request["query"])) for request in requests) <= 5
    assert not any("cluster-jura" in request["query"] for request in requests)


def test_nothing_in_a_question_says_who_asks_and_no_two_are_alike() -> None:
    group = [("region", DAY), ("member/cluster-jura", DAY)]
    seen = [asking.query(group, Dice(seed)) for seed in range(100)]
    assert len({text for text, *_ in seen}) == 100
    assert len({json.dumps(variables) for _, variables, *_ in seen}) == 100
    assert not any("audit" in text.lower() for text, *_ in seen)
    assert len({operation for *_, operation, _ in seen}) > 3
    assert [asking.query(group, Dice(7))[:2] for _ in range(2)] == [seen[7][:2]] * 2


def test_the_headers_are_those_of_an_ordinary_client_and_a_line_is_kept(gateway: Any) -> None:
    world, headers = World(JURA), list[dict[str, str]]()
    address = gateway(lambda request: (200, whole(world, request)), headers)
    for seed in range(20):
        ask(address, ["region"], [DAY], seed)
    agents = {one["user-agent"] for one in headers}
    assert len(agents) == 3
    assert not any("urllib" in one.lower() or "audit" in json.dumps(headers).lower() for one in agents)
    assert not any("close" in one.get("connection", "") for one in headers)


def test_one_audit_has_few_documents_and_another_has_others() -> None:
    group, kinds = [("region", DAY), ("member/cluster-jura", DAY)], ("region", "member")
    forms = [{asking.query(group, one.form(*kinds))[0] for _ in range(50)} for one in (Dice(1), Dice(2))]
    assert [len(texts) for texts in forms] == [2, 2]
    assert not forms[0] & forms[1]


@pytest.mark.parametrize("late", [1, 2])
def test_an_answer_that_is_late_is_asked_for_again(gateway: Any, late: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_PAUSE", 0)
    world, asked = World(JURA), list[Answer]()

    def is_late(answer: Answer) -> bool:
        asked.append(answer)
        return len(asked) <= late

    ask(gateway(lambda request: (200, whole(world, request))), ["region"], [DAY], late=is_late)
    assert len(asked) == late + 1


def test_an_answer_that_stays_late_is_taken_as_it_is(gateway: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 0)
    world = World(JURA)
    found = ask(gateway(lambda request: (200, whole(world, request))), ["region"], [DAY], late=lambda answer: True)
    assert len(found) == 1


def test_a_compressed_answer_is_read_and_one_without_end_is_not(gateway: Any) -> None:
    world = World(JURA)
    packed = gateway(lambda request: (200, gzip.compress(whole(world, request))), encoding="gzip")
    assert ask(packed, ["region"], [DAY])[0].known
    bomb = gzip.compress(b" " * 100_000_000)
    with pytest.raises(Missing):
        ask(gateway(lambda request: (200, bomb), encoding="gzip"), ["region"], [DAY])


def test_every_indicator_of_the_catalogue_is_asked_for_at_most_a_hundred_in_one_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asking, "indicators", lambda: tuple(f"n{number}" for number in range(150)))
    for seed in range(50):
        group = [("region", DAY)] * (1 + seed % 5)
        text, variables, *_ = asking.query(group, Dice(seed))
        lists = [one for one in variables.values() if isinstance(one, list)]
        assert sorted(name for one in lists for name in one) == sorted(f"n{number}" for number in range(150))
        assert max(len(one) for one in lists) <= 100
        assert len(group) * (1 + len(lists)) <= 15
        assert text.count(": indicators(") == len(lists)


def refusal(code: str) -> bytes:
    return json.dumps({"data": None, "errors": [{"message": "no", "extensions": {"code": code}}]}).encode()


@pytest.mark.parametrize("code", ["member.unknown", "territory.unknown"])
def test_a_scope_that_the_gateway_does_not_know_is_answered_as_unknown_and_the_others_are_asked(
    gateway: Any, code: str
) -> None:
    world = World(JURA)

    def respond(request: dict[str, Any]) -> tuple[int, bytes]:
        return 200, refusal(code) if "gone" in scopes_of(request) else whole(world, request)

    found = ask(gateway(respond), ["region", f"{code.split('.')[0]}/gone", "territory/chenove"], [DAY])
    assert [one.known for one in found] == [True, False, True]
    assert found[1].position == found[0].position
    assert from_saved(found[1].saved()) == found[1]
    many = ["region", *(f"territory/t{number}" for number in range(4)), f"{code.split('.')[0]}/gone", "territory/last"]
    found = ask(gateway(respond), many, [DAY])
    assert [(one.scope, one.known) for one in found] == [(scope, not scope.endswith("gone")) for scope in many]


def test_another_refusal_of_a_scope_is_missing_evidence(gateway: Any) -> None:
    def respond(request: dict[str, Any]) -> tuple[int, bytes]:
        return 200, refusal("service.unavailable") if scopes_of(request) else whole(World(JURA), request)

    address = gateway(respond)
    assert ask(address, ["region"], [DAY])[0].known
    for scopes in (["region", "member/gone"], ["region", *(f"member/m{number}" for number in range(5))]):
        with pytest.raises(Missing):
            ask(address, scopes, [DAY])


def test_figures_that_come_with_an_error_are_no_whole_answer(gateway: Any) -> None:
    def respond(request: dict[str, Any]) -> tuple[int, bytes]:
        errors = [{"message": "no", "extensions": {"code": "internal"}}]
        return 200, json.dumps({**json.loads(whole(World(JURA), request)), "errors": errors}).encode()

    with pytest.raises(Missing):
        ask(gateway(respond), ["region"], [DAY])


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


def browsed(address: str) -> list[Page]:
    known = {"Member": [], "Territory": ["chenove"], "Idea": [], "Project": []}
    return list(browse(Gateway(address, Dice(1)), "anyone", known, Dice(1)))


def empty(request: dict[str, Any], single: bytes) -> tuple[int, bytes]:
    """The answer to a request for a list, which is empty; for one object there is another."""
    listed = re.search(r"(\w+)\(first", request["query"])
    if not listed:
        return 200, single
    page = {"asOf": {"position": "e30"}, "pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []}
    return 200, json.dumps({"data": {listed[1]: page}}).encode()


def test_lists_are_read_to_their_end_and_an_object_that_is_not_there_is_a_page_of_none(gateway: Any) -> None:
    nothing = b'{"data":{"node":null,"state":{"asOf":{"position":"e30"}}}}'
    pages = browsed(gateway(lambda request: empty(request, nothing)))
    wheres = ["", "", "", "", "code/chenove", "territory/chenove", "territory/chenove"]
    assert sorted(page.where for page in pages) == wheres
    assert not any(page.sheets for page in pages)


@pytest.mark.parametrize("body", [b'{"data":{}}', b'{"data":{"node":null}}', refusal("territory.unknown")])
def test_a_gateway_that_gives_no_list_or_no_object_leaves_the_evidence_incomplete(gateway: Any, body: bytes) -> None:
    with pytest.raises(Missing):
        browsed(gateway(lambda _: (200, body)))
    with pytest.raises(Missing):
        browsed(gateway(lambda request: empty(request, body)))


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
        {"complete": 1},
        {"known": "yes"},
        {"stopped": [JURA]},
        {"held": 3},
    ],
)
def test_saved_figures_are_read_strictly(change: dict[str, Any]) -> None:
    saved = answer(World(JURA), {})
    assert from_saved(saved).saved() == saved
    with pytest.raises(Altered):
        from_saved({**saved, **change})


@pytest.mark.parametrize("saved", [[], {}, {"asked": {}}, {"asked": {}, "answers": {}}, {"asked": [], "answers": []}])
def test_what_was_asked_is_read_strictly(saved: Any) -> None:
    assert asked_from({"asked": {JURA: 1}, "answers": []}).position == {JURA: 1}
    with pytest.raises(Altered):
        asked_from(saved)
