"""The paper's history as an ordered list of commands. Pure: the same facts give the same commands with the same ids.

Numbers that the paper gives without detail are batch declarations; what the seven cases detail is subtracted from
them, so that nothing is counted twice.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from deploy.whitepaper.cases import SOURCE, cases, quantity
from deploy.whitepaper.facts import Facts
from deploy.whitepaper.planned import PAPER, Planned, When, ident, ordered
from deploy.whitepaper.subjects import COMMON, COORDINATOR_ROLES, admissions, service_of

FIGURES = f"{SOURCE}, page des chiffres"


def plan(facts: Facts) -> list[Planned]:
    """Every command of the paper's history, in time order. Raises KeyError where the facts lack what is needed."""
    told = [*_members(facts), *admissions(facts), *cases(facts)]
    told += _batches(facts, told)
    return ordered([*told, _rest(facts, told)])


def _members(facts: Facts) -> Iterator[Planned]:
    founded = When(date(_founded(facts), 12, 31), "year")
    for member in facts["collective"]["members"]:
        given = {"member_id": member["id"], "legal_name": member["name"], "territory_ids": []}
        yield _declared(facts, f"member/{member['id']}", "JoinMember", given, founded)


def _founded(facts: Facts) -> int:
    """The year in which the paper says the collective was created."""
    periods = (one["period"] for one in facts["timeline"] if "the collective is created" in one["fact"])
    return int(next(periods))


def _declared(
    facts: Facts, key: str, command: str, given: dict[str, Any], when: When = PAPER, after: tuple[str, ...] = ()
) -> Planned:
    """A fact of the collective as a whole, recorded by its coordinator."""
    return Planned(
        key=key,
        member=facts["collective"]["coordinator"],
        service=service_of(command),
        roles=COORDINATOR_ROLES,
        command=command,
        input={**COMMON, "territory_ids": [], **given},
        when=when,
        after=after,
    )


def _batches(facts: Facts, told: Sequence[Planned]) -> Iterator[Planned]:
    """The headline numbers, without what `told` already holds in detail."""
    headlines = facts["headline_figures"]
    advisers, jobs = headlines["advisers_mobilised"], headlines["jobs_created"]
    yield _batch(facts, "DeclareAdviserBatch", "advisers", advisers["value"], advisers["precision"])
    projects = headlines["projects_completed_or_nearing"]
    left = projects["value"] - sum(step.command in ("StartActivity", "DeclareProjectNearing") for step in told)
    yield _batch(facts, "DeclareProjectBatch", "projects", left, projects["precision"], stage="completed_or_nearing")
    yield _batch(facts, "DeclareJobBatch", "jobs", jobs["value"], jobs["precision"], kind="created")


def _rest(facts: Facts, told: Sequence[Planned]) -> Planned:
    """The actors who are nowhere in detail: what is left when everything else is told, so it comes last."""
    counted = [step.input["headcount"] for step in told if step.command == "DeclareHeadcount"]
    persons = sum(step.command == "RecordParticipation" for step in told)
    actors = facts["headline_figures"]["local_actors_mobilised"]
    left = actors["value"] - persons - sum(one["value"] for one in counted)
    # What is left of an exact number after "about forty" and "about twenty" is itself only about right.
    about = "approx" if any(one["precision"] == "approx" for one in counted) else actors["precision"]
    given = {
        "activity": {"kind": "collective", "id": ident("gathering/collective")},
        "headcount": quantity(left, about),
        "identified": 0,
        "source": f"{FIGURES}, sans ce que les sept fiches détaillent",
    }
    return _declared(facts, "batch/actors", "DeclareHeadcount", given, after=tuple(step.key for step in told))


def _batch(facts: Facts, command: str, name: str, count: int, precision: str, **more: str) -> Planned:
    given = {"batch_id": ident(f"batch/{name}"), "count": quantity(count, precision), "source": FIGURES}
    return _declared(facts, f"batch/{name}", command, {**given, **more})
