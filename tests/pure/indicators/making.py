"""Builders of facts: what does not matter is filled in, and everything comes in by the door."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import count
from typing import Any, Final

import msgspec

from services.indicators.door import Door
from services.indicators.facts import AnyFact, held, kept
from services.indicators.fold import contributions
from services.indicators.reading import READING, Reading
from services.indicators.tally import Contributions
from shared import contracts
from shared.kernel import canonical
from shared.kernel.record import Attributes, Record

JURA: Final = "/members/cluster-jura/ideation"
JURA_PROJECTS: Final = "/members/cluster-jura/projects"
YONNE: Final = "/members/fdfr-89/ideation"
YONNE_PROJECTS: Final = "/members/fdfr-89/projects"
COLLECTIVE: Final = "france-active-franche-comte"
COORDINATOR: Final = f"/members/{COLLECTIVE}/ideation"
RECORDED: Final = "2026-11-23T10:00:00.000000Z"
_SEQUENCES: Final = count(1)
_ID: Final = "01933c1e-7b1a-7c3e-8d52-000000000001"
_LATER: Final = 100
_FIELD: Final = re.compile(r"\{([a-z_.]+)\}")
_FILLED: Final[dict[str, dict[str, Any]]] = {
    "AdviserAppointed": {"adviser_id": "x", "member_id": "cluster-jura", "share": "0.5"},
    "AdviserDeparted": {"adviser_id": "x", "member_id": "cluster-jura"},
    "AdviserAssigned": {"adviser_id": "x", "accompaniment_id": "acc", "territory_ids": ["t"]},
    "AdviserUnassigned": {"adviser_id": "x", "accompaniment_id": "acc", "territory_ids": ["t"]},
    "AdviserBatchDeclared": {"batch_id": "b", "count": {"value": 15, "precision": "exact"}},
    "ActorRegistered": {"actor_id": "y", "kind": "person"},
    "ParticipationRecorded": {"actor_id": "y", "activity": {"kind": "workshop", "id": "w"}, "territory_ids": ["t"]},
    "HeadcountDeclared": {
        "activity": {"kind": "workshop", "id": "w"},
        "headcount": {"value": 40, "precision": "approx"},
        "accompaniment_id": "acc",
        "territory_ids": ["t"],
    },
    "TerritoryRegistered": {"territory_id": "t", "name": "T", "kind": "cc"},
    "TerritoryAdmitted": {"territory_id": "t", "accompaniment_id": "acc", "territory_ids": ["t"]},
    "OperatorAssigned": {"territory_id": "t", "accompaniment_id": "acc", "member_id": "fdfr-89"},
    "OperatorReleased": {"territory_id": "t", "accompaniment_id": "acc", "member_id": "fdfr-89"},
    "MemberJoined": {"member_id": "cluster-jura", "legal_name": "Cluster Jura"},
    "MemberLeft": {"member_id": "cluster-jura"},
    "WorkshopHeld": {"workshop_id": "w", "territory_ids": ["t"]},
    "WorkshopScheduled": {"workshop_id": "w"},
    "InterviewHeld": {"interview_id": "w", "territory_ids": ["t"]},
    "NeedRecorded": {"need_id": "n", "territory_ids": ["t"]},
    "NeedCharacterised": {"need_id": "n", "territory_ids": ["t"]},
    "IdeaProposed": {"idea_id": "i", "title": "An idea", "provenance": "workshop", "territory_ids": ["t"]},
    "IdeaShortlisted": {"idea_id": "i", "territory_ids": ["t"]},
    "IdeaSelected": {"idea_ids": ["i"], "project_id": "p", "accompaniment_id": "acc"},
    "IdeaBatchDeclared": {"batch_id": "b", "count": {"value": 200, "precision": "at_least"}, "territory_ids": ["t"]},
    "ProjectOpened": {
        "member_id": "cluster-jura",
        "territory_ids": ["t"],
        "title": "A shop",
        "nature": "creation",
        "origin_kind": "idea",
    },
    "ProjectHolderIdentified": {"project_holder": "somebody"},
    "ProjectNearingDeclared": {"member_id": "cluster-jura"},
    "ActivityStarted": {"activity_id": "a"},
    "ActivityCeased": {"activity_id": "a"},
    "JobCreated": {
        "job_id": "j",
        "activity_id": "a",
        "contract": "open_ended",
        "weekly_hours": "17.5",
        "territory_ids": ["t"],
    },
    "JobEnded": {"job_id": "j", "activity_id": "a"},
    "ProjectBatchDeclared": {"batch_id": "b", "count": {"value": 30, "precision": "approx"}, "territory_ids": ["t"]},
    "JobBatchDeclared": {"batch_id": "b", "count": {"value": 9, "precision": "exact"}, "kind": "created"},
}


def record(
    kind: str,
    /,
    on: str = "2019-06-01",
    source: str = JURA,
    sequence: int | None = None,
    precision: str = "day",
    time: str = RECORDED,
    subject: str | None = None,
    **data: Any,
) -> Record:
    """A record of type `ideation.<kind>` or `projects.<kind>`, by its source; what is None is left out."""
    name, _, version = kind.partition(".")
    type_ = f"{source.rpartition('/')[2]}.{name}.{version or 'v1'}"
    if name == "JobCreated":
        data = {"starts": on, **data}
    whole = {"territory_ids": [], **_FILLED.get(name, {}), **data}
    body = {field: value for field, value in whole.items() if value is not None}
    if subject is None:
        template = contracts.events().get(type_, {"stream": "thing/1"})["stream"]
        subject = _FIELD.sub(lambda field: str(contracts.at(body, field[1])), template)
    raw = canonical.encode(body)
    attributes = Attributes(
        actor="p-1",
        causationid=_ID,
        commandid=_ID,
        correlationid=_ID,
        data=msgspec.Raw(raw),
        datacontenttype="application/json",
        datadigest="",
        dataschema=f"urn:generateur:schema:{type_}",
        id=_ID,
        keyid="",
        occurredon=on,
        occurredprecision=precision,
        origin="live",
        prev="",
        role="AD",
        sequence=next(_SEQUENCES) if sequence is None else sequence,
        signature="",
        source=source,
        specversion="1.0",
        streamversion=1,
        subject=subject,
        time=time,
        type=type_,
    )
    return Record(attributes, body, b"", raw, b"")


def admit(read: Record, reading: Reading = READING) -> AnyFact:
    """The fact of a record. Raises SetAside, Passed."""
    return Door(read.attributes.source, COLLECTIVE, reading).admit(read)


def fact(kind: str, /, on: str = "2019-06-01", **given: Any) -> AnyFact:
    """A fact of the ideation service of cluster-jura, unless given another source."""
    return admit(record(kind, on, **given))


def project_fact(kind: str, /, on: str = "2019-06-01", **given: Any) -> AnyFact:
    """A fact of cluster-jura's project p, unless given another source or project."""
    values: dict[str, Any] = {"source": JURA_PROJECTS, "project_id": "p", **given}
    if kind in ("ProjectOpened", "ProjectNearingDeclared"):
        values.setdefault("member_id", values["source"].split("/")[2])
    return fact(kind, on, **values)


