"""A void takes a record with all that hangs on it, for good."""

import pytest

from services.ideation.amendments import RecordVoided
from tests.pure.deciding import BEFORE, ELSEWHERE, OPERATED, OWN, uid
from tests.pure.ideation.making import (
    ACTOR,
    IDEA,
    OTHER_ACTOR,
    WORKSHOP,
    actor,
    admitted,
    announced,
    cancelled,
    characterised,
    counted,
    deaf,
    held,
    ideation,
    joined,
    need,
    operating,
    proposed,
    registered,
    released,
    shortlisted,
    talked,
    took_part,
)
from tests.pure.projects import making as p
from tests.pure.projects.making import projects

INTERVIEW = talked().payload()["interview_id"]
opened = projects.given(p.opened())
people = ideation.given(actor(), actor(OTHER_ACTOR))


def test_a_void_names_its_original_and_says_why():
    said = ideation.given(proposed()).void(1, "fraud").only
    assert said["target"]["entities"] == [f"idea/{OWN}/{IDEA}"]
    assert (said["target"]["version"], said["reason"]) == (1, "fraud")
    assert ideation.door.read(RecordVoided.TYPE, said).stream() == f"idea/{IDEA}"


@pytest.mark.parametrize(
    ("past", "at", "stream"),
    [
        (people.given(held(), took_part(), took_part(OTHER_ACTOR), counted(9, 2)), 3, f"workshop/{WORKSHOP}"),
        (
            people.given(talked(), took_part(ACTOR, "interview", INTERVIEW), counted(9, 1, "interview", INTERVIEW)),
            3,
            f"interview/{INTERVIEW}",
        ),
        (ideation.given(announced(), cancelled()), 1, f"workshop/{WORKSHOP}"),
        (ideation.given(proposed(), shortlisted()), 1, f"idea/{IDEA}"),
        (ideation.given(need(), characterised(), characterised(unmet=False)), 1, need().stream()),
        (
            deaf.by("CO").given(registered(), joined(), admitted(), operating(), released(), operating()),
            3,
            admitted().stream(),
        ),
        (
            opened.given(p.holder(), p.qualified(), p.launched(), p.nearing(), p.paused(), p.resumed(), p.abandoned()),
            1,
            p.opened().stream(),
        ),
        (opened.given(p.started(), p.ceased()), 2, p.started().stream()),
        (opened.given(p.started(), p.created(), p.ended()), 3, p.created().stream()),
    ],
    ids=["workshop", "interview", "announcement", "idea", "need", "admission", "project", "activity", "post"],
)
def test_what_hangs_on_a_record_goes_with_it(past, at, stream):
    assert len(past.live(stream)) > 1
    assert past.voided(at).live(stream) == []


def test_a_void_names_all_the_objects_that_go():
    past = people.given(held(), took_part(), took_part(OTHER_ACTOR), counted(9, 2))
    named = past.void(3).only["target"]["entities"]
    people_there = [f"actor/{ACTOR}", f"actor/{OTHER_ACTOR}"]
    assert named == sorted([f"workshop/{OWN}/{WORKSHOP}", *people_there, f"accompaniment/{OPERATED}"])


def test_it_names_no_other_objects():
    workshop = f"workshop/{OWN}/{WORKSHOP}"
    past = people.given(announced(), held(), took_part())
    assert past.void(3).only["target"]["entities"] == [workshop]
    anew = past.voided(4).given(held(), took_part(OTHER_ACTOR))
    assert anew.void(7).only["target"]["entities"] == sorted([workshop, f"actor/{OTHER_ACTOR}"])


def test_only_what_hangs_on_it_goes():
    past = ideation.given(announced(), held(), actor(), took_part())
    assert [e.version for e in past.voided(1).live(held().stream())] == [2, 3]
    assert [e.version for e in past.voided(2).live(held().stream())] == [1]
    assert [e.version for e in past.voided(4).live(held().stream())] == [1, 2]
    steps = opened.given(p.qualified(), p.launched())
    assert [e.version for e in steps.voided(2).live(p.opened().stream())] == [1, 3]


def test_what_hangs_on_what_was_recorded_anew_stays():
    past = ideation.given(proposed(), shortlisted()).voided(1).given(proposed(), shortlisted())
    assert [e.version for e in past.live(proposed().stream())] == [4, 5]
    assert past.voided(4).live(proposed().stream()) == []


def test_other_streams_are_as_they_were():
    past = ideation.given(proposed(), proposed(uid(1))).voided(1)
    assert len(past.live(f"idea/{uid(1)}")) == 1


def test_to_void_again_changes_nothing_whoever_asks():
    past = ideation.given(proposed(), shortlisted()).voided(1)
    past.void(1, "duplicate").then()
    past.void(2).then()
    past.by("AD", actor="somebody-else").void(1).then()


def test_a_voided_record_is_not_corrected():
    past = ideation.given(proposed(), shortlisted()).voided(1)
    past.correct(1, title="A mill").then_refused("amendment.voided", "target")
    past.correct(2, reason="x").then_refused("amendment.voided")
    past.by("CO", OWN).correct(1, title="A mill").then_refused("amendment.voided")


def test_a_void_is_final_whatever_is_recorded_after_it():
    past = ideation.given(proposed(), on=BEFORE).voided(1).given(proposed(title="A mill"))
    past.correct(1, title="x").then_refused("amendment.voided")
    assert [e.version for e in past.live(proposed().stream())] == [3]


def test_a_corrected_record_is_voided_as_it_last_was():
    past = ideation.given(proposed()).corrected(1, confidentiality="member", territory_ids=[ELSEWHERE])
    said = past.void(1).only
    assert (said["confidentiality"], said["territory_ids"]) == ("member", [ELSEWHERE, "cc-jura"])
    assert past.voided(1).live(proposed().stream()) == []


@pytest.mark.parametrize("how", ["correct", "void"])
def test_amendments_are_not_amended(how):
    corrected = ideation.given(proposed()).corrected(1, title="A mill")
    voided = ideation.given(proposed()).voided(1)
    for past in (corrected, voided):
        asked = {"target": past.target(2), "reason": "typo" if how == "correct" else "error"}
        if how == "correct":
            past.when("CorrectRecord", **asked, changes={"ProposeIdea": {}}).then_refused("amendment.target")
        else:
            past.when("VoidRecord", **asked).then_refused("amendment.target")


def test_a_void_of_more_objects_than_a_record_names_is_refused():
    crowd = [took_part(uid(1000 + n)) for n in range(1000)]
    ideation.given(held(), *crowd[:-1]).void(1).then_types(RecordVoided)
    ideation.given(held(), *crowd).void(1).then_refused("amendment.too_many")
