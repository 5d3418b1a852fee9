"""Actors, interviews, workshops; who took part, and how many."""

from services.ideation.events import ActorRegistered
from services.ideation.events_listening import (
    HeadcountDeclared,
    InterviewHeld,
    ParticipationRecorded,
    WorkshopCancelled,
    WorkshopHeld,
)
from tests.pure.deciding import FOREIGN, HERE, told, uid
from tests.pure.ideation.making import ACTOR, INTERVIEW, OTHER_ACTOR, WORKSHOP, actor, announced, ideation

MARKET = {"kind": "other", "id": uid(70)}
TALK = {**HERE, "interview_id": INTERVIEW, "form": "bilateral"}
HELD = {**HERE, "workshop_id": WORKSHOP, "title": "Bread", "format": "creative"}
CANCEL = {**HERE, "workshop_id": WORKSHOP, "reason": "Snow"}
COUNT = {**HERE, "activity": MARKET, "headcount": {"value": 40, "precision": "approx"}}


def participation(who, kind, of):
    return told(ParticipationRecorded, **HERE, actor_id=who, activity={"kind": kind, "id": of})


def headcount(kind, of, value, identified, precision="exact"):
    number = {"value": value, "precision": precision}
    return told(HeadcountDeclared, **HERE, activity={"kind": kind, "id": of}, headcount=number, identified=identified)


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
    ideation.when("RecordInterview", **TALK).then(told(InterviewHeld, **TALK))


def test_with_an_interview_go_its_participants_and_its_headcount():
    asked = {**TALK, "participants": [ACTOR, OTHER_ACTOR], "headcount": {"value": 5}}
    ideation.given(actor(), actor(OTHER_ACTOR)).when("RecordInterview", **asked).then(
        told(InterviewHeld, **asked),
        participation(ACTOR, "interview", INTERVIEW),
        participation(OTHER_ACTOR, "interview", INTERVIEW),
        headcount("interview", INTERVIEW, 5, 2),
    )


def test_a_participant_named_twice_took_part_once():
    asked = {**TALK, "participants": [ACTOR, ACTOR], "headcount": {"value": 1}}
    ideation.given(actor()).when("RecordInterview", **asked).then_types(
        InterviewHeld, ParticipationRecorded, HeadcountDeclared
    )


def test_an_interview_is_recorded_once():
    past = ideation.given(told(InterviewHeld, **TALK))
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
    once = participation(ACTOR, "other", MARKET["id"])
    ideation.given(actor()).when("RecordParticipation", **asked).then(once)
    ideation.given(actor(), once).when("RecordParticipation", **asked).then()
    elsewhere = {**asked, "activity": {"kind": "workshop", "id": WORKSHOP}}
    again = participation(ACTOR, "workshop", WORKSHOP)
    ideation.given(actor(), once).when("RecordParticipation", **elsewhere).then(again)


def test_only_registered_actors_take_part():
    asked = {**HERE, "actor_id": ACTOR, "activity": MARKET}
    ideation.when("RecordParticipation", **asked).then_refused("actor.unknown")


def test_a_headcount_is_declared_and_said_again_the_last_word_holds():
    first = headcount("other", MARKET["id"], 40, 0, "approx")
    ideation.when("DeclareHeadcount", **COUNT).then(first)
    ideation.given(first).when("DeclareHeadcount", **COUNT).then()
    more = {**COUNT, "headcount": {"value": 45}}
    ideation.given(first).when("DeclareHeadcount", **more).then(headcount("other", MARKET["id"], 45, 0))


def test_back_to_an_earlier_headcount_is_a_new_word():
    first, second = headcount("other", MARKET["id"], 40, 0, "approx"), headcount("other", MARKET["id"], 45, 0)
    ideation.given(first, second).when("DeclareHeadcount", **COUNT).then(first)


def test_a_gathering_is_counted_under_one_accompaniment():
    past = ideation.by("CO").given(headcount("other", MARKET["id"], 40, 0))
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
    ideation.when("HoldWorkshop", **HELD).then(told(WorkshopHeld, **HELD))
    ideation.given(announced()).when("HoldWorkshop", **HELD).then(told(WorkshopHeld, **HELD))


def test_with_a_workshop_go_its_participants_and_its_headcount():
    asked = {**HELD, "participants": [ACTOR], "headcount": {"value": 12, "precision": "at_least"}}
    ideation.given(actor()).when("HoldWorkshop", **asked).then(
        told(WorkshopHeld, **HELD),
        participation(ACTOR, "workshop", WORKSHOP),
        headcount("workshop", WORKSHOP, 12, 1, "at_least"),
    )


def test_a_workshop_is_held_once():
    past = ideation.given(told(WorkshopHeld, **HELD))
    past.when("HoldWorkshop", **HELD).then()
    past.when("HoldWorkshop", **{**HELD, "title": "Cakes"}).then_refused("workshop.exists")
    past.when("ScheduleWorkshop", **HELD, planned_on="2026-12-01").then_refused("workshop.held")


def test_an_announced_workshop_is_cancelled_once():
    cancelled = told(WorkshopCancelled, **CANCEL)
    ideation.given(announced()).when("CancelWorkshop", **CANCEL).then(cancelled)
    ideation.given(announced(), cancelled).when("CancelWorkshop", **CANCEL).then()


def test_a_cancelled_workshop_is_neither_held_nor_announced_again():
    past = ideation.given(announced(), told(WorkshopCancelled, **CANCEL))
    past.when("HoldWorkshop", **HELD).then_refused("workshop.cancelled")
    past.when("ScheduleWorkshop", **HELD, planned_on="2026-12-01").then_refused("workshop.cancelled")


def test_what_was_held_or_never_announced_is_not_cancelled():
    ideation.given(told(WorkshopHeld, **HELD)).when("CancelWorkshop", **CANCEL).then_refused("workshop.held")
    ideation.when("CancelWorkshop", **CANCEL).then_refused("workshop.unknown")
