"""Actors, interviews, workshops; who took part, and how many."""

import pytest

from services.ideation.events import ActorRegistered
from services.ideation.events_listening import HeadcountDeclared, InterviewHeld, ParticipationRecorded
from tests.pure.deciding import FOREIGN, HERE, OWN, told, uid
from tests.pure.ideation.making import (
    ACTOR,
    INTERVIEW,
    OTHER_ACTOR,
    WORKSHOP,
    actor,
    announced,
    cancelled,
    counted,
    held,
    ideation,
    talked,
    took_part,
)

MARKET = {"kind": "other", "id": uid(70)}
TALK = {**HERE, "interview_id": INTERVIEW, "form": "bilateral"}
HELD = {**HERE, "workshop_id": WORKSHOP, "title": "Bread", "format": "creative"}
CANCEL = {**HERE, "workshop_id": WORKSHOP, "reason": "Snow"}
COUNT = {**HERE, "activity": MARKET, "headcount": {"value": 40, "precision": "approx"}}


def at_market(value, identified=0, **more):
    return counted(value, identified, "other", MARKET["id"], **more)


def test_an_actor_is_registered_once():
    asked = {"actor_id": ACTOR, "kind": "person", "category": "resident"}
    ideation.when("RegisterActor", **asked).then(actor())
    ideation.given(actor()).when("RegisterActor", **asked).then()


def test_an_actor_is_not_made_another():
    asked = {"actor_id": ACTOR, "kind": "organisation", "category": "company"}
    ideation.given(actor()).when("RegisterActor", **asked).then_refused("actor.exists")


def test_an_actor_is_registered_without_any_name():
    assert "name" not in ActorRegistered.model_fields


def test_an_interview_is_recorded():
    ideation.when("RecordInterview", **TALK).then(talked())


def test_with_an_interview_go_its_participants_and_its_headcount():
    asked = {**TALK, "participants": [ACTOR, OTHER_ACTOR], "headcount": {"value": 5}}
    ideation.given(actor(), actor(OTHER_ACTOR)).when("RecordInterview", **asked).then(
        talked(),
        took_part(ACTOR, "interview", INTERVIEW),
        took_part(OTHER_ACTOR, "interview", INTERVIEW),
        counted(5, 2, "interview", INTERVIEW),
    )


def test_a_participant_named_twice_took_part_once():
    asked = {**TALK, "participants": [ACTOR, ACTOR], "headcount": {"value": 1}}
    ideation.given(actor()).when("RecordInterview", **asked).then_types(
        InterviewHeld, ParticipationRecorded, HeadcountDeclared
    )


def test_an_interview_is_recorded_once():
    past = ideation.given(talked())
    past.when("RecordInterview", **TALK).then()
    past.when("RecordInterview", **{**TALK, "form": "market"}).then_refused("interview.exists")


def test_participants_are_registered_actors():
    asked = {**TALK, "participants": [ACTOR]}
    ideation.when("RecordInterview", **asked).then_refused("actor.unknown")


def test_no_more_are_identified_than_were_there():
    asked = {**TALK, "participants": [ACTOR, OTHER_ACTOR], "headcount": {"value": 1}}
    past = ideation.given(actor(), actor(OTHER_ACTOR))
    past.when("RecordInterview", **asked).then_refused("headcount.too_small")
    ideation.when("DeclareHeadcount", **COUNT, identified=41).then_refused("headcount.too_small")


def test_a_participation_is_recorded_once_per_gathering():
    asked = {**HERE, "actor_id": ACTOR, "activity": MARKET}
    once = took_part(ACTOR, "other", MARKET["id"])
    ideation.given(actor()).when("RecordParticipation", **asked).then(once)
    ideation.given(actor(), once).when("RecordParticipation", **asked).then()
    elsewhere = {**asked, "activity": {"kind": "workshop", "id": WORKSHOP}}
    ideation.given(actor(), once, held()).when("RecordParticipation", **elsewhere).then(took_part())


def test_only_registered_actors_take_part():
    asked = {**HERE, "actor_id": ACTOR, "activity": MARKET}
    ideation.when("RecordParticipation", **asked).then_refused("actor.unknown")


def test_a_headcount_is_declared_and_said_again_the_last_word_holds():
    first = at_market(40, precision="approx")
    ideation.when("DeclareHeadcount", **COUNT).then(first)
    ideation.given(first).when("DeclareHeadcount", **COUNT).then()
    more = {**COUNT, "headcount": {"value": 45}}
    ideation.given(first).when("DeclareHeadcount", **more).then(at_market(45))


def test_back_to_an_earlier_headcount_is_a_new_word():
    first, second = at_market(40, precision="approx"), at_market(45)
    ideation.given(first, second).when("DeclareHeadcount", **COUNT).then(first)


def test_a_gathering_is_counted_under_one_accompaniment():
    past = ideation.by("CO").given(at_market(40))
    elsewhere = {"activity": MARKET, "headcount": {"value": 40}}
    past.when("DeclareHeadcount", **elsewhere).then_refused("headcount.other_accompaniment")
    past.when("DeclareHeadcount", **elsewhere, accompaniment_id=FOREIGN).then_refused("headcount.other_accompaniment")


