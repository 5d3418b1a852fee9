"""What the edge reads from headers and bodies."""

import orjson
import pytest

from services.gateway import edge
from services.gateway.edge import GRAPHQL, JSON, STREAM
from services.gateway.faults import Fault


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        ("application/graphql-response+json", GRAPHQL),
        ("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", JSON),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL),
        ("application/json;q=0.1, application/graphql-response+json;q=0.2", GRAPHQL),
        ("application/json;q=0, */*;q=0.5", GRAPHQL),
        ("text/event-stream", STREAM),
        ("text/event-stream, application/json;q=0.5", STREAM),
    ],
)
def test_the_form_of_the_answer_is_the_one_preferred(accept: str | None, media: str) -> None:
    assert edge.negotiate(accept) == media


@pytest.mark.parametrize("accept", ["text/html", "image/*", "application/json;q=0", "application/json;q=x"])
def test_no_acceptable_form_is_said(accept: str) -> None:
    with pytest.raises(Fault, match=r"request\.not_acceptable"):
        edge.negotiate(accept)


@pytest.mark.parametrize(
    ("accept", "lang"),
    [(None, "fr"), ("", "fr"), ("en-GB,en;q=0.9", "en"), ("de, en;q=0.4, fr;q=0.5", "fr"), ("de", "fr"), ("*", "fr")],
)
def test_the_language_is_the_one_preferred(accept: str | None, lang: str) -> None:
    assert edge.language(accept) == lang


@pytest.mark.parametrize("kind", [None, "", "text/plain", "application/json; charset=latin-1", "multipart/form-data"])
def test_only_json_in_utf_8_is_taken(kind: str | None) -> None:
    with pytest.raises(Fault, match=r"request\.media_type"):
        edge.check_content_type(kind)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"1", b'"x"', b"\xff", b'{"query":"\\ud800"}', b'{"query":"\x00"}'])
def test_a_body_that_is_not_a_json_object_is_malformed(raw: bytes) -> None:
    with pytest.raises(Fault, match=r"input\.malformed"):
        edge.from_body(raw)


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"query": 1},
        {"query": ""},
        {"query": "{a}", "variables": []},
        {"query": "{a}", "variables": {"x": "\0"}},
        {"query": "{a}", "variables": {"\0": 1}},
        {"query": "{a}", "variables": {"x": [{"y": ["\0"]}]}},
        {"query": "{a\0}"},
        {"query": "{a}", "operationName": 1},
        {"query": "{a}", "extensions": 1},
    ],
)
def test_parameters_have_their_types_and_no_nul(found: object) -> None:
    with pytest.raises(Fault, match=r"input\.invalid"):
        edge.from_body(orjson.dumps(found))


def test_nesting_is_bounded() -> None:
    deep: object = 1
    for _ in range(100):
        deep = [deep]
    with pytest.raises(Fault, match=r"input\.invalid"):
        edge.from_body(orjson.dumps({"query": "{a}", "variables": {"x": deep}}))


@pytest.mark.parametrize("raw", [b"query=%FF", b"query={a}&variables=x", b"query=%ED%A0%80", "query=é".encode()])
def test_a_query_string_that_cannot_be_read_is_malformed(raw: bytes) -> None:
    with pytest.raises(Fault, match=r"input\.malformed"):
        edge.from_query(raw)


def test_a_parameter_comes_once() -> None:
    with pytest.raises(Fault, match=r"input\.invalid"):
        edge.from_query(b"query={a}&query={b}")


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("more", [{}, {"query": ""}, {"query": None}])
def test_a_hash_without_its_document_is_told_in_the_words_that_clients_look_for(lang: str, more: object) -> None:
    given = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}} | dict(more)  # type: ignore[call-overload]
    with pytest.raises(Fault) as refused:
        edge.ask(given)
    told = (refused.value.code, refused.value.message(lang), refused.value.status)
    assert told == ("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported", 400)
    assert edge.ask({**given, "query": "{a}"}).query == "{a}"
