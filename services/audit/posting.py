"""One GraphQL operation over HTTP, as any client sends it."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Final

from services.audit.findings import Missing

_MOST: Final = 8 * 1024 * 1024
_SECONDS: Final = 30
_UNKNOWN: Final = frozenset(("member.unknown", "territory.unknown"))


class Unknown(Exception):
    """The gateway has no figures of one of the scopes: nobody joined, or is registered, by that name."""


def post(gateway: str, text: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an answer. Raises Unknown, and Missing for everything else that is no whole answer."""
    found = _sent(gateway, json.dumps({"query": text, "variables": variables, "operationName": "Audit"}).encode())
    errors = found.get("errors")
    if errors and _codes(errors) <= _UNKNOWN:
        raise Unknown
    if errors or not isinstance(found.get("data"), dict):
        raise Missing("gateway.refused", str(found)[:300])
    data: dict[str, Any] = found["data"]
    return data


def _sent(gateway: str, body: bytes) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if not gateway.startswith(("http://", "https://")):
        raise Missing("gateway.address", f"{gateway} is no http address")
    request = urllib.request.Request(f"{gateway.rstrip('/')}/graphql", body, headers)  # noqa: S310 (checked above)
    # A proxy of the environment must not stand between an auditor and the gateway named.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            found = json.loads(answer.read(_MOST))
    except urllib.error.HTTPError as why:
        raise Missing("gateway.refused", f"HTTP {why.code}: {why.read(300)!r}") from None
    except (OSError, ValueError) as why:
        raise Missing("gateway.unreachable", f"{gateway}: {why}"[:200]) from None
    if not isinstance(found, dict):
        raise Missing("gateway.refused", str(found)[:300])
    return found


def _codes(errors: Any) -> set[str]:
    """The codes of the errors; one that names none has an empty code."""
    try:
        return {str(one.get("extensions", {}).get("code", "")) for one in errors}
    except (AttributeError, TypeError):
        return {""}
