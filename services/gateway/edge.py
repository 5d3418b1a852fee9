"""Reading one HTTP request: what is asked, in which form the answer is wanted, and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from services.gateway.faults import Fault, NotPersisted

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
STREAM: Final = "text/event-stream"
_OFFERED: Final = (JSON, GRAPHQL, STREAM)
_MAX_HEADER: Final = 1024
_DEPTH: Final = 32


@dataclass(frozen=True, slots=True)
class Ask:
    """The parameters of a GraphQL request."""

    query: str
    operation: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


def negotiate(accept: str | None) -> str:
    """The media type of the answer; raises Fault `request.not_acceptable`.

    Without a preference it is application/json, as the specification's older clients expect.
    """
    if accept is None or accept.strip() == "":
        return JSON
    told = weights(accept)
    best, chosen = 0.0, None
    for offer in _OFFERED:
        weight = _weight(offer, told)
        if weight > best:
            best, chosen = weight, offer
    if chosen is None:
        raise Fault("request.not_acceptable")
    return chosen


def weights(accept: str) -> dict[str, float]:
    """What an Accept or Accept-Encoding header says: each name in lower case with its quality."""
    found: dict[str, float] = {}
    for item in accept[:_MAX_HEADER].split(","):
        name, _, rest = item.partition(";")
        found[name.strip().lower()] = _quality(rest)
    return found


def _weight(offer: str, told: Mapping[str, float]) -> float:
    if offer in told:
        return told[offer]
    # A stream is only for those who name it; the others may be meant by a wildcard.
    if offer == STREAM:
        return 0.0
    family = offer.partition("/")[0] + "/*"
    return told.get(family, told.get("*/*", 0.0)) * (1.0 if offer == JSON else 0.99)


def _quality(parameters: str) -> float:
    for one in parameters.split(";"):
        name, _, value = one.strip().partition("=")
        if name.lower() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def language(accept: str | None) -> str:
    """`fr` or `en`, whichever an Accept-Language header prefers; French unless told."""
    best, chosen = 0.0, "fr"
    for item in (accept or "")[:_MAX_HEADER].split(","):
        tag, _, rest = item.partition(";")
        name = tag.strip().lower().partition("-")[0]
        weight = _quality(rest)
        if name in ("fr", "en") and weight > best:
            best, chosen = weight, name
    return chosen


def check_content_type(value: str | None) -> None:
    """Raises Fault `request.media_type` unless the body is JSON in UTF-8."""
    kind, _, rest = (value or "").partition(";")
    if kind.strip().lower() != JSON:
        raise Fault("request.media_type")
    for one in rest.split(";"):
        name, _, charset = one.strip().partition("=")
        if name.lower() == "charset" and charset.strip('"').lower() not in ("utf-8", "utf8"):
            raise Fault("request.media_type")


def from_body(raw: bytes) -> Ask:
    """The request of a POST body; raises Fault `input.malformed` or `input.invalid`."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Fault("input.malformed") from None
    if not isinstance(found, dict):
        raise Fault("input.malformed")
    return ask(found)


def from_query(raw: bytes) -> Ask:
    """The request of a GET's query string; raises Fault `input.malformed` or `input.invalid`."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise Fault("input.malformed") from None
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Fault("input.invalid", (name,))
        found[name] = value
    for name in ("variables", "extensions"):
        if found.get(name, "") == "":
            found.pop(name, None)
            continue
        try:
            found[name] = orjson.loads(found[name])
        except orjson.JSONDecodeError:
            raise Fault("input.malformed", (name,)) from None
    return ask(found)


def ask(found: Mapping[str, Any]) -> Ask:
    """Checked parameters; raises Fault `input.invalid` with the name of the one that does not fit, or NotPersisted."""
    query, operation = found.get("query"), found.get("operationName")
    variables, extensions = found.get("variables"), found.get("extensions")
    if not query and isinstance(extensions, dict) and isinstance(extensions.get("persistedQuery"), dict):
        raise NotPersisted
    if not isinstance(query, str) or query == "":
        raise Fault("input.invalid", ("query",))
    if operation is not None and not isinstance(operation, str):
        raise Fault("input.invalid", ("operationName",))
    if variables is not None and not isinstance(variables, dict):
        raise Fault("input.invalid", ("variables",))
    if extensions is not None and not isinstance(extensions, dict):
        raise Fault("input.invalid", ("extensions",))
    if "\x00" in query:
        raise Fault("input.invalid", ("query",))
    _plain(variables, 0)
    return Ask(query, operation, variables or {})


def _plain(value: Any, depth: int) -> None:
    """Refuses NUL, which nothing behind can store, and nesting that no input type has."""
    if isinstance(value, str):
        if "\x00" in value:
            raise Fault("input.invalid", ("variables",), "U+0000")
    elif depth > _DEPTH:
        raise Fault("input.invalid", ("variables",))
    elif isinstance(value, dict):
        for name, item in value.items():
            _plain(name, depth + 1)
            _plain(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _plain(item, depth + 1)