def test_only_the_coordinator_declares_for_the_collective():
    asked = {"activity": {"kind": "collective", "id": uid(71)}, "headcount": {"value": 1700}}
    ideation.when("DeclareHeadcount", **asked).then_refused("headcount.collective")
    ideation.by("CO").when("DeclareHeadcount", **asked).then(told(HeadcountDeclared, **asked))


def test_a_workshop_is_announced_once():
    asked = {**HELD, "planned_on": "2026-12-01"}
    ideation.when("ScheduleWorkshop", **asked).then(announced())
    ideation.given(announced()).when("ScheduleWorkshop", **asked).then()
    changed = {**asked, "planned_on": "2026-12-08"}
    ideation.given(announced()).when("ScheduleWorkshop", **changed).then_refused("workshop.exists")


def test_a_workshop_is_held_announced_or_not():
    ideation.when("HoldWorkshop", **HELD).then(held())
    ideation.given(announced()).when("HoldWorkshop", **HELD).then(held())


def test_with_a_workshop_go_its_participants_and_its_headcount():
    asked = {**HELD, "participants": [ACTOR], "headcount": {"value": 12, "precision": "at_least"}}
    ideation.given(actor()).when("HoldWorkshop", **asked).then(
        held(),
        took_part(),
        counted(12, 1, precision="at_least"),
    )


def test_a_workshop_is_held_once():
    past = ideation.given(held())
    past.when("HoldWorkshop", **HELD).then()
    past.when("HoldWorkshop", **{**HELD, "title": "Cakes"}).then_refused("workshop.exists")
    past.when("ScheduleWorkshop", **HELD, planned_on="2026-12-01").then_refused("workshop.held")


def test_an_announced_workshop_is_cancelled_once():
    ideation.given(announced()).when("CancelWorkshop", **CANCEL).then(cancelled())
    ideation.given(announced(), cancelled()).when("CancelWorkshop", **CANCEL).then()


def test_a_cancelled_workshop_is_neither_held_nor_announced_again():
    past = ideation.given(announced(), cancelled())
    past.when("HoldWorkshop", **HELD).then_refused("workshop.cancelled")
    past.when("ScheduleWorkshop", **HELD, planned_on="2026-12-01").then_refused("workshop.cancelled")


def test_what_was_held_or_never_announced_is_not_cancelled():
    ideation.given(held()).when("CancelWorkshop", **CANCEL).then_refused("workshop.held")
    ideation.when("CancelWorkshop", **CANCEL).then_refused("workshop.unknown")


def test_an_organisation_present_is_no_head():
    people = ideation.given(actor(), actor(OTHER_ACTOR, kind="organisation", category="association"))
    asked = {"participants": [ACTOR, OTHER_ACTOR], "headcount": {"value": 1}}
    people.when("HoldWorkshop", **HELD, **asked).then(held(), took_part(), took_part(OTHER_ACTOR), counted(1, 1))
    talk = people.when("RecordInterview", **TALK, **asked)
    assert talk.drafts[-1].data["identified"] == 1


def test_only_organisations_present_leave_every_head_unknown():
    past = ideation.given(actor(kind="organisation", category="association"))
    told_of = past.when("HoldWorkshop", **HELD, participants=[ACTOR], headcount={"value": 0})
    assert told_of.drafts[-1].data["identified"] == 0


@pytest.mark.parametrize(
    ("kind", "of", "was"),
    [("interview", INTERVIEW, talked()), ("workshop", WORKSHOP, held())],
    ids=["talk", "workshop"],
)
def test_who_was_there_is_told_of_what_was_recorded(kind, of, was):
    there, number = {"kind": kind, "id": of}, {"value": 9}
    nothing, known = ideation.given(actor()), ideation.given(actor(), was)
    for past, code in ((nothing, f"{kind}.unknown"), (known.voided(2), f"{kind}.unknown"), (known, None)):
        took = past.when("RecordParticipation", **HERE, actor_id=ACTOR, activity=there)
        count = past.when("DeclareHeadcount", **HERE, activity=there, headcount=number)
        if code is None:
            took.then(took_part(ACTOR, kind, of))
            count.then(counted(9, 0, kind, of))
        else:
            took.then_refused(code, "activity", "id")
            count.then_refused(code, "activity", "id")


def test_an_announcement_is_no_workshop_that_was_held():
    past = ideation.given(actor(), announced())
    asked = {**HERE, "actor_id": ACTOR, "activity": {"kind": "workshop", "id": WORKSHOP}}
    past.when("RecordParticipation", **asked).then_refused("workshop.unknown")


def test_a_member_does_not_declare_for_the_collective_even_by_the_coordinators_hand():
    asked = {"activity": {"kind": "collective", "id": uid(71)}, "headcount": {"value": 1700}}
    ideation.by("CO", OWN).when("DeclareHeadcount", **asked).then_refused("headcount.collective")
    there = {"activity": asked["activity"], "actor_id": ACTOR}
    ideation.given(actor()).when("RecordParticipation", **there).then_refused("headcount.collective")


def test_of_a_voided_registration_nobody_takes_part():
    past = ideation.given(actor(), held()).voided(1)
    past.when("HoldWorkshop", **{**HELD, "workshop_id": uid(60)}, participants=[ACTOR]).then_refused("actor.unknown")
