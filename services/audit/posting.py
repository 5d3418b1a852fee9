"""One GraphQL operation over HTTP, as any client sends it."""

import http.client
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from services.audit.clients import Dice
from services.audit.findings import Altered, Missing

_MOST: Final = 8 * 1024 * 1024
_SECONDS: Final = 30
_UNKNOWN: Final = frozenset(("member.unknown", "territory.unknown"))
_KINDS: Final = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


Doing = Callable[[], None]


class Unknown(Exception):
    """The gateway has no figures of one of the scopes: nobody joined, or is registered, by that name."""


@contextmanager
def readable(what: str) -> Iterator[None]:
    """Raises Missing where this part of an answer is not in its form."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError, Altered) as why:
        raise Missing("gateway.form", f"{what} that cannot be read: {why!r}"[:200]) from None


class Gateway:
    """A line to the gateway that is kept, as clients keep it. Raises Missing for an address that is none."""

    def __init__(self, address: str, dice: Dice, token: str | None = None, doing: Doing = lambda: None) -> None:
        """`token`: asks as who bears it; as anybody without one. `doing` is called before each question."""
        self._doing = doing
        found = urlsplit(address)
        if found.scheme not in _KINDS or not found.hostname:
            raise Missing("gateway.address", f"{address} is no http address")
        self._address = address
        self._path = f"{found.path.rstrip('/')}/graphql"
        # http.client asks no proxy of the environment: none may stand between an auditor and the gateway named.
        self._line = _KINDS[found.scheme](found.hostname, found.port, timeout=_SECONDS)
        self._headers = [*dice.headers, *((("Authorization", f"Bearer {token}"),) if token else ())]

    def post(self, text: str, variables: Mapping[str, Any], operation: str = "") -> dict[str, Any]:
        """The data of an answer. Raises Unknown, and Missing for everything else that is no whole answer."""
        self._doing()
        named = {"operationName": operation} if operation else {}
        found = self._sent(json.dumps({**named, "query": text, "variables": variables}).encode())
        errors = found.get("errors")
        if errors and _codes(errors) <= _UNKNOWN:
            raise Unknown
        if errors or not isinstance(found.get("data"), dict):
            raise Missing("gateway.refused", str(found)[:300])
        data: dict[str, Any] = found["data"]
        return data

    def close(self) -> None:
        """Ends the line."""
        self._line.close()

    def _sent(self, body: bytes) -> dict[str, Any]:
        try:
            status, raw = self._once(body)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._line.close()  # a line that stood still was ended by the other side: ask once more on a new one
            status, raw = self._retried(body)
        except (OSError, http.client.HTTPException) as why:
            raise self._away(why) from None
        if status >= 400:
            raise Missing("gateway.refused", f"HTTP {status}: {raw[:300]!r}")
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError) as why:
            raise self._away(why) from None
        if not isinstance(found, dict):
            raise Missing("gateway.refused", str(found)[:300])
        return found

    def _retried(self, body: bytes) -> tuple[int, bytes]:
        try:
            return self._once(body)
        except (OSError, http.client.HTTPException) as why:
            raise self._away(why) from None

    def _away(self, why: Exception) -> Missing:
        self._line.close()
        return Missing("gateway.unreachable", f"{self._address}: {why or type(why).__name__}"[:200])

    def _once(self, body: bytes) -> tuple[int, bytes]:
        self._line.putrequest("POST", self._path, skip_accept_encoding=True)
        for name, value in self._headers:
            self._line.putheader(name, value)
        self._line.putheader("Content-Length", str(len(body)))
        self._line.endheaders(body)
        answer = self._line.getresponse()
        return answer.status, _plain(answer.read(_MOST), answer.headers.get_all("content-encoding", []))


def _plain(raw: bytes, encodings: Iterable[str]) -> bytes:
    """The bytes of a body that may be compressed, never more than the bound."""
    for encoding in encodings:
        if encoding.lower() in ("gzip", "deflate"):
            try:
                raw = zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(raw, _MOST)
            except zlib.error as why:
                raise http.client.HTTPException(str(why)) from None
    return raw


def _codes(errors: Any) -> set[str]:
    """The codes of the errors; one that names none has an empty code."""
    try:
        return {str(one.get("extensions", {}).get("code", "")) for one in errors}
    except (AttributeError, TypeError):
        return {""}
