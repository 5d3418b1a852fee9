"""Random histories over tiny domains, where order would show: two members with the same ids, and the coordinator."""

from collections import defaultdict
from typing import Any

from hypothesis import strategies as st

from services.indicators.facts import AnyFact
from shared.contracts.authority import hangs_on
from shared.kernel.living import name_of
from tests.pure.indicators.making import (
    COLLECTIVE,
    COORDINATOR,
    corrected,
    fact,
    voided,
)

Draft = tuple[str, dict[str, Any]]
DAYS = st.sampled_from(["2019-01-01", "2019-01-02", "2020-01-03"])
PRECISIONS = st.sampled_from(["day", "day", "month", "year", "at_latest"])
VISIBILITIES = st.sampled_from(["public", "partners", "partners", "member"])
TIMES = st.sampled_from(["2026-11-23T10:00:00.000000Z", "2026-11-23T23:00:00.000001Z"])
MEMBERS = ("cluster-jura", "fdfr-89")
TWO = st.sampled_from(["p", "q"])
PLACES = st.sampled_from([[], ["t"], ["t", "u"]])
HEADS = ["HeadcountDeclared"] * 3
KINDS = ["workshop", "interview", "other"]


def _common(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "on": draw(DAYS),
        "precision": draw(PRECISIONS),
        "time": draw(TIMES),
        "territory_ids": draw(PLACES),
        "confidentiality": draw(VISIBILITIES),
    }


@st.composite
def _of_a_project(draw: st.DrawFn) -> Draft:
    member = draw(st.sampled_from(MEMBERS))
    given = {"source": f"/members/{member}/projects", "project_id": draw(TWO), **_common(draw)}
    kind = draw(
        st.sampled_from(
            ["ProjectOpened", "ProjectOpened", "ProjectQualified", "LaunchPhaseOpened", "ProjectNearingDeclared"]
            + ["ProjectPaused", "ProjectResumed", "ProjectAbandoned", "ActivityStarted", "ActivityCeased"]
            + ["JobCreated", "JobCreated", "JobEnded", "JobBatchDeclared", "ProjectHolderIdentified"]
        )
    )
    if kind in ("ProjectOpened", "ProjectNearingDeclared"):
        given["member_id"] = member
    return kind, given


@st.composite
def _of_advisers(draw: st.DrawFn) -> Draft:
    member = draw(st.sampled_from(MEMBERS))
    given: dict[str, Any] = {"source": f"/members/{member}/ideation", **_common(draw)}
    kind = draw(st.sampled_from(["AdviserAppointed", "AdviserAssigned", "AdviserDeparted", "AdviserUnassigned"]))
    if kind in ("AdviserAppointed", "AdviserDeparted"):
        given["member_id"] = member
    return kind, given


@st.composite
def _of_people(draw: st.DrawFn) -> Draft:
    member = draw(st.sampled_from(MEMBERS))
    given: dict[str, Any] = {"source": f"/members/{member}/ideation", **_common(draw)}
    kind = draw(st.sampled_from(["ActorRegistered", "ParticipationRecorded", *HEADS, "WorkshopHeld"]))
    if kind == "ActorRegistered":
        given["kind"] = draw(st.sampled_from(["person", "organisation"]))
    if kind in ("HeadcountDeclared", "ParticipationRecorded"):
        given["activity"] = {"kind": draw(st.sampled_from(KINDS)), "id": draw(st.sampled_from(["w", "v"]))}
    if kind == "HeadcountDeclared":
        given["headcount"] = {"value": draw(st.integers(0, 4)), "precision": draw(st.sampled_from(["exact", "approx"]))}
        given["accompaniment_id"] = draw(st.sampled_from(["acc", "acc", None]))
        given["identified"] = draw(st.integers(0, 1))
    return kind, given


@st.composite
def _of_listening(draw: st.DrawFn) -> Draft:
    member = draw(st.sampled_from(MEMBERS))
    kinds = ["IdeaProposed", "IdeaShortlisted", "IdeaSelected", "NeedRecorded", "NeedCharacterised", "WorkshopHeld"]
    return draw(st.sampled_from(kinds)), {"source": f"/members/{member}/ideation", **_common(draw)}


@st.composite
def _of_the_collective(draw: st.DrawFn) -> Draft:
    given = {"source": COORDINATOR, **_common(draw)}
    kind = draw(
        st.sampled_from(
            ["TerritoryRegistered", "TerritoryAdmitted", "OperatorAssigned", "OperatorReleased", "MemberJoined"]
        )
    )
    if kind == "OperatorAssigned":
        given["member_id"] = draw(st.sampled_from(MEMBERS))
    if kind == "TerritoryAdmitted":
        given["operators"] = draw(st.sampled_from([[], [{"member_id": MEMBERS[0]}]]))
    return kind, given


@st.composite
def _openings(draw: st.DrawFn) -> Draft:
    member = draw(st.sampled_from(MEMBERS))
    source = f"/members/{member}/projects"
    return "ProjectOpened", {"source": source, "project_id": draw(TWO), "member_id": member, **_common(draw)}


# Close to one another, where they meet; and all together.
NEAR = [_of_a_project(), _of_advisers(), _of_people(), _of_listening(), _of_the_collective() | _openings()]
DRAFTS = st.one_of([st.lists(one, max_size=8) for one in [*NEAR, st.one_of(NEAR)]])


def _numbered(drafts: list[Draft]) -> list[AnyFact]:
    """Each fact at the next sequence of its producer."""
    last: dict[str, int] = defaultdict(int)
    numbered = []
    for kind, given in drafts:
        last[given["source"]] += 1
        numbered.append(fact(kind, **{"sequence": last[given["source"]], **given}))
    return numbered


@st.composite
def histories(draw: st.DrawFn) -> list[AnyFact]:
    """Facts, some of them corrected or voided, possibly twice, some voids with what hangs on their original."""
    facts = _numbered(draw(DRAFTS))
    for number, original in enumerate(facts.copy()):
        for again in range(draw(st.sampled_from([0, 0, 1, 2]))):
            sequence = 100 + 10 * number + again
            if draw(st.booleans()):
                facts.append(voided(original, *draw(_hanging(original, facts)), sequence=sequence))
            else:
                changed = {"on": draw(DAYS), "confidentiality": draw(VISIBILITIES)}
                facts.append(corrected(original, sequence=sequence, precision=draw(PRECISIONS), **changed))
    return facts


def _hanging(original: AnyFact, facts: list[AnyFact]) -> st.SearchStrategy[list[AnyFact]]:
    found = [
        one
        for one in facts
        if (one.source, one.subject) == (original.source, original.subject)
        and one.sequence > original.sequence
        and name_of(original.type) in hangs_on(one.type)
    ]
    return st.just(found) | st.just(found[:1])


def voids(facts: list[AnyFact]) -> list[AnyFact]:
    """A void of each record that may be voided."""
    originals = [one for one in facts if "Record" not in one.type.split(".")[1] or "Recorded" in one.type]
    return [voided(one, sequence=1000 + number) for number, one in enumerate(originals)]


def is_of(one: AnyFact, member: str) -> bool:
    """Whether a member recorded it."""
    assert member != COLLECTIVE
    return one.member == member
