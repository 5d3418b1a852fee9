"""Commands as the contracts list them, and the one HTTP call that hands a command to its service."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import aiohttp
import orjson

from services.gateway.places import Bounds, Places

_CONTRACTS: Final = Path(__file__).parents[2] / "shared" / "contracts"
_MAX_ANSWER: Final = 1 << 20
# Shorter than the services keep a connection: ours is never the one that has just been closed.
_KEPT_SECONDS: Final = 4.0
TARGET: Final = "target"


@dataclass(frozen=True, slots=True)
class Contract:
    """One command: which service decides it, who may give it, and the JSON Schema of its input.

    `service` is `target` for commands that go to the service whose record they name. `member` is the path of the
    input's field that says whose service the coordinator asks; empty: always its own member's, as everybody else.
    """

    name: str
    service: str
    roles: frozenset[str]
    title: Mapping[str, str]
    schema: Mapping[str, Any]
    member: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A service's answer: HTTP status and JSON object; status 0 when there was none."""

    status: int
    body: Mapping[str, Any]


@cache
def contracts() -> dict[str, Contract]:
    """Every command by its name, in the order of the names."""
    listed = tomllib.loads((_CONTRACTS / "commands.toml").read_text(encoding="utf-8"))
    found = {}
    for name, about in sorted(listed.items()):
        schema = orjson.loads((_CONTRACTS / "commands" / f"{name}.schema.json").read_bytes())
        title = {"en": about["title_en"], "fr": about["title_fr"]}
        member = tuple(about["member"].split(".")) if "member" in about else ()
        found[name] = Contract(name, about["service"], frozenset(about["roles"]), title, schema, member)
    return found


class Commands:
    """The way to the members' services: `open` before the first command, `close` after the last."""

    def __init__(
        self, template: str, seconds: float, bounds: Bounds, urls: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._template = template
        self._urls = urls
        self._seconds = seconds
        self._places = Places(bounds)
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Makes the client, which belongs to the running loop. It keeps no cookie, from one caller to another."""
        self._session = aiohttp.ClientSession(
            # The places are the bound: a limit here would be one queue for all members.
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEPT_SECONDS),
            timeout=aiohttp.ClientTimeout(total=self._seconds, sock_connect=2.0),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("accept", "accept-encoding", "user-agent"),
            auto_decompress=False,
        )

    async def close(self) -> None:
        """Ends every connection."""
        if self._session is not None:
            await self._session.close()

    def under_way(self, member: str) -> int:
        """How many commands are with this member's services, or in line for them."""
        return self._places.inside(member)

    async def send(self, member: str, service: str, name: str, body: Mapping[str, Any], token: str) -> Reply:
        """Hands one command to a member's service with the caller's own token.

        Status 0 means that no answer came: the command may or may not have been decided, and may be sent again
        with the same commandId. Raises Full when that member's services have too much to do: nothing was sent.
        """
        async with self._places.take(member):
            base = self._urls.get(f"{member}/{service}") or self._template.format(member=member, service=service)
            url = f"{base}/commands/{name}"
            try:
                return await self._post(url, orjson.dumps(body), token)
            except (aiohttp.ClientError, TimeoutError, OSError, orjson.JSONDecodeError):
                return Reply(0, {})

    async def _post(self, url: str, body: bytes, token: str) -> Reply:
        assert self._session is not None
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            raw = bytearray()
            async for chunk in answer.content.iter_any():
                raw += chunk
                if len(raw) > _MAX_ANSWER:
                    return Reply(0, {})
            found = orjson.loads(raw)
            return Reply(answer.status, found if isinstance(found, dict) else {})
