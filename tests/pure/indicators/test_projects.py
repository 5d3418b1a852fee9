"""Projects and jobs: the counting rules, as sentences."""

import msgspec
import pytest

from tests.pure.indicators.making import amending, at, job, opened, project_fact


def _nearing(day, *facts):
    return at(day, "project/p", [opened(), *facts]).get("projects_nearing", 0)


def test_a_project_whose_activity_started_is_completed_for_ever():
    facts = [opened(), project_fact("ActivityStarted", "2019-06-01", activity_id="a")]
    facts.append(project_fact("ActivityCeased", "2020-01-01", activity_id="a"))
    assert "projects_completed" not in at("2019-05-31", "project/p", facts)
    assert at("2019-06-01", "project/p", facts)["projects_completed"] == 1
    assert at("2025-01-01", "project/p", facts)["projects_completed"] == 1


def test_a_pilot_is_no_completion():
    assert "projects_completed" not in at("2020-01-01", "project/p", [opened(), project_fact("PilotStarted")])


def test_a_qualified_project_nears_once_its_launch_phase_is_open():
    qualified, launched = (
        project_fact("ProjectQualified", "2019-02-01"),
        project_fact("LaunchPhaseOpened", "2019-04-01"),
    )
    assert _nearing("2019-12-31", qualified) == 0
    assert _nearing("2019-12-31", launched) == 0
    assert _nearing("2019-03-31", qualified, launched) == 0
    assert _nearing("2019-04-01", qualified, launched) == 1


def test_the_steering_body_may_declare_a_project_nearing():
    assert _nearing("2019-06-01", project_fact("ProjectNearingDeclared")) == 1


def test_a_completed_or_abandoned_project_nears_no_more():
    declared = project_fact("ProjectNearingDeclared", "2019-02-01")
    started = project_fact("ActivityStarted", "2019-06-01", activity_id="a")
    abandoned = project_fact("ProjectAbandoned", "2019-06-01", reason="other")
    for end in (started, abandoned):
        assert _nearing("2019-05-31", declared, end) == 1
        assert _nearing("2019-06-01", declared, end) == 0


def test_nearing_decays_after_twelve_months_of_pause_and_comes_back():
    declared = project_fact("ProjectNearingDeclared", "2019-01-02")
    paused = project_fact("ProjectPaused", "2020-02-29")
    resumed = project_fact("ProjectResumed", "2021-06-01")
    assert _nearing("2021-02-28", declared, paused, resumed) == 1
    assert _nearing("2021-03-01", declared, paused, resumed) == 0
    assert _nearing("2021-06-01", declared, paused, resumed) == 1


def test_a_short_pause_changes_nothing():
    facts = [project_fact("ProjectNearingDeclared"), project_fact("ProjectPaused", "2020-01-01")]
    facts.append(project_fact("ProjectResumed", "2020-06-01"))
    assert _nearing("2022-01-01", *facts) == 1


def test_nothing_counts_of_a_project_that_was_never_opened_but_its_jobs():
    facts = [project_fact("ProjectNearingDeclared"), job()]
    assert at("2020-01-01", "project/p", facts) == {
        "jobs_recorded": 1,
        "jobs_alive": 1,
        "jobs_fte_alive": 5000,
    }


@pytest.mark.parametrize("scope", ["region", "territory/t", "member/cluster-jura"])
def test_a_project_counts_in_its_territories_and_at_its_owner(scope):
    assert at("2019-01-01", "project/p", [opened()], scope) == {"projects_opened": 1}


def test_an_ended_job_stays_in_the_gross_figure_and_leaves_those_in_place():
    facts = [job("2019-03-01"), project_fact("JobEnded", "2019-06-30", job_id="j", activity_id="a", sequence=2)]
    april, july = at("2019-04-15", "project/p", facts), at("2019-07-15", "project/p", facts)
    assert (april["jobs_recorded"], april["jobs_alive"], april["jobs_fte_alive"]) == (1, 1, 5000)
    assert july == {"jobs_recorded": 1, "jobs_lost": 1}


def test_jobs_of_an_activity_that_ceased_are_no_longer_in_place():
    facts = [job(), project_fact("ActivityCeased", "2019-09-01", activity_id="a")]
    assert "jobs_alive" not in at("2019-09-01", "project/p", facts)


def test_a_job_counts_from_its_start():
    assert at("2019-03-31", "project/p", [job("2019-03-01", starts="2019-04-01")]) == {}


def test_a_job_that_ends_before_it_starts_was_never_in_place():
    facts = [job(starts="2019-05-01"), project_fact("JobEnded", "2019-04-01", job_id="j", activity_id="a")]
    assert "jobs_alive" not in at("2019-05-01", "project/p", facts)


def test_a_contract_of_less_than_a_month_creates_no_post():
    short = job(contract="fixed_term", expected_end="2019-03-31")
    month = job(contract="fixed_term", expected_end="2019-04-01")
    assert at("2020-01-01", "project/p", [short]) == {}
    assert at("2020-01-01", "project/p", [month])["jobs_recorded"] == 1


def test_unknown_hours_are_shown_as_unknown():
    assert at("2020-01-01", "project/p", [job(weekly_hours=None)])["jobs_fte_unknown"] == 1


def test_a_voided_job_never_was():
    made = job()
    assert at("2020-01-01", "project/p", [made, amending(made, "RecordVoided")]) == {}


def test_of_several_amendments_the_latest_by_content_holds():
    made = job()
    void = amending(made, "RecordVoided", time="2026-11-24T10:00:00.000000Z")
    body = {name: value for name, value in msgspec.to_builtins(made.said).items() if value is not None}
    body["weekly_hours"] = "35"
    correct = amending(
        made, "RecordCorrected", sequence=91, time="2026-11-25T10:00:00.000000Z", replacement={"data": body}
    )
    for order in ([made, void, correct], [correct, void, made], [void, made, correct]):
        assert at("2020-01-01", "project/p", order)["jobs_fte_alive"] == 10000


def test_a_corrected_date_moves_the_fact():
    start = project_fact("ActivityStarted", "2019-06-01", activity_id="a")
    moved = amending(start, "RecordCorrected", replacement={"occurred_on": "2018-06-01", "occurred_precision": "day"})
    assert at("2018-06-01", "project/p", [opened("2018-01-01"), start, moved])["projects_completed"] == 1
