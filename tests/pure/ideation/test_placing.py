"""Who may record where: known territories, and accompaniments that the member operates."""

import pytest

from tests.pure.deciding import COORDINATOR, ELSEWHERE, FOREIGN, HERE, JURA, OPERATED, OWN
from tests.pure.ideation.making import IDEA, admitted, deaf, ideation, proposed, registered, released

IDEA_TOLD = {"idea_id": IDEA, "title": "A shared oven", "provenance": "workshop"}


def test_a_fact_may_be_recorded_under_no_accompaniment():
    assert ideation.when("ProposeIdea", **IDEA_TOLD).only["territory_ids"] == []


def test_a_fact_under_an_accompaniment_is_about_its_territory():
    told_of = ideation.when("ProposeIdea", **IDEA_TOLD, accompaniment_id=OPERATED).only
    assert told_of["territory_ids"] == [JURA]


def test_a_fact_may_be_about_several_territories():
    asked = {**IDEA_TOLD, "accompaniment_id": OPERATED, "territory_ids": [ELSEWHERE]}
    assert ideation.when("ProposeIdea", **asked).only["territory_ids"] == [ELSEWHERE, JURA]


def test_a_territory_that_was_not_heard_of_is_refused():
    deaf.when("ProposeIdea", **IDEA_TOLD, territory_ids=[JURA]).then_refused("territory.unknown")


def test_an_accompaniment_that_was_not_heard_of_is_refused():
    asked = {**IDEA_TOLD, "accompaniment_id": OPERATED}
    deaf.when("ProposeIdea", **asked).then_refused("accompaniment.unknown")


@pytest.mark.parametrize("role", ["AD", "AC", "TR"])
def test_a_member_writes_only_where_it_operates(role):
    asked = {**IDEA_TOLD, "accompaniment_id": FOREIGN}
    ideation.by(role).when("ProposeIdea", **asked).then_refused("accompaniment.not_operator")


def test_the_past_is_no_excuse_for_writing_elsewhere():
    asked = {**IDEA_TOLD, "accompaniment_id": FOREIGN}
    ideation.legacy().when("ProposeIdea", **asked).then_refused("accompaniment.not_operator")


def test_the_coordinator_writes_everywhere():
    ideation.by("CO").when("ProposeIdea", **IDEA_TOLD, **HERE).then(proposed())


def test_at_the_coordinators_the_streams_themselves_answer():
    past = deaf.given(admitted(COORDINATOR)).by("AD", COORDINATOR)
    told_of = past.when("ProposeIdea", **IDEA_TOLD, accompaniment_id=OPERATED).only
    assert told_of["territory_ids"] == [JURA]


def test_a_released_operator_writes_no_more():
    past = deaf.given(admitted(OWN), released())
    past.when("ProposeIdea", **IDEA_TOLD, accompaniment_id=OPERATED).then_refused("accompaniment.not_operator")


def test_of_what_was_voided_nothing_more_is_told():
    past = deaf.by("CO").given(registered(), admitted(COORDINATOR))
    past.when("ProposeIdea", **IDEA_TOLD, accompaniment_id=OPERATED).then(proposed())
    past.voided(2).when("ProposeIdea", **IDEA_TOLD, accompaniment_id=OPERATED).then_refused("accompaniment.unknown")
    past.voided(1).when("ProposeIdea", **IDEA_TOLD, territory_ids=[JURA]).then_refused("territory.unknown")


def test_with_its_accompaniments_territory_a_fact_names_no_more_than_a_record_may():
    few = {**IDEA_TOLD, "accompaniment_id": OPERATED, "territory_ids": [ELSEWHERE]}
    assert ideation.when("ProposeIdea", **few).only["territory_ids"] == [ELSEWHERE, JURA]
    many = {**few, "territory_ids": [f"{ELSEWHERE}-{number}" for number in range(50)]}
    heard = {f"territory/{name}": {"name": name} for name in many["territory_ids"]}
    ideation.hearing(heard).when("ProposeIdea", **many).then_refused("input.invalid")
