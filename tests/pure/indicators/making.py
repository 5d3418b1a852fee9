"""Builders of facts: what does not matter is filled in."""

from datetime import date
from typing import Any

from services.indicators import reading
from services.indicators.facts import AnyFact, Fact, day_of, member_of
from services.indicators.fold import contributions
from shared.contracts.routing import entities
from shared.kernel import canonical

JURA = "/members/cluster-jura/ideation"
JURA_PROJECTS = "/members/cluster-jura/projects"
COORDINATOR = "/members/france-active-franche-comte/ideation"
RECORDED = "2026-11-23T10:00:00.000000Z"


def fact(
    kind: str,
    /,
    on: str = "2019-06-01",
    source: str = JURA,
    sequence: int = 1,
    precision: str = "day",
    time: str = RECORDED,
    **data: Any,
) -> AnyFact:
    """A fact of type `ideation.<kind>.v1` or `projects.<kind>.v1`, by its source; what is None is left out."""
    type_ = f"{source.rpartition('/')[2]}.{kind}.v1"
    body = {"territory_ids": [], **{name: value for name, value in data.items() if value is not None}}
    said = reading.read(type_, canonical.encode(body))
    return Fact(
        source,
        sequence,
        type_,
        time,
        day_of(on, precision, time[:10]),
        on,
        precision,
        tuple(entities(type_, body)),
        said,
        member_of(source),
        b"",
    )


def project_fact(kind: str, /, on: str = "2019-06-01", **given: Any) -> AnyFact:
    """A fact of the project p in the projects service."""
    return fact(kind, on, **{"source": JURA_PROJECTS, "project_id": "p", **given})


def opened(on: str = "2019-01-01", **given: Any) -> AnyFact:
    """The opening of project p by cluster-jura, in territory t."""
    values = {
        "member_id": "cluster-jura",
        "territory_ids": ["t"],
        "title": "A shop",
        "nature": "creation",
        "origin_kind": "idea",
        **given,
    }
    return project_fact("ProjectOpened", on, **values)


def job(on: str = "2019-03-01", **given: Any) -> AnyFact:
    """A post of activity a, half time."""
    values = {
        "job_id": "j",
        "activity_id": "a",
        "contract": "open_ended",
        "reference_hours": "35",
        "weekly_hours": "17.5",
        "starts": on,
        **given,
    }
    return project_fact("JobCreated", on, **values)


def amending(original: AnyFact, kind: str, /, source: str = COORDINATOR, **data: Any) -> AnyFact:
    """A correction or a void of `original`."""
    target = {
        "source": original.source,
        "sequence": original.sequence,
        "type": original.type,
        "subject": "subject",
        "entities": list(original.entities),
    }
    service = original.source.rpartition("/")[2]
    return fact(kind, source=source.rpartition("/")[0] + f"/{service}", **{"sequence": 90, "target": target, **data})


def at(day: str, entity: str, facts: list[AnyFact], scope: str = "region") -> dict[str, int]:
    """Every indicator of a scope at a day, those that are zero left out."""
    until = date.fromisoformat(day).toordinal()
    sums: dict[str, int] = {}
    for (indicator, where, when, _, _), amount in contributions(entity, facts).items():
        if scope in where and when <= until:
            sums[indicator] = sums.get(indicator, 0) + amount
    return {indicator: total for indicator, total in sums.items() if total}
