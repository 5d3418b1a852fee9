"""What a member's services know of the coordinator's objects: as heard, as corrected, and gone when voided."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ideation.accompaniment import Admitted, accompaniment
from services.ideation.reactions import REACTIONS as IDEATION
from services.projects.reactions import REACTIONS as PROJECTS
from shared.kernel.fields import Payload
from tests.pure.amending.hearing import hear, heard_of
from tests.pure.deciding import COORDINATOR, ELSEWHERE, JURA, OPERATED, OWN, Given
from tests.pure.ideation.making import admitted, deaf, ideation, joined, operating, proposed, registered, released

TERRITORY, ACCOMPANIMENT = f"territory/{JURA}", f"accompaniment/{OPERATED}"
OTHER = "another-member"
past = deaf.by("CO").given(registered())
both = pytest.mark.parametrize("reactions", [IDEATION, PROJECTS], ids=["ideation", "projects"])


def operators(reactions, told: Given):
    view = hear(reactions, told)[ACCOMPANIMENT]
    return None if view is None else view["operators"]


@both
def test_a_registered_territory_is_known_by_its_name(reactions):
    assert hear(reactions, past) == {TERRITORY: {"name": "Jura"}}


@both
def test_an_admission_makes_the_operators_known(reactions):
    told = past.given(admitted(OWN, OTHER))
    assert hear(reactions, told)[ACCOMPANIMENT] == {"territory_id": JURA, "operators": [OTHER, OWN]}


@both
def test_operators_come_and_go(reactions):
    told = past.given(admitted(OTHER), operating())
    assert operators(reactions, told) == [OTHER, OWN]
    assert operators(reactions, told.given(released(OTHER))) == [OWN]
    assert operators(reactions, told.given(released(OTHER)).voided(4)) == [OTHER, OWN]
    assert operators(reactions, told.voided(3)) == [OTHER]


@both
def test_a_correction_is_heard(reactions):
    assert hear(reactions, past.corrected(1, name="Haut-Jura")) == {TERRITORY: {"name": "Haut-Jura"}}
    told = past.given(joined(), admitted(OTHER)).corrected(3, operators=[{"member_id": OWN}])
    assert operators(reactions, told) == [OWN]


@both
def test_what_was_voided_is_known_no_more_and_known_again_when_recorded_anew(reactions):
    gone = past.given(admitted(OWN), operating(OTHER)).voided(2)
    assert hear(reactions, gone)[ACCOMPANIMENT] is None
    assert operators(reactions, gone.given(admitted())) == []
    nowhere = past.voided(1)
    assert hear(reactions, nowhere)[TERRITORY] is None
    assert hear(reactions, nowhere.given(registered(name="Haut-Jura")))[TERRITORY] == {"name": "Haut-Jura"}


@both
def test_an_amendment_whose_clock_stood_back_is_heard_in_its_place(reactions):
    told = past.corrected(1, name="Haut-Jura")
    later = told.recording(told.correct(1, name="Bas-Jura"), time="2020-01-01T00:00:00.000000Z")
    assert hear(reactions, later) == {TERRITORY: {"name": "Bas-Jura"}}


@both
def test_fields_that_came_later_are_passed_over(reactions):
    told = past.given(admitted(OWN)).corrected(1, name="Haut-Jura").voided(2)
    assert hear(reactions, told, since_later={"a": 1}) == hear(reactions, told)


@both
def test_amendments_of_other_objects_are_passed_over(reactions):
    told = ideation.given(proposed()).corrected(1, title="A mill")
    assert hear(reactions, told) == {}
    assert hear(reactions, deaf.by("CO").given(joined()).voided(1)) == {}


@both
def test_hearing_is_of_the_coordinator_and_kept_by_the_streams_name(reactions):
    (event,) = past.events
    (kept,) = (one for one in reactions if event.type in one.types)
    assert (kept.scope, kept.replica(heard_of(event, 1))) == ("coordinator", TERRITORY)


_FACTS = st.sampled_from(
    [admitted(OWN), admitted(OTHER), operating(), operating(OTHER), released(), released(OTHER)],
)
_STEPS = st.lists(_FACTS | st.tuples(st.sampled_from(["correct", "void"]), st.integers(0, 9)), max_size=9)


@given(_STEPS)
def test_members_hear_what_the_coordinator_itself_would_decide_on(steps):
    told = past.given(joined(), joined(OTHER))
    begun = len(told.events)
    for step in steps:
        if isinstance(step, Payload):
            told = told.given(step)
            continue
        how, at = step[0], begun + 1 + step[1] % 6
        if at > len(told.events) or told.events[at - 1].type.startswith("ideation.Record"):
            continue
        outcome = told.void(at) if how == "void" else told.correct(at, confidentiality="public")
        told = told if outcome.refused else told.recording(outcome)
    state = accompaniment(told.live(ACCOMPANIMENT, COORDINATOR))
    wanted = {"territory_id": JURA, "operators": sorted(state.operators)} if isinstance(state, Admitted) else None
    for reactions in (IDEATION, PROJECTS):
        assert hear(reactions, told).get(ACCOMPANIMENT) == wanted


def test_what_is_heard_is_what_a_member_may_write_under():
    heard = hear(IDEATION, past.given(admitted(OWN)))
    idea = {"idea_id": proposed().payload()["idea_id"], "title": "A shared oven", "provenance": "workshop"}
    member = deaf.hearing(heard)
    member.when("ProposeIdea", **idea, accompaniment_id=OPERATED).then(proposed())
    gone = deaf.hearing(hear(IDEATION, past.given(admitted(OWN), released())))
    gone.when("ProposeIdea", **idea, accompaniment_id=OPERATED).then_refused("accompaniment.not_operator")
    voided = deaf.hearing(hear(IDEATION, past.given(admitted(OWN)).voided(2)))
    voided.when("ProposeIdea", **idea, accompaniment_id=OPERATED).then_refused("accompaniment.unknown")
    elsewhere = member.when("ProposeIdea", **idea, territory_ids=[ELSEWHERE, JURA])
    assert elsewhere.only["territory_ids"] == [ELSEWHERE, JURA]
