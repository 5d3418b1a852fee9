"""Who may speak of what, by the contracts: one answer for services and readers (docs/record.md, "Who may speak")."""

from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from shared import contracts
from shared.contracts.routing import owned_kinds

COORDINATOR: Final = "authority.coordinator"
OWNER: Final = "authority.owner"
SERVICE: Final = "authority.service"
AMENDMENT: Final = "authority.amendment"


class _Rule(NamedTuple):
    """Of one type from one source: a code that always holds, else the fields that must be looked at."""

    fault: str | None
    names_owner: str | None
    coordinator_when: tuple[str, str] | None


_FREE: Final = _Rule(None, None, None)


def fault(kind: str, data: Mapping[str, Any], source: str, coordinator: str) -> str | None:
    """Why a producer may not say this: `authority.service`, `.coordinator`, `.owner`; None if it may.

    `data` is the payload of the type `kind`; `source` is `/members/<member>/<service>`.
    """
    rule = _rule(kind, source, coordinator)
    if rule is _FREE:
        return None
    if rule.fault is not None:
        return rule.fault
    if rule.names_owner is not None and data.get(rule.names_owner) not in (None, member_of(source)):
        return OWNER
    if rule.coordinator_when is not None:
        path, value = rule.coordinator_when
        if contracts.at(data, path) == value:
            return COORDINATOR
    return None


def amendment_fault(target: Mapping[str, Any], source: str, subject: str, sequence: int) -> str | None:
    """Why an amendment that stands at this place may not name this target: `authority.amendment`, or None."""
    kind = str(target["type"])
    fits = (
        target["source"] == source
        and target["subject"] == subject
        and 0 < target["sequence"] < sequence
        and kind.split(".")[0] == source.split("/")[3]
        and amendable(kind)
        and not _foreign(target["entities"], member_of(source))
    )
    return None if fits else AMENDMENT


@cache
def amendable(kind: str) -> bool:
    """Whether records of this type may be corrected and voided."""
    return bool(contracts.events().get(kind, {}).get("amendable", False))


@cache
def hangs_on(kind: str) -> frozenset[str]:
    """The events (types without version) that take one of this type with them when they are voided."""
    return frozenset(contracts.events().get(kind, {}).get("hangs_on", ()))


@lru_cache(maxsize=8192)
def member_of(source: str) -> str:
    """The member whose producer this is."""
    return source.split("/", 3)[2]


@lru_cache(maxsize=8192)
def _rule(kind: str, source: str, coordinator: str) -> _Rule:
    about = contracts.events()[kind]
    _, _, member, service = source.split("/")
    if about["service"] != service:
        return _Rule(SERVICE, None, None)
    if member == coordinator:
        names = None if about.get("coordinator_names_any") else about.get("names_owner")
        return _FREE if names is None else _Rule(None, names, None)
    if about["authority"] == "coordinator":
        return _Rule(COORDINATOR, None, None)
    when = about.get("coordinator_when")
    names = about.get("names_owner")
    if names is None and when is None:
        return _FREE
    return _Rule(None, names, None if when is None else (when[0], when[1]))


def _foreign(entities: Collection[str], member: str) -> bool:
    """Whether one of these is an owned object of another member."""
    for entity in entities:
        kind, _, rest = entity.partition("/")
        if kind in owned_kinds() and rest.partition("/")[0] != member:
            return True
    return False
