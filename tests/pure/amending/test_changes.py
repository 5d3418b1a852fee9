"""What a correction says: the fields that differ, and the whole of what holds instead."""

from datetime import date

import pytest

from services.ideation.amendments import RecordCorrected
from tests.pure.deciding import ELSEWHERE, JURA, OPERATED, OWN, uid
from tests.pure.ideation.making import IDEA, OTHER_IDEA, deaf, held, ideation, need, proposed, registered
from tests.pure.projects.making import created, opened, projects, started

recorded = ideation.given(proposed(description="Bread"))


def test_a_correction_names_its_original_as_it_was_recorded():
    (draft,) = recorded.correct(1, "new_evidence", title="An oven for all").drafts
    assert draft.type == RecordCorrected.TYPE
    assert draft.data["target"] == {
        "source": f"/members/{OWN}/ideation",
        "sequence": 1,
        "version": 1,
        "type": "ideation.IdeaProposed.v1",
        "subject": f"idea/{IDEA}",
        "entities": [f"idea/{OWN}/{IDEA}"],
    }
    assert draft.data["reason"] == "new_evidence"


def test_a_correction_holds_all_that_holds_instead():
    said = recorded.correct(1, title="An oven for all").only
    assert said["data"] == proposed(description="Bread", title="An oven for all").payload()
    assert (said["occurred_on"], said["occurred_precision"]) == ("2026-11-20", "day")
    assert said["changed"] == ["title"]


def test_a_correction_stands_in_the_stream_of_its_original_and_in_its_places():
    said = recorded.correct(1, confidentiality="member", territory_ids=[ELSEWHERE]).only
    assert recorded.door.read(RecordCorrected.TYPE, said).stream() == f"idea/{IDEA}"
    assert (said["territory_ids"], said["accompaniment_id"]) == ([ELSEWHERE, JURA], OPERATED)
    assert said["confidentiality"] == "member"
    assert said["changed"] == ["confidentiality", "territory_ids"]


def test_a_date_is_corrected_alone():
    said = recorded.correct(1, occurred_on={"date": "2026-10-01", "precision": "month"}).only
    assert (said["occurred_on"], said["occurred_precision"]) == ("2026-10-01", "month")
    assert said["changed"] == ["occurred_on"]
    assert said["data"] == proposed(description="Bread").payload()


def test_a_correction_is_recorded_now_whatever_day_it_is_about():
    past = ideation.given(proposed(), on=date(2020, 1, 1), precision="year")
    said = past.correct(1, title="A mill").only
    assert (said["occurred_on"], said["occurred_precision"]) == ("2020-01-01", "year")


def test_what_is_not_named_stays_as_it_was_corrected_before():
    past = recorded.corrected(1, title="A mill").corrected(1, occurred_on={"date": "2026-10-01"})
    said = past.correct(1, description="Flour").only
    assert said["data"] == proposed(title="A mill", description="Flour").payload()
    assert said["occurred_on"] == "2026-10-01"
    assert said["changed"] == ["description"]


def test_null_takes_a_field_away():
    said = recorded.correct(1, description=None).only
    assert said["data"] == proposed().payload()
    assert said["changed"] == ["description"]


def test_null_gives_a_field_with_a_default_its_default():
    past = ideation.given(proposed(themes=["bread"], language="en"))
    said = past.correct(1, themes=None, language=None).only
    assert (said["data"]["themes"], said["data"]["language"]) == ([], "fr")


def test_null_takes_no_compulsory_field_away():
    recorded.correct(1, title=None).then_refused("input.invalid", "changes", "ProposeIdea", "title")
    recorded.correct(1, occurred_on=None).then_refused("input.invalid", "changes", "ProposeIdea", "occurred_on")


def test_what_says_nothing_new_changes_nothing():
    recorded.correct(1).then()
    recorded.correct(1, title="A shared oven", occurred_on={"date": "2026-11-20"}).then()
    recorded.corrected(1, title="A mill").correct(1, title="A mill").then()


def test_a_correction_may_go_back_to_what_was_recorded():
    said = recorded.corrected(1, title="A mill").correct(1, title="A shared oven").only
    assert said["data"] == proposed(description="Bread").payload()


def test_the_fields_are_those_of_the_command_that_recorded_it():
    recorded.correct(1, "typo", "ShortlistIdea", reason="Why").then_refused("correction.other_command", "changes")
    ideation.given(need()).correct(1, "typo", "ProposeIdea", title="x").then_refused("correction.other_command")


@pytest.mark.parametrize("field", ["surprise", "participants", "headcount", "TYPE"])
def test_a_field_that_the_record_does_not_have_is_named(field):
    past = ideation.given(held())
    past.correct(1, **{field: "x"}).then_refused("input.unknown_field", "changes", "HoldWorkshop", field)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 201),
        ("title", "\u200b\u00ad"),
        ("title", "Bread\x1b[2J"),
        ("title", 7),
        ("provenance", "dream"),
        ("idea_id", "no-id"),
        ("territory_ids", "cc-jura"),
        ("evidence", [{"digest": "ab", "title": "A study"}]),
    ],
)
def test_what_holds_instead_keeps_its_bounds(field, value):
    refused = recorded.correct(1, **{field: value}).then_refused("input.invalid")
    assert refused.path[:3] == ("changes", "ProposeIdea", field)


@pytest.mark.parametrize("when", [{"date": "2026-02-30"}, {"date": "2026-10-01", "precision": "roughly"}, "2026-10-01"])
def test_a_date_that_is_none_is_refused(when):
    recorded.correct(1, occurred_on=when).then_refused("input.invalid")


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ({"date": "2999-01-01"}, "date.in_future"),
        ({"date": "2026-11-24"}, "date.in_future"),
        ({"date": "2026-12-01", "precision": "month"}, "date.in_future"),
        ({"date": "1989-12-31"}, "date.too_early"),
    ],
)
def test_a_correction_is_of_no_impossible_day(when, code):
    recorded.correct(1, occurred_on=when).then_refused(code, "occurred_on", "date")


def test_a_date_may_be_corrected_to_a_year_under_way():
    said = recorded.correct(1, occurred_on={"date": "2026-12-31", "precision": "year"}).only
    assert said["occurred_precision"] == "year"


@pytest.mark.parametrize(
    ("past", "at", "changes"),
    [
        (recorded, 1, {"idea_id": OTHER_IDEA}),
        (deaf.by("CO").given(registered()), 1, {"territory_id": ELSEWHERE, "territory_ids": []}),
        (projects.given(opened(), opened(project_id=uid(50)), started()), 3, {"project_id": uid(50)}),
        (projects.given(opened()), 1, {"territory_ids": [JURA, ELSEWHERE]}),
        (projects.given(opened(), started(), created()), 3, {"job_id": uid(77)}),
    ],
    ids=["another idea", "another territory", "another project", "more territories of a project", "another post"],
)
def test_a_correction_stays_with_the_objects_of_its_original(past, at, changes):
    past.correct(at, **changes).then_refused("correction.moves_entity", "changes")


def test_an_id_may_be_given_as_answers_name_it():
    said = recorded.correct(1, idea_id=f"{OWN}/{IDEA}", needs=[f"{OWN}/{uid(7)}"]).only
    assert said["data"]["needs"] == [uid(7)]
    assert said["changed"] == ["needs"]


def test_anothers_object_is_named_in_no_correction():
    refused = recorded.correct(1, needs=[f"another-member/{uid(7)}"]).then_refused("need.foreign")
    assert refused.path == ("changes", "ProposeIdea", "needs", "0")
