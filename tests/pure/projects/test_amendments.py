"""Corrections and voids in the projects service."""

from services.projects.amendments import RecordCorrected, RecordVoided
from tests.pure.deciding import OWN, told, uid
from tests.pure.projects.making import JOB, PROJECT, created, opened, projects

JOB_TARGET = {
    "source": f"/members/{OWN}/projects",
    "sequence": 3,
    "type": "projects.JobCreated.v1",
    "subject": f"job/{JOB}",
    "entities": [f"project/{PROJECT}"],
}
RECORD = {
    "type": JOB_TARGET["type"],
    "subject": JOB_TARGET["subject"],
    "data": created().payload(),
    "time": "2026-11-20T10:00:00.000000Z",
    "actor": "adviser-7",
}
recorded = projects.hearing({"3": RECORD})


def correct(data, past=recorded, target=JOB_TARGET):
    return past.when("CorrectRecord", target=target, replacement={"data": data}, reason="miscount")


def test_the_hours_of_a_post_are_corrected():
    better = created(weekly_hours="35").payload()
    correct(better).then(told(RecordCorrected, target=JOB_TARGET, replacement={"data": better}, reason="miscount"))


def test_a_corrected_post_is_the_same_post():
    correct(created(job_id=uid(77)).payload()).then_refused("correction.moves_entity")
    correct(created(project_id=uid(78)).payload()).then_refused("correction.moves_entity")


def test_negative_hours_are_refused():
    correct({**created().payload(), "weekly_hours": "-3"}).then_refused("input.invalid")


def test_a_post_is_voided():
    asked = {"target": JOB_TARGET, "reason": "duplicate"}
    recorded.when("VoidRecord", **asked).then(told(RecordVoided, **asked))


def test_an_opened_project_belongs_to_its_territories_too():
    fact = opened()
    target = {
        **JOB_TARGET,
        "type": "projects.ProjectOpened.v1",
        "subject": f"project/{PROJECT}",
        "entities": [f"project/{PROJECT}", "territory/cc-jura"],
    }
    past = projects.hearing(
        {"3": {**RECORD, "type": target["type"], "subject": target["subject"], "data": fact.payload()}}
    )
    correct(opened(title="The big oven").payload(), past, target).then_types(RecordCorrected)
    moved = opened(territory_ids=["cc-elsewhere"]).payload()
    correct(moved, past, target).then_refused("correction.moves_entity")


def test_records_of_ideation_are_amended_there():
    foreign = {**JOB_TARGET, "source": f"/members/{OWN}/ideation"}
    recorded.when("VoidRecord", target=foreign, reason="error").then_refused("amendment.service")


def test_a_member_does_not_amend_anothers_records():
    foreign = {**JOB_TARGET, "source": "/members/another/projects"}
    recorded.when("VoidRecord", target=foreign, reason="error").then_refused("amendment.foreign")
    recorded.by("CO").when("VoidRecord", target=foreign, reason="error").then_types(RecordVoided)
