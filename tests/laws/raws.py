"""Records that a member's key signs and nobody decided: of any type, about anybody's objects, in any stream."""

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date
from typing import Any, Final

import orjson

from shared import contracts
from shared.contracts.routing import entities
from tests.laws.world import COORDINATOR, MEMBERS, Asked, World

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MEMBER: Final = re.compile(r"coop-des-sources|atelier-des-plateaux")
_AMENDING: Final = re.compile(r"\.Record(Corrected|Voided)\.")
Day = tuple[date, str]


def append(world: World, member: str, numbers: Sequence[int], days: Sequence[Day], uid: Callable[[int], str]) -> None:
    """Signs one record of a type, about objects and in a stream that the numbers choose."""
    what, a, b, c, d = numbers
    # Keys are the coordinator's word alone, and are not what these laws are about.
    kinds = sorted(kind for kind in contracts.events() if "ProducerKey" not in kind or member != COORDINATOR)
    kind = kinds[(a * 12 + b + what) % len(kinds)]
    at = world.producer(member, ("ideation", "projects")[d % 2] if c % 5 == 0 else kind.split(".")[0])
    data = _amendment(world, kind, member, a, b, c, d) if _AMENDING.search(kind) else _example(kind, b, c, d, uid)
    if data is None:
        return
    stream = _stream(kind, data)
    if c % 7 == 0:
        stream = f"thing/{d % 3}"
    on, precision = days[(b + d) % len(days)]
    asked = Asked("CO" if a % 2 else "AD", on, precision)
    at.spoiled = True
    at.append(stream, kind, data, world.attributes(world.raw_context(member, asked), asked))


def _example(kind: str, b: int, c: int, d: int, uid: Callable[[int], str]) -> dict[str, Any]:
    """The contract's example, with its ids, members and territories out of the laws' small domains."""

    def small(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: small(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [small(item, name) for item in value]
        if isinstance(value, str):
            if name == "accompaniment_id":
                return f"00000000-0000-7000-8000-0000000000a{b % 2 + 1}"
            if _UUID.fullmatch(value):
                return uid(c)
            if _MEMBER.fullmatch(value):
                return MEMBERS[(b + d) % len(MEMBERS)]
            if name in ("territory_ids", "territory_id"):
                return ("t-north", "t-south")[d % 2]
        return value

    data: dict[str, Any] = small(deepcopy(contracts.event_example(kind)))
    if isinstance(data.get("activity"), dict):
        data["activity"]["kind"] = ("workshop", "interview", "other", "collective")[d % 4]
    if c % 11 == 0:
        data.pop(sorted(data)[b % len(data)])
    return data


def _amendment(world: World, kind: str, member: str, a: int, b: int, c: int, d: int) -> dict[str, Any] | None:
    """An amendment of a record of any producer, named as it was recorded or not quite."""
    sources = sorted(world.producers)
    about = world.producers[sources[(a + c) % len(sources)] if a % 2 else f"/members/{member}/{kind.split('.')[0]}"]
    if not about.places:
        return None
    sequence = (b * 12 + d) % len(about.places) + 1
    stream, version = about.places[sequence - 1]
    original = about.streams[stream][version - 1]
    said = _payload(original.data)
    named = entities(original.type, said, about.member)
    named += [f"project/{MEMBERS[c % 3]}/00000000-0000-7000-8000-000000000001"] if c % 4 == 0 else []
    named += ["actor/00000000-0000-7000-8000-000000000001"] if c % 3 == 0 else []
    target = {"source": about.source, "sequence": sequence, "version": version, "type": original.type}
    data: dict[str, Any] = {"target": {**target, "subject": stream, "entities": sorted(set(named))}, "reason": "error"}
    data |= {"territory_ids": [], "evidence": [], "confidentiality": "partners", "language": "fr"}
    if ".RecordCorrected." in kind:
        if isinstance(said.get("member_id"), str) and d % 2:
            said = {**said, "member_id": MEMBERS[b % 3]}
        data |= {"data": said, "occurred_on": "2019-07-01", "occurred_precision": "day", "changed": ["occurred_on"]}
    return data


def _payload(raw: bytes) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(raw)
    return found


def _stream(kind: str, data: dict[str, Any]) -> str:
    template: str = contracts.events()[kind]["stream"]
    return re.sub(r"\{([a-z_.]+)\}", lambda m: str(contracts.at(data, m[1]) or "none"), template) or "none"
