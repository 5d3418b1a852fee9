"""Where records come in: what is admitted, what is passed, what is set aside, and with which code."""

from typing import Any

import pytest

from services.indicators.door import Door, Passed, SetAside, holds_back
from services.indicators.facts import AnyFact
from shared.kernel.record import Record
from tests.pure.indicators.making import (
    COLLECTIVE,
    COORDINATOR,
    JURA,
    JURA_PROJECTS,
    YONNE,
    admit,
    corrected,
    fact,
    record,
    said,
    target,
    voided,
)


def _code(kind, /, **given) -> str | None:
    try:
        admit(record(kind, **given))
    except SetAside as aside:
        return aside.reason.partition(":")[0]
    return None


@pytest.mark.parametrize(
    "kind",
    [
        "MemberJoined",
        "MemberLeft",
        "TerritoryRegistered",
        "TerritoryAdmitted",
        "OperatorAssigned",
        "OperatorReleased",
    ],
)
def test_only_the_coordinator_speaks_of_members_territories_and_accompaniments(kind):
    assert _code(kind) == "authority.coordinator"
    assert _code(kind, source=COORDINATOR) is None


def test_a_key_is_made_known_by_the_coordinator_alone():
    said = {"producer": YONNE, "member_id": "fdfr-89", "service": "ideation", "public_key": "0" * 64}
    assert _code("ProducerKeyIntroduced", **said) == "authority.coordinator"
    assert _code("ProducerKeyIntroduced", source=COORDINATOR, **said) is None


def test_a_producer_speaks_with_the_types_of_its_own_service_only():
    read = record("IdeaProposed")
    with pytest.raises(SetAside, match=r"^authority\.service"):
        Door(JURA_PROJECTS, COLLECTIVE).admit(read)


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("AdviserAppointed", JURA),
        ("AdviserDeparted", JURA),
        ("AdviserBatchDeclared", JURA),
        ("ProjectOpened", JURA_PROJECTS),
        ("ProjectNearingDeclared", JURA_PROJECTS),
    ],
)
def test_a_member_appoints_opens_and_declares_for_itself_only(kind, source):
    given = {"source": source, "project_id": "p"} if "Project" in kind else {"source": source}
    assert _code(kind, member_id="fdfr-89", **given) == "authority.owner"
    assert _code(kind, member_id="cluster-jura", **given) is None


def test_a_type_that_is_not_the_producers_is_judged_before_its_payload_and_what_it_says_after():
    assert _code("TerritoryRegistered", name=None) == "authority.coordinator"
    assert _code("AdviserAppointed", member_id="fdfr-89", share="half") == "payload.contract"


def test_the_coordinator_declares_a_number_of_advisers_for_any_member():
    assert _code("AdviserBatchDeclared", source=COORDINATOR, member_id="fdfr-89") is None
    assert _code("AdviserAppointed", source=COORDINATOR, member_id="fdfr-89") == "authority.owner"


def test_a_gathering_of_the_collective_is_the_coordinators():
    collective = {"activity": {"kind": "collective", "id": "all"}, "accompaniment_id": None}
    assert _code("HeadcountDeclared", **collective) == "authority.coordinator"
    assert _code("HeadcountDeclared", source=COORDINATOR, **collective) is None


def test_what_lacks_authority_holds_back_nothing_and_what_breaks_its_contract_does():
    assert not holds_back("authority.owner")
    assert holds_back("attribute.contract: time")
    assert holds_back("payload.contract: title")
    assert holds_back("payload.version: v2")
    assert holds_back("parked.behind: earlier")


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("IdeaProposed", {"title": None}),
        ("IdeaProposed", {"title": 5}),
        ("IdeaProposed", {"idea_id": None}),
        ("IdeaProposed", {"idea_id": 5}),
        ("IdeaProposed", {"territory_ids": "t"}),
        ("IdeaProposed", {"territory_ids": [""]}),
        ("IdeaProposed", {"territory_ids": ["t" * 201]}),
        ("IdeaProposed", {"accompaniment_id": 5}),
        ("IdeaProposed", {"project_id": ""}),
        ("IdeaProposed", {"confidentiality": "secret"}),
        ("IdeaSelected", {"idea_ids": []}),
        ("WorkshopScheduled", {"workshop_id": 5}),
        ("NeedRecorded", {"need_id": None}),
        ("IdeaBatchDeclared", {"count": {"value": "many", "precision": "exact"}}),
        ("IdeaBatchDeclared", {"count": {"value": -1, "precision": "exact"}}),
        ("IdeaBatchDeclared", {"count": {"value": 10_000_001, "precision": "exact"}}),
        ("IdeaBatchDeclared", {"count": {"value": 1, "precision": "some"}}),
        ("AdviserAppointed", {"share": "half"}),
        ("AdviserAppointed", {"share": "9999999"}),
        ("ActorRegistered", {"kind": "animal"}),
        ("MemberJoined", {"source": COORDINATOR, "legal_name": None}),
        ("TerritoryRegistered", {"source": COORDINATOR, "name": None}),
    ],
)
def test_a_payload_that_breaks_its_contract_in_what_is_read_of_it_is_set_aside(kind, given):
    assert _code(kind, **given) == "payload.contract"


@pytest.mark.parametrize(
    ("contract", "given"),
    [("JobCreated", {"reference_hours": "0"}), ("JobCreated", {"starts": "soon"}), ("JobCreated", {"contract": "odd"})],
)
def test_a_post_that_cannot_be_counted_is_set_aside(contract, given):
    assert _code(contract, source=JURA_PROJECTS, project_id="p", **given) == "payload.contract"


