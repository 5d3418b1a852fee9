"""From needs to the ideas that are chosen."""

from services.ideation.events_listening import IdeaBatchDeclared
from tests.pure.deciding import HERE, told, uid
from tests.pure.ideation.making import (
    BATCH,
    IDEA,
    NEED,
    OTHER_IDEA,
    PROJECT,
    characterised,
    ideation,
    need,
    proposed,
    selected,
    shortlisted,
)

LOOKED = {**HERE, "need_id": NEED, "current_answer": "A van, once a week", "gap": "Six days", "unmet": True}
PROPOSE = {**HERE, "idea_id": IDEA, "title": "A shared oven", "provenance": "workshop"}
SELECT = {
    **HERE,
    "project_id": PROJECT,
    "idea_ids": [IDEA],
    "decision_body": "Council",
    "project_title": "The oven",
}


def test_a_need_is_recorded_once():
    asked = {**HERE, "need_id": NEED, "text": "No baker any more"}
    ideation.when("RecordNeed", **asked).then(need())
    ideation.given(need()).when("RecordNeed", **asked).then()
    ideation.given(need()).when("RecordNeed", **{**asked, "text": "No butcher"}).then_refused("need.exists")


def test_a_recorded_need_is_looked_into():
    ideation.given(need()).when("CharacteriseNeed", **LOOKED).then(characterised())


def test_looked_into_again_the_last_word_holds():
    past = ideation.given(need(), characterised())
    past.when("CharacteriseNeed", **LOOKED).then()
    met = {**LOOKED, "unmet": False}
    past.when("CharacteriseNeed", **met).then(characterised(unmet=False))


def test_a_need_that_nobody_recorded_is_not_looked_into():
    ideation.when("CharacteriseNeed", **LOOKED).then_refused("need.unknown")


def test_an_idea_is_proposed_once():
    ideation.when("ProposeIdea", **PROPOSE).then(proposed())
    ideation.given(proposed()).when("ProposeIdea", **PROPOSE).then()
    ideation.given(proposed(), shortlisted()).when("ProposeIdea", **PROPOSE).then()


def test_an_idea_is_not_proposed_otherwise_under_its_id():
    past = ideation.given(proposed())
    past.when("ProposeIdea", **{**PROPOSE, "title": "A mill"}).then_refused("idea.exists")


def test_a_proposed_idea_is_kept_once():
    asked = {**HERE, "idea_id": IDEA}
    ideation.given(proposed()).when("ShortlistIdea", **asked).then(shortlisted())
    ideation.given(proposed(), shortlisted()).when("ShortlistIdea", **asked).then()


def test_an_idea_that_nobody_proposed_is_not_kept():
    ideation.when("ShortlistIdea", **HERE, idea_id=IDEA).then_refused("idea.unknown")


def test_a_proposed_idea_is_chosen_kept_before_or_not():
    ideation.given(proposed()).when("SelectIdea", **SELECT).then(selected())
    ideation.given(proposed(), shortlisted()).when("SelectIdea", **SELECT).then(selected())


def test_several_ideas_become_one_project():
    asked = {**SELECT, "idea_ids": [IDEA, OTHER_IDEA]}
    past = ideation.given(proposed(), proposed(OTHER_IDEA))
    past.when("SelectIdea", **asked).then(selected(IDEA, OTHER_IDEA))


def test_every_chosen_idea_was_proposed():
    asked = {**SELECT, "idea_ids": [IDEA, OTHER_IDEA]}
    ideation.given(proposed()).when("SelectIdea", **asked).then_refused("idea.unknown")


def test_an_idea_is_named_once_in_a_choice():
    asked = {**SELECT, "idea_ids": [IDEA, IDEA]}
    ideation.given(proposed()).when("SelectIdea", **asked).then_refused("idea.twice")


def test_a_project_is_chosen_once():
    past = ideation.given(proposed(), proposed(OTHER_IDEA), selected())
    past.when("SelectIdea", **SELECT).then()
    past.when("SelectIdea", **{**SELECT, "idea_ids": [OTHER_IDEA]}).then_refused("selection.exists")


def test_an_idea_may_serve_two_projects():
    past = ideation.given(proposed(), selected())
    other = {**SELECT, "project_id": uid(50)}
    past.when("SelectIdea", **other).then(selected(project_id=uid(50)))


def test_ideas_known_as_a_number_are_declared_once():
    batch = {**HERE, "batch_id": BATCH, "count": {"value": 96, "precision": "at_least"}, "source": "A list"}
    ideation.when("DeclareIdeaBatch", **batch).then(told(IdeaBatchDeclared, **batch))
    ideation.given(told(IdeaBatchDeclared, **batch)).when("DeclareIdeaBatch", **batch).then()


def test_a_voided_idea_is_neither_kept_nor_chosen():
    past = ideation.given(proposed()).voided(1)
    past.when("ShortlistIdea", **HERE, idea_id=IDEA).then_refused("idea.unknown")
    past.when("SelectIdea", **SELECT).then_refused("idea.unknown", "idea_ids")


def test_a_voided_need_is_not_looked_into():
    ideation.given(need()).voided(1).when("CharacteriseNeed", **LOOKED).then_refused("need.unknown")


def test_a_corrected_idea_proposed_again_as_corrected_changes_nothing():
    past = ideation.given(proposed()).corrected(1, title="A mill")
    past.when("ProposeIdea", **{**PROPOSE, "title": "A mill"}).then()
    past.when("ProposeIdea", **PROPOSE).then_refused("idea.exists")
