"""Which fields of which events move a headline figure, or set a record of such a stream aside, and how each is read.

Everything else is passed over.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

Reader = Callable[[Any], Any]

_DECIMAL: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PRECISIONS: Final = ("exact", "approx", "at_least")


class Unfit(Exception):
    """A payload breaks its contract in a field that is read here."""


def text(value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise Unfit("a text is expected")
    return value


def whole(value: Any) -> int:
    """A whole number from 0."""
    if type(value) is not int or value < 0:
        raise Unfit("a whole number from 0 is expected")
    return value


def decimal(value: Any) -> Decimal:
    """A decimal number written as text."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise Unfit("a decimal as text is expected")
    return Decimal(value)


def positive(value: Any) -> Decimal:
    """A decimal number above 0."""
    if (number := decimal(value)) <= 0:
        raise Unfit("a decimal above 0 is expected")
    return number


def day(value: Any) -> date:
    """A date like 2026-11-23."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise Unfit("a date is expected")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Unfit("a date that does not exist") from None


def one_of(*words: str) -> Reader:
    """One word of a closed list."""

    def read(value: Any) -> str:
        if value not in words:
            raise Unfit(f"one of {', '.join(words)} is expected")
        return str(value)

    return read


def quantity(value: Any) -> tuple[int, str]:
    """A counted number with its precision."""
    found = _object(value)
    return whole(found.get("value")), one_of(*_PRECISIONS)(found.get("precision"))


def many(reader: Reader) -> Reader:
    """A list."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise Unfit("a list is expected")
        return [reader(one) for one in value]

    return read


def part(name: str, reader: Reader) -> Reader:
    """One field of an object."""
    return lambda value: reader(_object(value).get(name))


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unfit("an object is expected")
    return value


def _activity(value: Any) -> tuple[str, str]:
    found = _object(value)
    return one_of("interview", "workshop", "other", "collective")(found.get("kind")), text(found.get("id"))


_TARGET: Final[Mapping[str, Reader]] = {"project_id": text}
_CONTRACTS: Final = one_of("open_ended", "fixed_term", "apprentice", "insertion", "self_employed", "agency")
_COMMON: Final[Mapping[str, Reader]] = {
    "territory_ids": many(text),
    "accompaniment_id?": text,
    "project_id?": text,
}
_OWN: Final[Mapping[str, Mapping[str, Reader]]] = {
    "ideation.AdviserAppointed.v1": {"adviser_id": text, "member_id": text, "share": decimal},
    "ideation.AdviserDeparted.v1": {"adviser_id": text, "member_id": text},
    "ideation.AdviserAssigned.v1": {"adviser_id": text},
    "ideation.AdviserUnassigned.v1": {"adviser_id": text},
    "ideation.AdviserBatchDeclared.v1": {"count": quantity, "member_id?": text},
    "ideation.TerritoryRegistered.v1": {
        "territory_id": text,
        "name": text,
        "kind": text,
        "epci_links?": many(part("relation", text)),
    },
    "ideation.TerritoryAdmitted.v1": {
        "territory_id": text,
        "accompaniment_id": text,
        "operators": many(part("member_id", text)),
    },
    "ideation.OperatorAssigned.v1": {"territory_id": text, "accompaniment_id": text, "member_id": text},
    "ideation.ActorRegistered.v1": {"actor_id": text, "kind": one_of("person", "organisation")},
    "ideation.ParticipationRecorded.v1": {"actor_id": text},
    "ideation.HeadcountDeclared.v1": {"activity": _activity, "headcount": quantity, "identified": whole},
    "projects.ProjectOpened.v1": {**_TARGET, "member_id": text, "title": text, "nature": text, "origin_kind": text},
    "projects.ProjectHolderIdentified.v1": {**_TARGET, "project_holder": text},
    "projects.ProjectQualified.v1": _TARGET,
    "projects.LaunchPhaseOpened.v1": _TARGET,
    "projects.ProjectNearingDeclared.v1": _TARGET,
    "projects.ProjectAbandoned.v1": _TARGET,
    "projects.ProjectPaused.v1": _TARGET,
    "projects.ProjectResumed.v1": _TARGET,
    "projects.ActivityStarted.v1": _TARGET,
    "projects.ActivityCeased.v1": {**_TARGET, "activity_id": text},
    "projects.ProjectBatchDeclared.v1": {
        "count": quantity,
        "stage": one_of("completed", "nearing", "completed_or_nearing"),
    },
    "projects.JobCreated.v1": {
        **_TARGET,
        "job_id": text,
        "activity_id": text,
        "contract": _CONTRACTS,
        "starts": day,
        "expected_end?": day,
        "weekly_hours?": decimal,
        "reference_hours": positive,
    },
    "projects.JobEnded.v1": {**_TARGET, "job_id": text},
    "projects.JobBatchDeclared.v1": {"count": quantity, "kind": one_of("created", "consolidated")},
}
_DEFAULTS: Final[Mapping[str, Any]] = {
    "territory_ids": [],
    "operators": [],
    "identified": 0,
    "reference_hours": Decimal(35),
}
_AMENDMENTS: Final = ("RecordCorrected", "RecordVoided")
READ: Final = frozenset(_OWN)


def fields(kind: str) -> dict[str, Reader]:
    """What is read of one event type: the optional fields end in `?`."""
    return {**_COMMON, **_OWN[kind]}


def default(name: str) -> Any:
    """What an absent field means by its contract; None if it has no default."""
    return _DEFAULTS.get(name)


def is_amendment(kind: str) -> bool:
    """Whether an event type corrects or voids another record."""
    return kind.split(".")[1] in _AMENDMENTS and kind.endswith(".v1")


def read(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a payload that figures need; an absent one has its default or is left out. Raises Unfit."""
    found = {}
    for name, reader in fields(kind).items():
        plain = name.removesuffix("?")
        if data.get(plain) is not None:
            try:
                found[plain] = reader(data[plain])
            except Unfit as why:
                raise Unfit(f"{plain}: {why}") from None
        elif plain in _DEFAULTS:
            found[plain] = _DEFAULTS[plain]
        elif plain == name:
            raise Unfit(f"{plain} is missing")
    return found
