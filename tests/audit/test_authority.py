"""Who may speak: what a producer may not say is set aside, and holds back nothing that follows."""

from typing import Any

import pytest

from services.audit import authority
from shared import contracts
from tests.audit.counting import reasons, value
from tests.audit.making import FDFR, FDFR_PROJECTS, JURA, JURA_PROJECTS, ROOT, World, qty
from tests.audit.telling import admit, heads, joins, opened, operate, register, started, step

PLACE = {"territory_id": "chenove", "territory_ids": ["chenove"]}
OF_COORDINATOR: dict[str, dict[str, Any]] = {
    "MemberJoined": {"member_id": "fdfr-89"},
    "MemberLeft": {"member_id": "fdfr-89"},
    "ProducerKeyIntroduced": {
        "member_id": "fdfr-89",
        "service": "ideation",
        "producer": "/members/fdfr-89/ideation",
        "public_key": "0" * 64,
    },
    "TerritoryRegistered": PLACE,
    "TerritoryAdmitted": {**PLACE, "accompaniment_id": "acc"},
    "OperatorAssigned": {**PLACE, "accompaniment_id": "acc", "member_id": "cluster-jura"},
    "OperatorReleased": {**PLACE, "accompaniment_id": "acc", "member_id": "cluster-jura"},
}


@pytest.mark.parametrize("event", OF_COORDINATOR)
def test_only_the_coordinator_speaks_of_members_territories_accompaniments_and_keys(event: str) -> None:
    told = World(JURA)
    sequence = told.say(f"ideation.{event}", OF_COORDINATOR[event], source=JURA)
    assert reasons(told) == [(JURA, sequence, "authority.coordinator")]
    if event != "ProducerKeyIntroduced":
        told = World(JURA)
        told.say(f"ideation.{event}", OF_COORDINATOR[event], source=ROOT)
        assert reasons(told) == []


def test_what_only_the_coordinator_says_is_so_in_the_contracts() -> None:
    said = {kind for kind, about in contracts.events().items() if about.get("authority") == "coordinator"}
    assert said == {f"ideation.{event}.v1" for event in OF_COORDINATOR}
    for kind, about in contracts.events().items():
        expected = authority.COORDINATOR if kind in said else None
        assert authority.of_type(kind, f"/members/m/{about['service']}", "c") == expected


def test_a_foreign_word_changes_no_territory() -> None:
    told = World(JURA)
    register(told, "chenove")
    admit(told, "2016-01-01")
    told.say("ideation.TerritoryRegistered", {"territory_id": "beaune", **{"territory_ids": ["beaune"]}}, source=JURA)
    data = {"accompaniment_id": "acc-1", **PLACE, "member_id": "cluster-jura"}
    told.say("ideation.OperatorAssigned", data, source=JURA)
    assert value(told, "territories_accompanied", scope="member/cluster-jura", parked=2) == 0
    operate(told, "2016-01-01", "cluster-jura")
    assert value(told, "territories_accompanied", scope="member/cluster-jura", parked=2) == 1


@pytest.mark.parametrize(
    ("event", "source", "code"),
    [
        ("projects.JobBatchDeclared", JURA, "authority.service"),
        ("ideation.IdeaBatchDeclared", JURA_PROJECTS, "authority.service"),
        ("ideation.RecordVoided", JURA_PROJECTS, "authority.service"),
    ],
)
def test_a_producer_speaks_with_the_types_of_its_own_service(event: str, source: str, code: str) -> None:
    told = World(JURA, JURA_PROJECTS)
    told.say(event, {"count": qty(3), "kind": "created", "target": {}}, source=source, subject="batch/b")
    assert reasons(told) == [(source, 1, code)]


def test_a_foreign_service_is_told_before_a_payload_is_read_and_before_a_version_is_known() -> None:
    told = World(JURA, JURA_PROJECTS)
    told.say("projects.JobBatchDeclared", {}, source=JURA, subject="batch/b")
    told.say("projects.JobBatchDeclared", {}, source=JURA, subject="batch/b", version=9)
    told.say("ideation.IdeaBatchDeclared", {"batch_id": "b", "count": qty(4)}, source=JURA)
    assert [code for _, _, code in reasons(told)] == ["authority.service"] * 2
    assert value(told, "ideas_declared", parked=2) == 4


