"""The gateway's figures, asked over GraphQL like any client, with the position that they reflect."""

import json
import urllib.error
import urllib.request
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.audit import canonical
from services.audit.findings import Altered, Missing

_ROOTS: Final = 5
_MOST: Final = 8 * 1024 * 1024
_SECONDS: Final = 30
_FIELDS: Final = """
fragment All on Figures {
  asOf { position date } complete parked
  items { id value low high precision parts { id value precision } beside { id value } }
}"""
_KEYS: Final = {"scope", "day", "position", "complete", "parked", "values", "bounds", "precision"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway says of one scope at one day, having counted each producer up to `position`."""

    scope: str
    day: date
    position: Mapping[str, int]
    complete: bool
    parked: int
    values: Mapping[str, int]
    bounds: Mapping[str, tuple[int, int]]
    precision: Mapping[str, str]

    def saved(self) -> dict[str, Any]:
        """As a JSON value, for an export."""
        return {
            "scope": self.scope,
            "day": self.day.isoformat(),
            "position": dict(self.position),
            "complete": self.complete,
            "parked": self.parked,
            "values": dict(self.values),
            "bounds": {name: list(pair) for name, pair in self.bounds.items()},
            "precision": dict(self.precision),
        }


def from_saved(value: Any) -> Answer:
    """An answer from its saved form; raises Altered `figures.form`."""
    try:
        if value.keys() != _KEYS:
            raise ValueError
        return Answer(
            str(value["scope"]),
            date.fromisoformat(value["day"]),
            _numbers(value["position"]),
            bool(value["complete"]),
            _number(value["parked"]),
            _numbers(value["values"]),
            {str(name): (_number(low), _number(high)) for name, (low, high) in value["bounds"].items()},
            {str(name): str(word) for name, word in value["precision"].items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Altered("figures.form", "the saved figures are not in their form") from None


def ask(gateway: str, scopes: Sequence[str], days: Sequence[date]) -> list[Answer]:
    """The figures of each scope at each day. Raises Missing when the gateway gives none."""
    found: list[Answer] = []
    for day in days:
        for group in _groups(scopes):
            found += _answers(_post(gateway, *query(group, day)), group)
    return found


def _groups(scopes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(scopes), _ROOTS):
        yield scopes[start : start + _ROOTS]


def query(scopes: Sequence[str], day: date) -> tuple[str, dict[str, str]]:
    """One operation for several scopes; what comes from records travels as variables only."""
    variables, declared, roots = {"day": day.isoformat()}, ["$day: Date!"], []
    for number, scope in enumerate(scopes):
        kind, _, name = scope.partition("/")
        given = "asOf: {date: $day}"
        if name:
            variables[f"s{number}"] = name
            declared.append(f"$s{number}: String!")
            given = f"{kind}: $s{number}, {given}"
        roots.append(f"  f{number}: figures({given}) {{ ...All }}")
    return f"query Audit({', '.join(declared)}) {{\n" + "\n".join(roots) + "\n}" + _FIELDS, variables


def _post(gateway: str, text: str, variables: Mapping[str, str]) -> dict[str, Any]:
    body = json.dumps({"query": text, "variables": variables, "operationName": "Audit"}).encode()
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
    if not isinstance(found, dict) or found.get("errors") or not isinstance(found.get("data"), dict):
        raise Missing("gateway.refused", str(found)[:300])
    data: dict[str, Any] = found["data"]
    return data


def _answers(data: Mapping[str, Any], scopes: Sequence[str]) -> list[Answer]:
    try:
        return [_answer(scope, data[f"f{number}"]) for number, scope in enumerate(scopes)]
    except (AttributeError, KeyError, TypeError, ValueError, Altered) as why:
        raise Missing("gateway.form", f"an answer that cannot be read: {why!r}"[:200]) from None


def _answer(scope: str, found: Mapping[str, Any]) -> Answer:
    values: dict[str, int] = {}
    bounds: dict[str, tuple[int, int]] = {}
    precision: dict[str, str] = {}
    for item in found["items"]:
        bounds[item["id"]] = (_number(item["low"]), _number(item["high"]))
        for one in (item, *item["parts"], *item["beside"]):
            values[one["id"]] = _number(one["value"])
            if "precision" in one:
                precision[one["id"]] = str(one["precision"]).lower()
    token = found["asOf"]["position"]
    position = _numbers(canonical.read(urlsafe_b64decode(token + "=" * (-len(token) % 4))))
    day = date.fromisoformat(found["asOf"]["date"])
    return Answer(scope, day, position, bool(found["complete"]), _number(found["parked"]), values, bounds, precision)


def _number(value: Any) -> int:
    if type(value) is not int:
        raise ValueError(f"{value!r} is no whole number")
    return value


def _numbers(value: Any) -> dict[str, int]:
    return {str(name): _number(number) for name, number in value.items()}
