"""What is set aside because it cannot be read: with everything behind it in its stream, and nothing else."""

from typing import Any

import pytest

from services.audit import payloads
from services.audit.readers import Unfit
from shared import contracts
from tests.audit.counting import heard, reasons, value
from tests.audit.making import JURA, JURA_PROJECTS, ROOT, World, qty
from tests.audit.telling import batch, opened

# A field of every event that is read and has a closed or plain form, with a value that breaks it.
BROKEN: dict[str, Any] = {"territory_ids": "chenove", "accompaniment_id": 7, "project_id": "", "confidentiality": "x"}


def owner(kind: str) -> str:
    """A producer that may use the type."""
    return ROOT if kind.startswith("ideation.") else JURA_PROJECTS


def tell(told: World, kind: str, data: dict[str, Any]) -> int:
    event, _, _ = kind.rpartition(".")
    return told.say(event, data, source=owner(kind), subject="stream/1", exact=True)


def example(kind: str) -> dict[str, Any]:
    """An example of a payload that a producer of `owner` may say."""
    found = dict(contracts.event_example(kind))
    named = contracts.events()[kind].get("names_owner")
    return found if named is None else {**found, named: owner(kind).split("/")[2]}


def breaks(told: World, kind: str, data: dict[str, Any]) -> bool:
    """Whether this payload is set aside, with what follows in the stream."""
    first = tell(told, kind, data)
    tell(told, kind, example(kind))
    found = [(sequence, code) for _, sequence, code in reasons(told)]
    assert found in ([], [(first, "payload.contract"), (first + 1, "parked.behind")])
    return bool(found)


@pytest.mark.parametrize("kind", sorted(payloads.READ - {"ideation.ProducerKeyIntroduced.v1"}))
def test_an_example_of_every_event_is_taken_in_and_one_without_a_needed_field_is_not(kind: str) -> None:
    assert not breaks(World(), kind, example(kind))
    for field in payloads.wanted(kind):
        if not field.endswith("?") and payloads.default(kind, field) is None:
            assert breaks(World(), kind, {k: v for k, v in example(kind).items() if k != field}), field
    for field, wrong in BROKEN.items():
        assert breaks(World(), kind, {**example(kind), field: wrong}), field


@pytest.mark.parametrize("field", ["territory_ids", "accompaniment_id", "project_id", "confidentiality"])
def test_a_null_is_no_absent_field(field: str) -> None:
    kind = "ideation.IdeaBatchDeclared.v1"
    without = {k: v for k, v in example(kind).items() if k != field}
    assert not breaks(World(), kind, without)
    assert breaks(World(), kind, {**without, field: None})


@pytest.mark.parametrize(
    ("event", "field", "wrong"),
    [
        ("ideation.MemberJoined", "legal_name", "n" * 201),
        ("ideation.MemberJoined", "siren", 7),
        ("ideation.AdviserAppointed", "share", "half"),
        ("ideation.AdviserAppointed", "share", "1.0001"),
        ("ideation.IdeaProposed", "description", ""),
        ("ideation.AdviserAppointed", "share", 1),
        ("ideation.AdviserBatchDeclared", "member_id", ""),
        ("ideation.AdviserBatchDeclared", "count", {"value": 3, "precision": "roughly"}),
        ("ideation.AdviserBatchDeclared", "count", {"value": -1, "precision": "exact"}),
        ("ideation.AdviserBatchDeclared", "count", {"value": 10_000_001, "precision": "exact"}),
        ("ideation.AdviserBatchDeclared", "count", 3),
        ("ideation.TerritoryRegistered", "epci_links", [{"siren": "200000001"}]),
        ("ideation.TerritoryRegistered", "epci_links", [{"relation": "is"}]),
        ("ideation.TerritoryRegistered", "insee", "21166"),
        ("ideation.TerritoryRegistered", "population", -1),
        ("ideation.IdeaProposed", "description", None),
        ("ideation.IdeaProposed", "themes", [7]),
        ("ideation.IdeaProposed", "needs", {}),
        ("projects.ProjectOpened", "idea_ids", [7]),
        ("projects.ProjectOpened", "accompaniment_ids", ""),
        ("projects.ProjectOpened", "accompaniment_ids", None),
        ("ideation.TerritoryAdmitted", "operators", [{"role": "lead"}]),
        ("ideation.TerritoryAdmitted", "operators", None),
        ("ideation.ActorRegistered", "kind", "robot"),
        ("ideation.ParticipationRecorded", "activity", {"kind": "party", "id": "w"}),
        ("ideation.HeadcountDeclared", "activity", {"kind": "workshop"}),
        ("ideation.HeadcountDeclared", "identified", -1),
        ("ideation.HeadcountDeclared", "identified", True),
        ("ideation.HeadcountDeclared", "identified", 10_000_001),
        ("ideation.IdeaSelected", "idea_ids", []),
        ("projects.ProjectBatchDeclared", "stage", "begun"),
        ("projects.JobBatchDeclared", "kind", "lost"),
        ("projects.JobCreated", "contract", "handshake"),
        ("projects.JobCreated", "starts", "2026-02-30"),
        ("projects.JobCreated", "starts", "20260201"),
        ("projects.JobCreated", "starts", 20260201),
        ("projects.JobCreated", "expected_end", "soon"),
        ("projects.JobCreated", "weekly_hours", "many"),
        ("projects.JobCreated", "reference_hours", "0"),
        ("projects.JobCreated", "reference_hours", "35.00001"),
    ],
)
def test_a_field_that_is_counted_and_breaks_its_contract_sets_the_record_aside(
    event: str, field: str, wrong: Any
) -> None:
    kind = f"{event}.v1"
    assert breaks(World(), kind, {**example(kind), field: wrong})


