"""What projects does when it hears of others: ideas chosen open a project, once."""

from typing import Any

from services.ideation.events_listening import IdeaSelected
from services.projects.events import ProjectOpened
from services.projects.reactions import REACTIONS
from shared.kernel.decider import Call, Heard, Reference
from tests.pure.deciding import HERE, JURA, OPERATED, OWN, told, uid
from tests.pure.projects.making import projects

PROJECT = uid(1)
EVENT = "0193a000-0000-7000-8000-000000000001"


def heard(kind: str, data: Any, subject: str = "s", event: str = EVENT, member: str = OWN) -> Heard:
    return Heard(
        id=event,
        type=kind,
        source=f"/members/{member}/ideation",
        sequence=5,
        subject=subject,
        time="2026-11-23T10:00:00.000000Z",
        occurred_on="2026-11-23",
        precision="day",
        origin="live",
        correlation_id=uid(90),
        data=data,
    )


def chosen(*ideas: str, **more: Any) -> Heard:
    fact = told(
        IdeaSelected,
        **HERE,
        project_id=PROJECT,
        idea_ids=ideas,
        decision_body="Council",
        project_title="The oven",
        nature="structuring",
    )
    return heard(IdeaSelected.TYPE, {**fact.payload(), **more})


def react(hear: Heard, known: Any = None) -> Any:
    (reaction,) = (one for one in REACTIONS if hear.type in one.types)
    return reaction.handle(hear, known)


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
    fact = chosen(uid(2))
    (first,), (second,) = react(fact), react(heard(fact.type, fact.data, event=EVENT[:-1] + "2"))
    assert first.command_id != second.command_id


def test_the_project_belongs_to_the_member_whose_body_chose():
    fact = chosen(uid(2))
    (call,) = react(heard(fact.type, fact.data, member="another"))
    assert call.input["member_id"] == "another"


def test_a_choice_is_heard_in_ones_own_ideation_only():
    (reaction,) = (one for one in REACTIONS if IdeaSelected.TYPE in one.types)
    assert reaction.scope == "own"


def test_fields_that_came_later_are_passed_over():
    assert react(chosen(uid(2), surprise={"a": 1})) == react(chosen(uid(2)))


def test_territories_and_accompaniments_are_kept():
    (territory,) = react(heard("ideation.TerritoryRegistered.v1", {"name": "Jura"}, f"territory/{JURA}"))
    assert territory == Reference(f"territory/{JURA}", {"name": "Jura"})
    admitted = {"territory_id": JURA, "operators": [{"member_id": OWN, "role": "lead"}]}
    (known,) = react(heard("ideation.TerritoryAdmitted.v1", admitted, f"accompaniment/{OPERATED}"))
    assert known == Reference(f"accompaniment/{OPERATED}", {"territory_id": JURA, "operators": [OWN]})


def test_operators_come_and_go():
    before = {"territory_id": JURA, "operators": [OWN]}
    also = {"territory_id": JURA, "member_id": "another", "role": "support"}
    (known,) = react(heard("ideation.OperatorAssigned.v1", also), before)
    assert known.body["operators"] == ["another", OWN]
    (known,) = react(heard("ideation.OperatorReleased.v1", also), known.body)
    assert known.body["operators"] == [OWN]
