"""Which facts hold after corrections and voids: in the stream of their original, and never by a clock."""

from typing import Any

import pytest

from tests.audit.counting import reasons, value
from tests.audit.making import JURA, JURA_PROJECTS, ROOT, World, qty
from tests.audit.telling import admit, batch, opened, register, step


def jobs(told: World, on: str = "2026-11-01", parked: int = 0) -> int:
    return value(told, "jobs_created", on, parked=parked)


def world() -> World:
    return World(JURA_PROJECTS)


def test_a_void_removes_a_fact() -> None:
    told = world()
    told.void(JURA_PROJECTS, batch(told))
    assert jobs(told) == 0


def test_a_correction_says_the_whole_payload_date_and_precision() -> None:
    told = world()
    told.correct(JURA_PROJECTS, batch(told), {"count": qty(34)}, "2025-06-15", "month")
    assert [jobs(told, day) for day in ("2025-06-29", "2025-06-30", "2026-11-01")] == [0, 34, 34]


def test_the_correction_with_the_highest_sequence_holds_whole_and_not_on_top_of_the_earlier() -> None:
    told = world()
    sequence = batch(told)
    told.correct(JURA_PROJECTS, sequence, {"count": qty(34)}, "2024-06-15")
    told.correct(JURA_PROJECTS, sequence, {"count": qty(33)})
    assert (jobs(told, "2025-12-31"), jobs(told, "2026-01-01")) == (0, 33)


def test_a_correction_is_not_ordered_by_its_clock() -> None:
    told = world()
    sequence = batch(told)
    told.correct(JURA_PROJECTS, sequence, {"count": qty(34)})
    told.moment = 0
    told.correct(JURA_PROJECTS, sequence, {"count": qty(33)})
    assert jobs(told) == 33


def test_a_voided_record_cannot_come_back() -> None:
    told = world()
    sequence = batch(told)
    told.void(JURA_PROJECTS, sequence)
    told.correct(JURA_PROJECTS, sequence, {"count": qty(34)})
    assert jobs(told) == 0


def test_a_correction_before_the_void_does_not_save_the_record() -> None:
    told = world()
    sequence = batch(told)
    told.correct(JURA_PROJECTS, sequence, {"count": qty(34)})
    told.void(JURA_PROJECTS, sequence)
    assert jobs(told) == 0


def test_a_corrected_date_is_not_later_than_the_recording_of_the_original() -> None:
    told = world()
    told.correct(JURA_PROJECTS, batch(told), on="2027-05-01")
    assert (jobs(told, "2026-10-31"), jobs(told, "2026-11-01")) == (0, 35)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sequence": 1},
        {"type": "projects.ProjectBatchDeclared.v1"},
        {"entities": ["batch/cluster-jura/another"]},
    ],
)
def test_a_void_that_names_no_such_record_changes_nothing(wrong: dict[str, Any]) -> None:
    told = world()
    step(told, "ProjectPaused", "2026-01-01")
    told.void(JURA_PROJECTS, batch(told), target=wrong)
    assert jobs(told) == 35


def test_a_void_may_name_more_than_its_original_and_a_correction_may_not() -> None:
    told = world()
    told.void(JURA_PROJECTS, batch(told, batch_id="b"), target={"entities": ["actor/a", "batch/cluster-jura/b"]})
    assert jobs(told) == 0
    told = world()
    target = {"entities": ["actor/a", "batch/cluster-jura/b"]}
    told.correct(JURA_PROJECTS, batch(told, batch_id="b"), {"count": qty(34)}, target=target)
    assert jobs(told, parked=1) == 35


def test_an_amendment_of_another_record_of_the_same_stream_leaves_this_one() -> None:
    told = world()
    first = opened(told, "2020-01-01")
    opened(told, "2021-01-01")
    told.void(JURA_PROJECTS, first)
    assert [value(told, "projects_opened", day) for day in ("2020-12-31", "2021-01-01")] == [0, 1]


def test_a_void_is_final_and_what_is_recorded_anew_counts() -> None:
    told = world()
    told.void(JURA_PROJECTS, batch(told, batch_id="b"))
    batch(told, 7, batch_id="b")
    assert jobs(told) == 7


AMENDMENT = (JURA_PROJECTS, 2, "authority.amendment")


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": JURA},
        {"source": ROOT},
        {"subject": "batch/another"},
        {"sequence": 2},
        {"sequence": 3},
        {"type": "ideation.AdviserBatchDeclared.v1"},
        {"type": "projects.RecordVoided.v1"},
        {"type": "projects.RecordCorrected.v1"},
        {"type": "ideation.ProducerKeyIntroduced.v1"},
        {"entities": ["batch/cluster-jura/b", "project/fdfr-89/p"]},
    ],
)
def test_an_amendment_that_its_producer_may_not_say_is_set_aside_and_holds_nothing_back(wrong: dict[str, Any]) -> None:
    told = world()
    sequence = batch(told, batch_id="b")
    told.void(JURA_PROJECTS, sequence, target=wrong)
    batch(told, 5, batch_id="b")
    assert reasons(told) == [AMENDMENT]
    assert jobs(told, parked=1) == 40


def test_an_amendment_outside_the_stream_of_its_original_is_set_aside() -> None:
    told = world()
    told.void(JURA_PROJECTS, batch(told), subject="amendment/1")
    assert reasons(told) == [AMENDMENT]
    assert jobs(told, parked=1) == 35


