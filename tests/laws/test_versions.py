"""A second version of an event, walked through decision, correction, figure, sheet, history and audit.

Made up here: a version in which ideas had a name and no provenance, and which became `ideation.IdeaProposed.v1`. It is
called `v2`, since versions count from 1; which of two is the newer is for the lifts to say, not for the number.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from services.ideation.idea import Shortlisted, idea
from services.ideation.service import DEFINITION as IDEATION
from services.indicators.facts import kept
from services.indicators.reading import Reading
from shared.amending.streams import Lift
from shared.kernel.refusals import Refused
from tests.laws.commands import accompaniment, uid
from tests.laws.counting import Counted, audited, recount
from tests.laws.moves import beginning
from tests.laws.world import Asked, World

OLD, NEW = "ideation.IdeaProposed.v2", "ideation.IdeaProposed.v1"
IDEA, ENTITY = f"idea/{uid(0)}", f"idea/alpha/{uid(0)}"
TODAY: Final = date(2026, 11, 23)
ASKED: Final = Asked("AD", date(2020, 5, 1), "day")
COMMON: Final = {"territory_ids": ["t-north"], "evidence": [], "confidentiality": "public", "language": "fr"}


def _lifted(data: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in data.items() if name != "name"}
    return {**rest, "title": data["name"], "provenance": "online"}


LIFTS: Final[Mapping[str, Lift]] = {OLD: (NEW, _lifted)}


@pytest.fixture
def world() -> World:
    """A world whose ideation knows the older version, with one idea that the release before has recorded."""
    made = World({"ideation": replace(IDEATION, door=replace(IDEATION.door, lifts=LIFTS))})
    beginning(made)
    data = {**COMMON, "idea_id": uid(0), "name": "A shared oven", "needs": [], "resources": [], "themes": []}
    at = made.producer("alpha", "ideation")
    at.append(IDEA, OLD, data, made.attributes(made.raw_context("alpha", ASKED), ASKED))
    return made


def _counted(world: World) -> tuple[int, Any, int]:
    """The ideas of alpha by the reader, the sheet, and the ideas by the audit."""
    counted = Counted(world, reading=Reading(LIFTS))
    assert counted.parked == []
    trail = audited(world, LIFTS)
    assert trail.facts.parked == []
    by_audit = recount(trail, TODAY).figures("member/alpha").values["ideas_identified"]
    return counted.values(TODAY).get(("member/alpha", "ideas_identified"), 0), counted.sheet(ENTITY), by_audit


def test_it_is_decided_on_counted_shown_and_audited_in_its_new_shape(world: World) -> None:
    world.give("alpha", "ideation", "ShortlistIdea", {"idea_id": uid(0), "accompaniment_id": accompaniment(0)}, ASKED)
    state = idea(world.producer("alpha", "ideation").live(IDEA))
    assert isinstance(state, Shortlisted)
    assert (state.fact.title, state.fact.provenance) == ("A shared oven", "online")
    by_reader, sheet, by_audit = _counted(world)
    assert (by_reader, by_audit) == (1, 1)
    assert (sheet.body["title"], sheet.body["status"]) == ("A shared oven", "shortlisted")


def test_its_history_keeps_what_was_recorded(world: World) -> None:
    (fact,) = Counted(world, reading=Reading(LIFTS)).facts(ENTITY)
    assert kept(fact.body).type == OLD
    assert b'"name":"A shared oven"' in fact.body


def test_it_is_corrected_voided_and_recorded_anew(world: World) -> None:
    target = {"source": "/members/alpha/ideation", "sequence": 1}
    fixed = {"target": target, "reason": "typo", "changes": {"ProposeIdea": {"title": "An oven for all"}}}
    world.give("alpha", "ideation", "CorrectRecord", fixed, ASKED)
    by_reader, sheet, by_audit = _counted(world)
    assert (by_reader, by_audit, sheet.body["title"]) == (1, 1, "An oven for all")
    world.give("alpha", "ideation", "VoidRecord", {"target": target, "reason": "error"}, ASKED)
    assert _counted(world) == (0, None, 0)
    anew = {"idea_id": uid(0), "title": "An oven", "provenance": "online", "territory_ids": ["t-north"]}
    world.give("alpha", "ideation", "ProposeIdea", anew, ASKED)
    by_reader, sheet, by_audit = _counted(world)
    assert (by_reader, by_audit, sheet.body["title"]) == (1, 1, "An oven")


def test_whoever_does_not_know_it_sets_it_aside_or_ends_the_decision(world: World) -> None:
    counted, trail = Counted(world), audited(world)
    assert [reason.partition(":")[0] for _, reason in counted.parked] == ["payload.version"]
    assert [one.reason.partition(":")[0] for one in trail.facts.parked] == ["payload.version"]
    world.producer("alpha", "ideation").definition = IDEATION
    with pytest.raises(Refused, match=r"record\.unknown_type"):
        world.give("alpha", "ideation", "ShortlistIdea", {"idea_id": uid(0)}, ASKED)
