"""Projects: the counting rules, as sentences."""

import pytest

from tests.pure.indicators.making import YONNE_PROJECTS, at, corrected, opened, project_fact, undated, voided

QUALIFIED = project_fact("ProjectQualified", "2019-02-01")
LAUNCHED = project_fact("LaunchPhaseOpened", "2019-04-01")
DECLARED = project_fact("ProjectNearingDeclared", "2019-02-01")
STARTED = project_fact("ActivityStarted", "2019-06-01")


def _nearing(day, *facts):
    return at(day, [opened(), *facts]).get("projects_nearing", 0)


def test_a_project_whose_activity_started_is_completed_for_ever():
    facts = [opened(), STARTED, project_fact("ActivityCeased", "2020-01-01")]
    assert "projects_completed" not in at("2019-05-31", facts)
    assert at("2019-06-01", facts)["projects_completed"] == 1
    assert at("2025-01-01", facts)["projects_completed"] == 1


def test_a_project_is_completed_once_at_its_first_activity():
    facts = [opened(), STARTED, project_fact("ActivityStarted", "2019-05-01", activity_id="b")]
    assert at("2019-05-01", facts)["projects_completed"] == 1
    assert at("2020-01-01", facts)["projects_completed"] == 1


def test_a_completion_is_not_held_back_to_the_opening():
    facts = [opened("2020-01-01"), STARTED]
    assert at("2019-06-01", facts) == {"projects_completed": 1}


def test_a_pilot_is_no_completion():
    assert at("2020-01-01", [opened(), project_fact("PilotStarted")]) == {"projects_opened": 1}


def test_a_qualified_project_nears_once_its_launch_phase_is_open():
    assert _nearing("2019-12-31", QUALIFIED) == 0
    assert _nearing("2019-12-31", LAUNCHED) == 0
    assert _nearing("2019-03-31", QUALIFIED, LAUNCHED) == 0
    assert _nearing("2019-04-01", QUALIFIED, LAUNCHED) == 1


def test_a_body_may_declare_a_project_nearing():
    assert _nearing("2019-01-31", DECLARED) == 0
    assert _nearing("2019-02-01", DECLARED) == 1


def test_a_project_is_not_nearing_qualified_or_launched_before_its_opening():
    late = opened("2019-12-01")
    for facts in ([late, QUALIFIED, LAUNCHED], [late, DECLARED]):
        assert at("2019-11-30", facts) == {}
        assert at("2019-12-01", facts)["projects_nearing"] == 1
    assert at("2019-12-01", [late, QUALIFIED, LAUNCHED]) == {
        "projects_opened": 1,
        "projects_qualified": 1,
        "projects_launching": 1,
        "projects_nearing": 1,
    }


def test_each_step_counts_once_at_its_first_day():
    again = [project_fact("ProjectQualified", "2019-03-01"), project_fact("LaunchPhaseOpened", "2019-03-01")]
    figures = at("2019-12-31", [opened(), QUALIFIED, LAUNCHED, *again])
    assert (figures["projects_qualified"], figures["projects_launching"]) == (1, 1)
    assert at("2019-03-01", [opened(), QUALIFIED, LAUNCHED, *again])["projects_launching"] == 1


def test_a_completed_or_abandoned_project_nears_no_more():
    for end in (STARTED, project_fact("ProjectAbandoned", "2019-06-01", reason="other")):
        assert _nearing("2019-05-31", DECLARED, end) == 1
        assert _nearing("2019-06-01", DECLARED, end) == 0


def test_an_abandonment_is_final():
    abandoned = project_fact("ProjectAbandoned", "2019-03-01", reason="other")
    later = [project_fact("ProjectNearingDeclared", "2019-05-01"), project_fact("ProjectResumed", "2019-05-01")]
    assert _nearing("2020-01-01", abandoned, *later) == 0