@pytest.mark.parametrize("wrong", ["0" * 63, "F" * 64, 7, None])
def test_a_key_that_is_none_breaks_the_contract_of_its_introduction(wrong: Any) -> None:
    kind = "ideation.ProducerKeyIntroduced.v1"
    assert payloads.read(kind, example(kind))["public_key"]
    with pytest.raises(Unfit):
        payloads.read(kind, {**example(kind), "public_key": wrong})


@pytest.mark.parametrize(
    ("event", "field", "right"),
    [
        ("ideation.MemberJoined", "legal_name", "n" * 200),
        ("ideation.AdviserAppointed", "share", "0.9999"),
        ("ideation.AdviserBatchDeclared", "count", {"value": 10_000_000, "precision": "at_least"}),
        ("ideation.AdviserBatchDeclared", "count", {"value": 0, "precision": "approx"}),
        ("ideation.TerritoryRegistered", "population", 0),
        ("ideation.IdeaProposed", "description", "d" * 4000),
        ("projects.JobCreated", "reference_hours", "0.01"),
    ],
)
def test_a_field_at_its_bound_keeps_its_contract(event: str, field: str, right: Any) -> None:
    kind = f"{event}.v1"
    assert not breaks(World(), kind, {**example(kind), field: right})


def test_the_reason_names_the_field() -> None:
    told = World()
    told.say("projects.JobBatchDeclared", {"kind": "created"}, source=JURA_PROJECTS)
    told.say("projects.JobBatchDeclared", {"kind": "lost", "count": qty(3)}, source=JURA_PROJECTS)
    told.say("ideation.MemberLeft", {"member_id": "m"}, source=JURA)
    assert [one.reason for one in heard(told).facts.parked] == [
        "authority.coordinator",
        "payload.contract: count is missing",
        "payload.contract: kind: one of created, consolidated is expected",
    ]


def test_a_field_that_is_not_read_may_be_anything() -> None:
    kind = "ideation.NeedRecorded.v1"
    assert not breaks(World(), kind, {**example(kind), "themes": 7, "text": None, "evidence": None})


def test_a_broken_record_holds_back_its_own_stream_only() -> None:
    told = World()
    told.say("projects.JobBatchDeclared", {"batch_id": "b", "kind": "created"}, source=JURA_PROJECTS)
    batch(told, 5, batch_id="b")
    batch(told, 7, batch_id="c")
    assert [code for _, _, code in reasons(told)] == ["payload.contract", "parked.behind"]
    assert value(told, "jobs_declared", parked=2) == 7


def test_an_unknown_version_of_a_known_name_is_set_aside_with_what_follows() -> None:
    told = World()
    told.say("projects.JobBatchDeclared", {"batch_id": "b"}, source=JURA_PROJECTS, version=2)
    batch(told, 5, batch_id="b")
    assert [code for _, _, code in reasons(told)] == ["payload.version", "parked.behind"]
    assert value(told, "jobs_declared", parked=2) == 0


def test_an_unknown_version_of_an_amendment_is_set_aside_too() -> None:
    told = World()
    told.say("projects.RecordVoided", {}, source=JURA_PROJECTS, version=2, subject="batch/b")
    assert reasons(told) == [(JURA_PROJECTS, 1, "payload.version")]


def test_an_unknown_name_is_passed() -> None:
    told = World()
    told.say("projects.SomethingElse", {"count": 3}, source=JURA_PROJECTS, subject="batch/b")
    told.say("ideation.SomethingElse", {}, source=JURA_PROJECTS, subject="batch/b")
    batch(told, 5, batch_id="b")
    assert value(told, "jobs_declared") == 5


def test_an_unknown_name_is_passed_behind_a_record_that_is_set_aside() -> None:
    told = World()
    told.say("projects.JobBatchDeclared", {"batch_id": "b"}, source=JURA_PROJECTS)
    told.say("projects.SomethingElse", {}, source=JURA_PROJECTS, subject="batch/b")
    assert reasons(told) == [(JURA_PROJECTS, 1, "payload.contract")]


def test_every_event_with_a_contract_is_read() -> None:
    services = ("ideation", "projects")
    amendments = {f"{service}.{event}.v1" for service in services for event in ("RecordCorrected", "RecordVoided")}
    assert payloads.READ | amendments == set(contracts.events())


def test_what_is_set_aside_is_counted_up_to_a_position() -> None:
    told = World(JURA, JURA_PROJECTS)
    opened(told)
    told.say("projects.JobBatchDeclared", {"batch_id": "b"}, source=JURA_PROJECTS)
    told.say("ideation.IdeaBatchDeclared", {"count": qty(1), "batch_id": 3}, subject="batch/b")
    facts = heard(told).facts
    jura, projects = f"{JURA} payload.contract", f"{JURA_PROJECTS} payload.contract"
    assert facts.parked_at({JURA: 9, JURA_PROJECTS: 9}) == {jura: 1, projects: 1}
    assert facts.parked_at({JURA: 9, JURA_PROJECTS: 1}) == {jura: 1}
    assert facts.parked_at({}) == {}