def test_an_amendment_by_another_producer_is_set_aside_be_it_the_coordinators() -> None:
    projects = ROOT.replace("ideation", "projects")
    for other in (projects, JURA_PROJECTS.replace("cluster-jura", "fdfr-89")):
        told = World(JURA_PROJECTS, other)
        sequence = batch(told)
        found = told.record(JURA_PROJECTS, sequence)
        target = {"source": JURA_PROJECTS, "sequence": sequence, "version": 1, "type": found["type"]}
        target |= {"subject": found["subject"], "entities": told.named(JURA_PROJECTS, sequence)}
        told.say("projects.RecordVoided", {"target": target}, source=other, subject=found["subject"])
        assert reasons(told) == [(other, 1, "authority.amendment")]
        assert jobs(told, parked=1) == 35


def test_the_introduction_of_a_key_is_not_amended() -> None:
    told = world()
    told.void(ROOT, 1)
    assert reasons(told) == [(ROOT, 2, "authority.amendment")]


def test_a_correction_may_not_say_what_a_record_of_its_type_may_not() -> None:
    told = World(JURA, JURA_PROJECTS)
    appointed = told.say("ideation.AdviserAppointed", {"adviser_id": "a", "share": "1"})
    told.correct(JURA, appointed, {"member_id": "fdfr-89"})
    project = opened(told)
    told.correct(JURA_PROJECTS, project, {"member_id": "fdfr-89"})
    data = {"activity": {"kind": "other", "id": "w"}, "headcount": qty(3), "accompaniment_id": "acc"}
    counted = told.say("ideation.HeadcountDeclared", data)
    told.correct(JURA, counted, {"activity": {"kind": "collective", "id": "w"}})
    registered = told.say("ideation.TerritoryRegistered", {"territory_id": "chenove"})
    told.correct(JURA, registered, {"name": "Chenôve"})
    assert reasons(told) == [
        (JURA, 2, "authority.owner"),
        (JURA, 4, "authority.coordinator"),
        (JURA, 5, "authority.coordinator"),
        (JURA, 6, "authority.coordinator"),
        (JURA_PROJECTS, 2, "authority.owner"),
    ]
    assert value(told, "actors_declared", scope="member/cluster-jura", parked=5) == 3


def test_a_correction_by_the_coordinator_of_what_is_its_own_counts() -> None:
    told = World(JURA)
    registered = register(told, "chenove")
    admit(told, "2016-01-01")
    told.correct(ROOT, registered, {"epci_links": [{"siren": "200000000", "relation": "is"}]})
    assert (value(told, "territories_epci"), value(told, "territories_not_epci")) == (1, 0)


@pytest.mark.parametrize(
    "broken",
    [
        {"target": None},
        {"target": {"entities": []}},
        {"target": {"sequence": 0}},
        {"target": {"version": 0}},
        {"data": {"count": 3}},
        {"data": []},
        {"occurred_on": "2026-02-30"},
        {"occurred_precision": "decade"},
        {"confidentiality": "secret"},
    ],
)
def test_a_correction_that_breaks_its_contract_is_set_aside_with_what_follows(broken: dict[str, Any]) -> None:
    told = world()
    sequence = batch(told, batch_id="b")
    told.correct(JURA_PROJECTS, sequence)
    whole = told.record(JURA_PROJECTS, 2)["data"]
    if broken.get("target"):
        broken = {"target": {**whole["target"], **broken["target"]}}
    told.say("projects.RecordCorrected", {**whole, **broken}, source=JURA_PROJECTS, subject="batch/b")
    batch(told, 5, batch_id="b")
    assert [code for _, _, code in reasons(told)] == ["payload.contract", "parked.behind"]
    assert jobs(told, parked=2) == 35


@pytest.mark.parametrize("event", ["RecordVoided", "RecordCorrected"])
def test_an_amendment_of_an_unknown_version_is_set_aside_as_that_version_is(event: str) -> None:
    told = world()
    sequence = batch(told, batch_id="b")
    target = {"type": "projects.JobBatchDeclared.v2"}
    if event == "RecordVoided":
        told.void(JURA_PROJECTS, sequence, target=target)
    else:
        told.correct(JURA_PROJECTS, sequence, target=target)
    batch(told, 5, batch_id="b")
    assert [code for _, _, code in reasons(told)] == ["payload.version", "parked.behind"]


def test_a_correction_that_moves_to_other_objects_breaks_its_contract() -> None:
    told = world()
    told.correct(JURA_PROJECTS, batch(told, batch_id="b"), {"batch_id": "c"})
    assert reasons(told) == [(JURA_PROJECTS, 2, "payload.contract")]


def test_a_correction_that_lacks_a_part_of_the_whole_breaks_its_contract() -> None:
    for name in ("data", "occurred_on", "occurred_precision"):
        told = world()
        sequence = batch(told)
        told.correct(JURA_PROJECTS, sequence)
        whole = told.record(JURA_PROJECTS, 2)["data"]
        told.say("projects.RecordCorrected", {k: v for k, v in whole.items() if k != name}, source=JURA_PROJECTS)
        assert reasons(told) == [(JURA_PROJECTS, 3, "payload.contract")], name