def test_a_pause_of_more_than_twelve_months_excludes_from_the_day_after_the_same_day_of_the_next_year():
    paused = project_fact("ProjectPaused", "2019-03-10", reason="funds")
    assert _nearing("2020-03-10", DECLARED, paused) == 1
    assert _nearing("2020-03-11", DECLARED, paused) == 0
    assert _nearing("2030-01-01", DECLARED, paused) == 0


def test_a_pause_since_29_february_excludes_from_1_march_and_a_resumption_ends_it():
    paused = project_fact("ProjectPaused", "2020-02-29", reason="funds")
    resumed = project_fact("ProjectResumed", "2021-06-01")
    assert _nearing("2021-02-28", DECLARED, paused, resumed) == 1
    assert _nearing("2021-03-01", DECLARED, paused, resumed) == 0
    assert _nearing("2021-05-31", DECLARED, paused, resumed) == 0
    assert _nearing("2021-06-01", DECLARED, paused, resumed) == 1


def test_a_short_pause_changes_nothing():
    pause = [project_fact("ProjectPaused", "2020-01-01"), project_fact("ProjectResumed", "2020-06-01")]
    assert _nearing("2022-01-01", DECLARED, *pause) == 1


def test_a_pause_in_a_pause_goes_on_from_the_first():
    paused = [project_fact("ProjectPaused", "2019-03-10"), project_fact("ProjectPaused", "2019-12-01")]
    assert _nearing("2020-03-10", DECLARED, *paused) == 1
    assert _nearing("2020-03-11", DECLARED, *paused) == 0


def test_pauses_at_the_end_of_time_do_no_harm():
    late = {"time": "2099-12-31T23:30:00.000000Z"}
    facts = [DECLARED, project_fact("ProjectPaused", "2099-12-31", **late)]
    facts.append(project_fact("ProjectResumed", "2099-12-31", **late))
    assert _nearing("2022-01-01", *facts) == 1


def test_nothing_counts_of_a_project_without_an_opening():
    steps = [QUALIFIED, LAUNCHED, DECLARED, STARTED, project_fact("JobCreated", "2019-07-01")]
    assert at("2020-01-01", steps) == {}


def test_a_voided_opening_takes_the_steps_of_its_stream_and_silences_activities():
    opening = opened()
    facts = [opening, project_fact("ProjectQualified"), project_fact("ActivityStarted")]
    void = voided(opening, facts[1])
    assert at("2020-01-01", [*facts, void]) == {}
    anew = opened(sequence=5000)
    assert at("2020-01-01", [*facts, void, anew]) == {"projects_opened": 1, "projects_completed": 1}


@pytest.mark.parametrize("scope", ["region", "territory/t", "member/cluster-jura"])
def test_a_project_counts_in_the_territories_of_its_opening_and_at_its_member(scope):
    facts = [opened(), project_fact("ProjectQualified", territory_ids=["u"])]
    assert at("2020-01-01", facts, scope) == {"projects_opened": 1, "projects_qualified": 1}
    assert at("2020-01-01", facts, "territory/u") == {}


def test_of_two_openings_the_first_in_order_says_where_and_since_when():
    facts = [opened("2019-05-01", territory_ids=["u"]), opened("2019-01-01")]
    assert at("2019-01-01", facts)["projects_opened"] == 1
    assert at("2020-01-01", facts, "territory/u") == {}


def test_two_members_that_use_one_id_have_two_projects():
    theirs = [opened(source=YONNE_PROJECTS), project_fact("ActivityStarted", source=YONNE_PROJECTS)]
    facts = [opened(), *theirs]
    assert at("2020-01-01", facts)["projects_opened"] == 2
    assert at("2020-01-01", facts, "member/cluster-jura") == {"projects_opened": 1}
    assert at("2020-01-01", facts, "member/fdfr-89") == {"projects_opened": 1, "projects_completed": 1}


def test_what_a_pause_brings_about_is_dated_as_the_pause_is():
    paused = project_fact("ProjectPaused", "2019-06-01", precision="year")
    facts = [opened(), DECLARED, paused]
    assert undated(facts) == {"projects_nearing": -1}
    assert undated([*facts, corrected(paused, on="2019-06-01", precision="month")]) == {}
