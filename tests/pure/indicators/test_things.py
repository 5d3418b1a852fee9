"""Ideas, needs, interviews, workshops, and numbers without identity: the counting rules, as sentences."""

import pytest

from tests.pure.indicators.making import YONNE, at, fact, project_fact, voided


@pytest.mark.parametrize(
    ("kind", "indicator"),
    [("IdeaProposed", "ideas_identified"), ("InterviewHeld", "interviews_held"), ("WorkshopHeld", "workshops_held")],
)
def test_each_counts_once_from_its_first_day_in_every_scope_of_its_record(kind, indicator):
    facts = [fact(kind, "2019-06-01"), fact(kind, "2019-03-01"), fact(kind, "2019-09-01")]
    assert at("2019-02-28", facts) == {}
    for scope in ("region", "territory/t", "member/cluster-jura"):
        assert at("2019-12-31", facts, scope) == {indicator: 1}
    assert at("2019-12-31", facts, "member/fdfr-89") == {}


def test_two_members_that_use_one_id_have_two_objects():
    facts = [fact("IdeaProposed"), fact("IdeaProposed", source=YONNE)]
    assert at("2019-12-31", facts) == {"ideas_identified": 2}
    assert at("2019-12-31", [*facts, voided(facts[1])]) == {"ideas_identified": 1}


def test_a_need_counts_when_it_was_recorded_and_looked_into():
    need, characterised = fact("NeedRecorded", "2019-06-01"), fact("NeedCharacterised", "2019-03-01")
    assert at("2019-12-31", [need]) == {}
    assert at("2019-12-31", [characterised]) == {}
    assert at("2019-03-01", [need, characterised]) == {"needs_recorded": 1}
    assert at("2019-12-31", [need, characterised, voided(need, characterised)]) == {}


def test_what_went_with_a_void_does_not_come_back_when_the_need_is_recorded_anew():
    need, characterised = fact("NeedRecorded"), fact("NeedCharacterised")
    facts = [need, characterised, voided(need), fact("NeedRecorded", sequence=9000)]
    assert at("2019-12-31", facts) == {}
    assert at("2019-12-31", [*facts, fact("NeedCharacterised", sequence=9001)]) == {"needs_recorded": 1}


SCOPES = ("region", "territory/t", "member/cluster-jura")


@pytest.mark.parametrize("scope", SCOPES)
def test_a_number_of_ideas_counts_in_the_scopes_of_who_declared_it_with_its_label(scope):
    assert at("2019-12-31", [fact("IdeaBatchDeclared")], scope) == {
        "ideas_declared": 200,
        "ideas_declared_at_least": 200,
    }


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(
    ("stage", "indicator"),
    [
        ("completed", "projects_completed"),
        ("nearing", "projects_nearing"),
        ("completed_or_nearing", "projects_declared"),
    ],
)
def test_a_number_of_projects_adds_to_what_it_says_they_are(stage, indicator, scope):
    batch = project_fact("ProjectBatchDeclared", stage=stage)
    assert at("2019-12-31", [batch], scope) == {indicator: 30, f"{indicator}_approx": 30}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("kind", "indicator"), [("created", "declared"), ("consolidated", "consolidated")])
def test_consolidated_jobs_are_never_added_to_those_created(kind, indicator, scope):
    batch = project_fact("JobBatchDeclared", kind=kind, territory_ids=["t"])
    assert at("2019-12-31", [batch], scope) == {f"jobs_{indicator}": 9}
