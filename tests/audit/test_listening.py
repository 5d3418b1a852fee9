"""How the audit counts ideas, needs, interviews and workshops."""

import pytest

from tests.audit.counting import figures_of, value
from tests.audit.making import FDFR, JURA, World, qty

PLACE = {"territory_ids": ["chenove"]}
HELD = [
    ("ideas_identified", "IdeaProposed", "idea_id"),
    ("interviews_held", "InterviewHeld", "interview_id"),
    ("workshops_held", "WorkshopHeld", "workshop_id"),
]


@pytest.mark.parametrize(("indicator", "event", "field"), HELD)
def test_each_counts_once_at_its_first_day_where_it_was_recorded(indicator: str, event: str, field: str) -> None:
    told = World(JURA, FDFR)
    told.say(f"ideation.{event}", {field: "i", **PLACE}, "2019-03-01")
    told.say(f"ideation.{event}", {field: "i"}, "2019-05-01")
    assert [value(told, indicator, day) for day in ("2019-02-28", "2019-03-01", "2026-11-01")] == [0, 1, 1]
    for scope in ("member/cluster-jura", "territory/chenove"):
        assert value(told, indicator, scope=scope) == 1
    assert value(told, indicator, scope="member/fdfr-89") == 0


@pytest.mark.parametrize(("indicator", "event", "field"), HELD)
def test_two_members_that_use_one_id_have_two_and_a_voided_one_is_none(indicator: str, event: str, field: str) -> None:
    told = World(JURA, FDFR)
    first = told.say(f"ideation.{event}", {field: "i"}, "2019-03-01")
    told.say(f"ideation.{event}", {field: "i"}, "2019-03-01", source=FDFR)
    assert value(told, indicator) == 2
    told.void(JURA, first)
    assert value(told, indicator) == 1
    assert value(told, indicator, scope="member/cluster-jura") == 0


def test_a_recorded_need_counts_at_its_first_characterisation() -> None:
    told = World(JURA, FDFR)
    recorded = told.say("ideation.NeedRecorded", {"need_id": "n"}, "2019-01-01")
    assert value(told, "needs_recorded") == 0
    told.say("ideation.NeedCharacterised", {"need_id": "n", **PLACE}, "2019-03-01")
    told.say("ideation.NeedCharacterised", {"need_id": "n"}, "2019-05-01")
    assert [value(told, "needs_recorded", day) for day in ("2019-02-28", "2019-03-01", "2026-11-01")] == [0, 1, 1]
    assert value(told, "needs_recorded", scope="territory/chenove") == 1
    told.void(JURA, recorded)
    assert value(told, "needs_recorded") == 0


def test_a_characterised_need_that_only_another_member_recorded_does_not_count() -> None:
    told = World(JURA, FDFR)
    told.say("ideation.NeedRecorded", {"need_id": "n"}, source=FDFR)
    told.say("ideation.NeedCharacterised", {"need_id": "n"})
    assert value(told, "needs_recorded") == 0
    told.say("ideation.NeedRecorded", {"need_id": "n"})
    assert value(told, "needs_recorded") == 1


def test_declared_ideas_stand_apart_in_the_scopes_of_the_declaring_record() -> None:
    told = World(JURA)
    told.say("ideation.IdeaBatchDeclared", {"count": qty(80, "approx"), **PLACE}, "2018-01-01")
    for scope in ("region", "member/cluster-jura", "territory/chenove"):
        found = figures_of(told, scope=scope)
        assert (found.values["ideas_declared"], found.values["ideas_declared_approx"]) == (80, 80)
        assert (found.values["ideas_identified"], found.values["ideas_declared_at_least"]) == (0, 0)
        assert found.precision["ideas_declared"] == "approx"
    assert [value(told, "ideas_declared", day) for day in ("2017-12-31", "2018-01-01")] == [0, 80]
