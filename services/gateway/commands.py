"""Commands as the contracts list them, and the one HTTP call that hands a command to its service."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
import orjson

_CONTRACTS: Final = Path(__file__).parents[2] / "shared" / "contracts"
_MAX_ANSWER: Final = 1 << 20
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
    """The way to the members' services."""

    def __init__(self, template: str, seconds: float, urls: Mapping[str, str]) -> None:
        self._template = template
        self._urls = urls
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(seconds, connect=2.0),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
            trust_env=False,
        )

    async def close(self) -> None:
        """Ends every connection."""
        await self._client.aclose()

    async def send(self, member: str, service: str, name: str, body: Mapping[str, Any], token: str) -> Reply:
        """Hands one command to a member's service with the caller's own token.

        Status 0 means that no answer came: the command may or may not have been decided, and may be sent again
        with the same commandId.
        """
        base = self._urls.get(f"{member}/{service}") or self._template.format(member=member, service=service)
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        try:
            answer = await self._client.post(f"{base}/commands/{name}", content=orjson.dumps(body), headers=headers)
        except (httpx.HTTPError, OSError):
            return Reply(0, {})
        if len(answer.content) > _MAX_ANSWER:
            return Reply(0, {})
        try:
            found = orjson.loads(answer.content)
        except orjson.JSONDecodeError:
            return Reply(0, {})
        return Reply(answer.status_code, found if isinstance(found, dict) else {})
