"""Content codings of answers: chosen by Accept-Encoding, and for kept answers made once."""

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import cramjam

from services.gateway.answers import Answer
from services.gateway.edge import weights

WORTH: Final = 1024
# Beyond this a coding takes milliseconds: it is made beside the loop (cramjam lets other threads run meanwhile).
_BESIDE: Final = 131_072
_MAX_HEADER: Final = 256
# In the order we prefer. The levels are where more time would gain little: see docs/adr/0023.
_MAKERS: Final[dict[bytes, Callable[[bytes], object]]] = {
    b"zstd": lambda body: cramjam.zstd.compress(body, level=1),
    b"br": lambda body: cramjam.brotli.compress(body, level=3),
    b"gzip": lambda body: cramjam.gzip.compress(body, level=3),
}


@lru_cache(256)
def chosen(accept: bytes) -> bytes | None:
    """The coding for an Accept-Encoding header; None for the bytes as they are."""
    if len(accept) > _MAX_HEADER:
        return None
    told = weights(accept.decode("latin-1"))
    told.setdefault("gzip", told.get("x-gzip", told.get("*", 0.0)))
    best, found = told.get("identity", 0.0), None
    for coding in _MAKERS:
        weight = told.get(coding.decode(), told.get("*", 0.0))
        if weight > best or (weight == best > 0 and found is None):
            best, found = weight, coding
    return found


async def coded(found: Answer, accept: bytes | None) -> Answer:
    """The answer in the coding that the client prefers, or itself where it is small or does not get smaller."""
    if accept is None or len(found.body) < WORTH:
        return found
    coding = chosen(accept)
    if coding is None:
        return found
    made = found.forms.get(coding)
    if made is None:
        made = _form(found, coding) if len(found.body) <= _BESIDE else await asyncio.to_thread(_form, found, coding)
        # All forms together weigh at most as much as the answer itself: so the cache counts it.
        if sum(len(form.body) for form in found.forms.values()) + len(made.body) <= len(found.body):
            found.forms[coding] = made
    return made


def _form(found: Answer, coding: bytes) -> Answer:
    body = bytes(_MAKERS[coding](found.body))  # type: ignore[call-overload]
    if len(body) >= len(found.body):
        return found
    etag = found.etag and found.etag[:-1] + b"-" + coding + b'"'
    replaced = {b"content-length": str(len(body)).encode(), b"etag": etag}
    headers = [(name, replaced.get(name, value)) for name, value in found.headers]
    headers.append((b"content-encoding", coding))
    if not any(name == b"vary" for name, _ in headers):
        headers.append((b"vary", b"accept-encoding"))
    return Answer(found.status, headers, body, etag)