def test_null_is_no_value():
    read = record("IdeaProposed")
    for name in ("accompaniment_id", "description", "title"):
        with pytest.raises(SetAside, match=r"^payload\.contract"):
            admit(_with_null(read, name))
    named: dict[str, Any] = {
        "target": target(IDEA),
        "data": said(IDEA),
        "occurred_on": "2019-06-01",
        "occurred_precision": "day",
    }
    correction = record("RecordCorrected", sequence=9, subject=IDEA.subject, **named)
    with pytest.raises(SetAside, match=r"^payload\.contract"):
        admit(_with_null(correction, "data_type"))


def _with_null(read: Record, name: str) -> Record:
    broken = read.data_bytes.replace(b'{"', b'{"%s":null,"' % name.encode(), 1)
    return Record(read.attributes, {**read.data, name: None}, b"", broken, b"")


def test_what_is_not_read_may_be_anything():
    assert _code("IdeaProposed", evidence=5, proposer=7) is None


def test_a_payload_without_the_optional_and_the_defaults_is_read():
    admitted = fact("IdeaProposed", territory_ids=None)
    assert (admitted.said.confidentiality, admitted.said.territory_ids) == ("partners", ())


def test_an_unknown_version_of_a_known_name_is_set_aside_and_an_unknown_name_passed():
    assert _code("IdeaProposed.v9") == "payload.version"
    with pytest.raises(Passed):
        admit(record("SomethingNew"))


def test_an_unknown_version_is_first_asked_who_may_use_the_type():
    assert _code("TerritoryRegistered.v9", territory_id="t") == "authority.coordinator"


def test_behind_a_record_that_holds_back_all_that_is_known_is_set_aside():
    door = Door(JURA, COLLECTIVE)
    with pytest.raises(SetAside, match=r"^parked\.behind"):
        door.admit(record("IdeaProposed"), behind=True)
    with pytest.raises(Passed):
        door.admit(record("SomethingNew"), behind=True)


IDEA = fact("IdeaProposed", sequence=1)


def _amending(kind="RecordVoided", /, stream=IDEA.subject, **changed) -> str | None:
    named = {**target(IDEA), **changed}
    more = {"data": said(IDEA), "occurred_on": "2019-06-01", "occurred_precision": "day"}
    return _code(kind, target=named, sequence=9, subject=stream, **more)


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": YONNE},
        {"source": JURA_PROJECTS},
        {"sequence": 9},
        {"sequence": 10},
        {"type": "projects.ProjectOpened.v1"},
        {"type": "ideation.RecordVoided.v1"},
        {"type": "ideation.ProducerKeyIntroduced.v1"},
        {"entities": ["idea/fdfr-89/i"]},
    ],
)
@pytest.mark.parametrize("kind", ["RecordVoided", "RecordCorrected"])
def test_an_amendment_names_an_earlier_record_of_its_own_stream_and_service(kind, wrong):
    assert _amending(kind) is None
    assert _amending(kind, **wrong) == "authority.amendment"
    assert _amending(kind, stream="idea/other") == "authority.amendment"


@pytest.mark.parametrize("wrong", [{"sequence": 0}, {"entities": [5]}, {"version": None}, {"type": 5}])
def test_an_amendment_whose_target_is_none_breaks_its_contract(wrong):
    assert _amending(**wrong) == "payload.contract"


def test_an_amendment_of_what_is_not_known_here_is_passed_or_waits():
    assert _amending(type="ideation.IdeaProposed.v9") == "payload.version"
    with pytest.raises(Passed) as passed:
        _amending(type="ideation.SomethingNew.v1")
    assert passed.value.kind == "ideation.SomethingNew.v1"


def _correcting(original: AnyFact, **changed) -> str | None:
    try:
        corrected(original, **changed)
    except SetAside as aside:
        return aside.reason.partition(":")[0]
    return None


def test_a_correction_is_read_as_its_original_would_be():
    assert _correcting(IDEA, title="Another") is None
    assert _correcting(IDEA, title=5) == "payload.contract"
    assert _correcting(IDEA, title=None) == "payload.contract"
    assert _correcting(IDEA, confidentiality="secret") == "payload.contract"
    assert _correcting(IDEA, on="2019-02-30") == "payload.contract"
    assert _correcting(IDEA, on="2019-02-03", precision="decade") == "payload.contract"


def test_a_correction_may_be_written_in_a_newer_version_of_the_same_event_only():
    assert _typed("ideation.IdeaProposed.v1") is None
    assert _typed("ideation.IdeaShortlisted.v1") == "payload.contract"
    assert _typed("ideation.IdeaProposed.v9") == "payload.version"
    for wrong in ("", 5):
        assert _typed(wrong) == "payload.contract"


def _typed(written) -> str | None:
    more = {"data": said(IDEA), "occurred_on": "2019-06-01", "occurred_precision": "day", "data_type": written}
    return _code("RecordCorrected", target=target(IDEA), sequence=9, subject=IDEA.subject, **more)


def test_a_correction_stays_with_the_objects_of_its_original():
    assert _correcting(IDEA, idea_id="other") == "payload.contract"


def test_a_correction_says_only_what_its_producer_may_say():
    appointed = fact("AdviserAppointed", sequence=1)
    assert _correcting(appointed, share="1") is None
    assert _correcting(appointed, member_id="fdfr-89") == "authority.owner"


def test_a_void_of_a_territory_may_name_what_goes_with_it():
    registered = fact("TerritoryAdmitted", source=COORDINATOR, sequence=1)
    assert voided(registered, fact("OperatorAssigned", source=COORDINATOR, sequence=2)).entities == (
        "accompaniment/acc",
        "territory/t",
    )
