"""Shaping answers: error objects with a code, bytes, HTTP status and headers."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

import orjson
from graphql import GraphQLError

from services.gateway.edge import GRAPHQL, JSON
from services.gateway.faults import Fault, said
from services.gateway.french import translated
from shared.adapters.postgres.away import AWAY

_LOG = logging.getLogger("gateway.answers")
_VARY: Final = (b"vary", b"accept, accept-encoding, accept-language, authorization")

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, complete."""

    status: int
    headers: Headers
    body: bytes
    etag: bytes = b""
    forms: dict[bytes, "Answer"] = field(default_factory=dict, compare=False, repr=False)

    @property
    def weight(self) -> int:
        """Bytes that it takes to keep it, with the forms it may get."""
        return 2 * len(self.body)


def shaped(error: GraphQLError, lang: str, code: str) -> dict[str, Any]:
    """The error object of an error from the engine: a known fault keeps its code, a surprise is masked."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, Fault):
        found = fault(cause, lang)
    elif cause is None or isinstance(cause, GraphQLError):
        message = translated(error.message) if lang == "fr" else error.message
        found = {"message": message, "extensions": {"code": code}}
    elif isinstance(cause, AWAY):
        _LOG.warning("a read failed: %s", type(cause).__name__)
        found = fault(Fault("service.unavailable"), lang)
    else:
        _LOG.error("a resolver failed", exc_info=cause)
        found = fault(Fault("internal"), lang)
    if error.locations:
        found["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path is not None:
        found["path"] = error.path
    return found


def fault(found: Fault, lang: str) -> dict[str, Any]:
    """The error object of a fault."""
    extensions: dict[str, Any] = {"code": found.code}
    if found.path:
        extensions["argument"] = list(found.path)
    return {"message": found.message(lang), "extensions": extensions}


def refused(found: Fault, lang: str, media: str = GRAPHQL) -> Answer:
    """The answer to a request that was refused before anything ran.

    Under application/json a well-formed request gets 200 even so; faults of the request itself, of the token
    and of size keep their status.
    """
    legacy = media == JSON and found.status == 400 and not found.code.startswith("input.")
    extra: Headers = []
    if found.status == 401:
        extra = [(b"www-authenticate", b"Bearer")]
    elif found.status == 405:
        extra = [(b"allow", b"POST" if found.code == "operation.not_by_get" else b"GET, HEAD, POST")]
    elif found.status in (429, 503):
        extra = [(b"retry-after", b"1")]
    return answer(200 if legacy else found.status, media, {"errors": [fault(found, lang)]}, extra)


def errors(status: int, media: str, found: Iterable[GraphQLError], lang: str, code: str) -> Answer:
    """The answer to a document or variables that did not pass; 200 under application/json."""
    shown = [shaped(one, lang, code) for one in found]
    return answer(200 if media == JSON else status, media, {"errors": shown})


def answer(
    status: int, media: str, payload: Mapping[str, Any] | bytes, extra: Sequence[tuple[bytes, bytes]] = ()
) -> Answer:
    """An answer from a payload, not to be kept by anyone."""
    body = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    return Answer(status, _headers(media, body, (b"cache-control", b"no-store"), *extra), body)


def kept(media: str, body: bytes, public: bool) -> Answer:
    """An answer that may be kept as long as its ETag is asked for again."""
    etag = b'"' + blake2b(media.encode() + body, digest_size=12).hexdigest().encode() + b'"'
    caching = (b"cache-control", b"public, no-cache" if public else b"private, no-cache")
    return Answer(200, _headers(media, body, caching, (b"etag", etag), _VARY), body, etag)


def page(media: str, body: bytes) -> Answer:
    """A page that is the same for everybody as long as this process runs."""
    return Answer(200, _headers(media, body, (b"vary", b"accept-encoding")), body)


def _headers(media: str, body: bytes, *more: tuple[bytes, bytes]) -> Headers:
    return [
        (b"content-type", f"{media}; charset=utf-8".encode()),
        (b"content-length", str(len(body)).encode()),
        *more,
    ]


def unchanged(found: Answer) -> Answer:
    """The 304 of an answer."""
    headers = [pair for pair in found.headers if pair[0] in (b"etag", b"cache-control", b"vary")]
    return Answer(304, headers, b"", found.etag)


def internal(lang: str) -> Answer:
    """The answer to a bug of ours outside any resolver."""
    return answer(500, JSON, {"errors": [{"message": said("internal", lang), "extensions": {"code": "internal"}}]})
