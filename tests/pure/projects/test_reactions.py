"""What projects does when it hears of others: ideas chosen open a project, once."""

from dataclasses import replace
from typing import Any

from services.ideation.events_listening import IdeaSelected
from services.projects.events import ProjectOpened
from services.projects.reactions import REACTIONS
from shared.kernel.decider import Call, Heard
from tests.pure.amending.hearing import heard_of
from tests.pure.deciding import HERE, OPERATED, OWN, told, uid
from tests.pure.ideation.making import ideation, selected
from tests.pure.projects.making import projects

PROJECT = uid(1)


def chosen(*ideas: str, member: str = OWN, sequence: int = 5, **more: Any) -> Heard:
    fact = selected(*ideas, project_id=PROJECT, nature="structuring")
    (event,) = ideation.given(fact).events
    return heard_of(event, sequence, member, **more)


def react(hear: Heard) -> Any:
    (reaction,) = (one for one in REACTIONS if hear.type in one.types)
    return reaction.handle(hear, None)


def test_one_chosen_idea_opens_a_project():
    (call,) = react(chosen(uid(2)))
    assert isinstance(call, Call)
    assert call.name == "OpenProject"
    projects.by("SV").when("OpenProject", **call.input).then(
        told(
            ProjectOpened,
            **HERE,
            project_id=PROJECT,
            member_id=OWN,
            accompaniment_ids=[OPERATED],
            idea_ids=[uid(2)],
            title="The oven",
            nature="structuring",
            origin_kind="idea",
        )
    )


def test_several_chosen_ideas_open_one_project():
    (call,) = react(chosen(uid(2), uid(3), uid(4)))
    assert projects.by("SV").when("OpenProject", **call.input).only["idea_ids"] == [uid(2), uid(3), uid(4)]


def test_hearing_it_again_asks_the_same_command():
    assert react(chosen(uid(2))) == react(chosen(uid(2)))


def test_another_event_asks_another_command():
    (first,), (second,) = react(chosen(uid(2))), react(replace(chosen(uid(2)), id=uid(99)))
    assert first.command_id != second.command_id


def test_the_project_belongs_to_the_member_whose_body_chose():
    (call,) = react(chosen(uid(2), member="another"))
    assert call.input["member_id"] == "another"


def test_a_choice_is_heard_in_ones_own_ideation_only():
    (reaction,) = (one for one in REACTIONS if IdeaSelected.TYPE in one.types)
    assert reaction.scope == "own"


def test_fields_that_came_later_are_passed_over():
    assert react(chosen(uid(2), surprise={"a": 1})) == react(chosen(uid(2)))


def test_who_sees_the_choice_sees_the_project():
    (call,) = react(chosen(uid(2), confidentiality="member", language="en"))
    assert (call.input["confidentiality"], call.input["language"]) == ("member", "en")
