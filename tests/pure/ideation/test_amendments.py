"""Corrections and voids: who may amend what, and where it stays."""

from datetime import date

import pytest

from services.ideation.amendments import RecordCorrected, RecordVoided
from services.ideation.events_listening import HeadcountDeclared
from tests.pure.deciding import HERE, JURA, OWN, told, uid
from tests.pure.ideation.making import IDEA, OTHER_IDEA, ideation, proposed

SOURCE = f"/members/{OWN}/ideation"
TARGET = {
    "source": SOURCE,
    "sequence": 7,
    "type": "ideation.IdeaProposed.v1",
    "subject": f"idea/{IDEA}",
    "entities": [f"idea/{IDEA}"],
}
RECORD = {
    "type": TARGET["type"],
    "subject": TARGET["subject"],
    "data": proposed().payload(),
    "time": "2026-11-20T10:00:00.000000Z",
    "actor": "adviser-7",
}
BETTER = proposed(title="An oven for all").payload()
recorded = ideation.hearing({"7": RECORD})


def correct(past=recorded, target=TARGET, **replacement):
    return past.when("CorrectRecord", target=target, replacement=replacement or {"data": BETTER}, reason="typo")


def void(past=recorded, **target):
    return past.when("VoidRecord", target={**TARGET, **target}, reason="error")


def test_an_author_corrects_what_was_recorded():
    correct().then(told(RecordCorrected, target=TARGET, replacement={"data": BETTER}, reason="typo"))


def test_a_date_is_corrected_alone():
    told_of = correct(occurred_on="2026-10-01").only
    assert told_of["replacement"] == {"occurred_on": "2026-10-01", "occurred_precision": "day"}


def test_an_author_voids_what_was_recorded():
    void().then(told(RecordVoided, target=TARGET, reason="error"))


def test_the_same_amendment_again_changes_nothing():
    past = recorded.given(told(RecordVoided, target=TARGET, reason="error"))
    void(past).then()


def test_after_another_word_the_first_may_be_said_again():
    first = told(RecordVoided, target=TARGET, reason="error")
    second = told(RecordCorrected, target=TARGET, replacement={"data": BETTER}, reason="typo")
    void(recorded.given(first, second)).then(first)


def test_an_amendment_stands_in_a_stream_of_its_target():
    fact = told(RecordVoided, target=TARGET, reason="error")
    assert fact.stream() == f"amendment{SOURCE}/7"


def test_what_is_left_out_of_a_payload_gets_its_default():
    bare = {"idea_id": IDEA, "title": "Bare", "provenance": "online"}
    assert correct(data=bare).only["replacement"]["data"]["territory_ids"] == []


def test_nothing_to_correct_is_refused():
    correct(occurred_precision="year").then_refused("correction.empty")


def test_a_precision_goes_with_its_date():
    correct(data=BETTER, occurred_precision="year").then_refused("input.invalid")


def test_a_correction_is_of_no_future_day():
    correct(occurred_on="2026-11-24").then_refused("date.in_future")
    correct(occurred_on="1989-12-31").then_refused("date.too_early")


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {**BETTER, "title": ""},
        {**BETTER, "title": "x" * 201},
        {**BETTER, "surprise": 1},
        {**BETTER, "provenance": "dream"},
        {**BETTER, "idea_id": "no-id"},
        {**BETTER, "territory_ids": "cc-jura"},
    ],
)
def test_what_holds_instead_keeps_its_contract(broken):
    correct(data=broken).then_refused("input.invalid")


def test_a_correction_does_not_move_to_another_object():
    correct(data={**BETTER, "idea_id": OTHER_IDEA}).then_refused("correction.moves_entity")


def test_a_headcount_does_not_move_to_another_accompaniment():
    activity = {"kind": "interview", "id": uid(70)}
    data = told(HeadcountDeclared, **HERE, activity=activity, headcount={"value": 3}).payload()
    of = HERE["accompaniment_id"]
    target = {
        **TARGET,
        "type": HeadcountDeclared.TYPE,
        "subject": f"interview/{uid(70)}",
        "entities": [f"accompaniment/{of}"],
    }
    past = ideation.hearing({"7": {**RECORD, "type": target["type"], "subject": target["subject"], "data": data}})
    moved = {key: value for key, value in data.items() if key != "accompaniment_id"}
    correct(past, target, data=moved).then_refused("correction.moves_entity")


def test_a_correction_names_known_territories():
    correct(data={**BETTER, "territory_ids": ["cc-nowhere"]}).then_refused("territory.unknown")
    correct(data={**BETTER, "territory_ids": [JURA]}).then_types(RecordCorrected)


def test_only_what_was_recorded_is_amended():
    void(ideation).then_refused("amendment.unknown")


@pytest.mark.parametrize(
    "other",
    [
        {"type": "ideation.IdeaShortlisted.v1"},
        {"subject": f"idea/{OTHER_IDEA}"},
        {"entities": [f"idea/{OTHER_IDEA}"]},
        {"entities": [f"idea/{IDEA}", f"idea/{OTHER_IDEA}"]},
    ],
)
def test_the_target_is_described_as_it_was_recorded(other):
    void(**other).then_refused("amendment.mismatch")


def test_another_services_records_are_amended_there():
    void(source=f"/members/{OWN}/projects").then_refused("amendment.service")
    void(type="projects.ProjectOpened.v1").then_refused("amendment.service")


@pytest.mark.parametrize("kind", ["RecordCorrected", "RecordVoided", "ProducerKeyIntroduced", "NeverHeardOf"])
def test_amendments_and_keys_are_not_amended(kind):
    void(type=f"ideation.{kind}.v1").then_refused("amendment.target")


def test_only_the_author_amends_within_seven_days():
    void(recorded.by("AD", actor="somebody-else")).then_refused("amendment.late")
    void(ideation.hearing({"7": {**RECORD, "time": "2026-11-16T09:59:59.999999Z"}})).then_refused("amendment.late")
    void(ideation.hearing({"7": {**RECORD, "time": "2026-11-16T10:00:00.000000Z"}})).then_types(RecordVoided)


def test_a_member_does_not_amend_anothers_records():
    void(source="/members/another/ideation").then_refused("amendment.foreign")


def test_the_coordinator_amends_every_members_records_at_any_time():
    void(ideation.by("CO")).then_types(RecordVoided)
    correct(ideation.by("CO")).then_types(RecordCorrected)
    late = ideation.by("CO", OWN).hearing({"7": {**RECORD, "time": "2016-01-01T10:00:00.000000Z"}})
    void(late).then_types(RecordVoided)


def test_even_the_coordinators_correction_stays_where_it_was():
    correct(ideation.by("CO"), data={**BETTER, "idea_id": OTHER_IDEA}).then_refused("correction.moves_entity")


def test_a_date_may_be_corrected_to_a_year_under_way():
    told_of = correct(occurred_on=date(2026, 12, 31).isoformat(), occurred_precision="year").only
    assert told_of["replacement"]["occurred_precision"] == "year"