@pytest.mark.parametrize("event", ["ProjectOpened", "ProjectNearingDeclared"])
def test_a_projects_record_names_the_member_of_its_source(event: str) -> None:
    told = World(JURA_PROJECTS)
    step(told, event, "2018-01-01", member_id="fdfr-89")
    assert reasons(told) == [(JURA_PROJECTS, 1, "authority.owner")]
    told = World(JURA_PROJECTS)
    step(told, event, "2018-01-01", member_id="cluster-jura")
    assert reasons(told) == []


def test_what_is_set_aside_by_authority_holds_back_nothing_of_its_stream() -> None:
    told = World(JURA_PROJECTS)
    opened(told)
    step(told, "ProjectNearingDeclared", "2018-02-01", member_id="fdfr-89")
    step(told, "ProjectQualified", "2018-03-01")
    assert value(told, "projects_qualified", parked=1) == 1
    assert value(told, "projects_nearing", parked=1) == 0


@pytest.mark.parametrize("event", ["AdviserAppointed", "AdviserDeparted"])
@pytest.mark.parametrize("source", [JURA, ROOT])
def test_a_member_appoints_and_lets_go_for_itself_only(event: str, source: str) -> None:
    told = World(JURA)
    data = {"adviser_id": "a", "share": "1", "member_id": "fdfr-89"}
    sequence = told.say(f"ideation.{event}", data, source=source)
    assert reasons(told) == [(source, sequence, "authority.owner")]
    told = World(JURA)
    told.say(f"ideation.{event}", {**data, "member_id": source.split("/")[2]}, source=source)
    assert reasons(told) == []


def test_the_coordinator_declares_advisers_for_any_member_and_a_member_for_itself() -> None:
    told = World(JURA)
    for source, member, code in (
        (ROOT, "fdfr-89", None),
        (JURA, "cluster-jura", None),
        (JURA, "fdfr-89", "authority.owner"),
    ):
        before = len(reasons(told))
        told.say("ideation.AdviserBatchDeclared", {"count": qty(2), "member_id": member}, source=source)
        assert [one[2] for one in reasons(told)[before:]] == ([code] if code else [])
    assert value(told, "advisers_declared", scope="member/fdfr-89", parked=1) == 2


def test_a_gathering_of_the_whole_collective_is_the_coordinators() -> None:
    told = World(JURA)
    heads(told, "all", 1885, kind="collective")
    joins(told, "a", activity={"kind": "collective", "id": "all"})
    assert reasons(told) == [(JURA, 1, "authority.coordinator"), (JURA, 2, "authority.coordinator")]
    told = World(JURA)
    heads(told, "all", 1885, kind="collective", source=ROOT)
    joins(told, "a", activity={"kind": "collective", "id": "all"}, source=ROOT)
    assert reasons(told) == []


def test_an_id_of_another_member_names_an_object_of_ones_own() -> None:
    told = World(JURA_PROJECTS, FDFR_PROJECTS)
    opened(told, "2018-01-01", "p", "chenove")
    started(told, "2018-02-01", source=FDFR_PROJECTS)
    assert value(told, "projects_completed") == 0
    opened(told, "2018-01-01", "p", "beaune", source=FDFR_PROJECTS)
    assert (value(told, "projects_opened"), value(told, "projects_completed")) == (2, 1)
    for scope in ("member/cluster-jura", "territory/chenove"):
        assert (value(told, "projects_opened", scope=scope), value(told, "projects_completed", scope=scope)) == (1, 0)


def test_what_one_member_records_changes_no_figure_of_another_and_lowers_none_of_the_region() -> None:
    told = World(JURA, JURA_PROJECTS, FDFR, FDFR_PROJECTS)
    opened(told)
    step(told, "ProjectNearingDeclared", "2018-02-01")
    before = value(told, "projects_nearing")
    for event in ("ProjectOpened", "ProjectAbandoned", "ProjectPaused"):
        step(told, event, "2018-03-01", source=FDFR_PROJECTS)
    assert value(told, "projects_nearing") == before == value(told, "projects_nearing", scope="member/cluster-jura")