def opened(on: str = "2019-01-01", **given: Any) -> AnyFact:
    """The opening of project p in territory t."""
    return project_fact("ProjectOpened", on, **given)


def job(on: str = "2019-03-01", **given: Any) -> AnyFact:
    """A post of activity a, half time, which starts on that day."""
    return project_fact("JobCreated", on, **given)


def coordinators(kind: str, /, on: str = "2019-06-01", **given: Any) -> AnyFact:
    """A fact of the coordinator's ideation service."""
    return fact(kind, on, **{"source": COORDINATOR, **given})


def said(original: AnyFact) -> dict[str, Any]:
    """The payload of a fact as it was recorded."""
    found: dict[str, Any] = msgspec.json.decode(kept(original.body).data)
    return found


def target(original: AnyFact, taken: Iterable[AnyFact] = ()) -> dict[str, Any]:
    """How an amendment names its original, and what goes with it."""
    entities = {entity for one in (original, *taken) for entity in one.entities}
    return {
        "source": original.source,
        "sequence": original.sequence,
        "version": 1,
        "type": kept(original.body).type,
        "subject": original.subject,
        "entities": sorted(entities),
    }


def corrected(
    original: AnyFact, sequence: int | None = None, on: str | None = None, precision: str = "day", **changed: Any
) -> AnyFact:
    """A correction of `original`; with another date, or with fields changed."""
    was = kept(original.body)
    return fact(
        "RecordCorrected",
        source=original.source,
        sequence=sequence or original.sequence + _LATER,
        target=target(original),
        data={name: value for name, value in {**said(original), **changed}.items() if value is not None},
        occurred_on=on or was.occurred_on,
        occurred_precision=was.precision if on is None else precision,
        changed=["something"],
    )


def voided(original: AnyFact, *taken: AnyFact, sequence: int | None = None) -> AnyFact:
    """A void of `original` that names what goes with it."""
    return fact(
        "RecordVoided",
        source=original.source,
        sequence=sequence or original.sequence + _LATER + 1,
        target=target(original, taken),
        reason="error",
    )


def counted(facts: Sequence[AnyFact]) -> Contributions:
    """What all entities of these facts contribute, scope by scope."""
    found: dict[Any, int] = {}
    for entity in {entity for one in facts for entity in one.entities}:
        its = [one for one in facts if entity in one.entities]
        for (indicator, scopes, day, source, sequence, dated), amount in contributions(entity, held(its)).items():
            for scope in scopes:
                key = (indicator, (scope,), day, source, sequence, dated)
                found[key] = found.get(key, 0) + amount
    return {key: amount for key, amount in found.items() if amount}


def at(day: str, facts: Sequence[AnyFact], scope: str = "region") -> dict[str, int]:
    """Every indicator of a scope at a day, those that are zero left out."""
    until = date.fromisoformat(day).toordinal()
    sums: dict[str, int] = {}
    for (indicator, (where,), when, _, _, _), amount in counted(facts).items():
        if scope == where and when <= until:
            sums[indicator] = sums.get(indicator, 0) + amount
    return {indicator: total for indicator, total in sums.items() if total}


def undated(facts: Sequence[AnyFact], scope: str = "region") -> dict[str, int]:
    """What of each indicator is not known to have happened in the month of its day."""
    sums: dict[str, int] = {}
    for (indicator, (where,), _, _, _, dated), amount in counted(facts).items():
        if scope == where and not dated:
            sums[indicator] = sums.get(indicator, 0) + amount
    return {indicator: total for indicator, total in sums.items() if total}
