"""Jobs: the counting rules, as sentences."""

import pytest

from tests.pure.indicators.making import at, corrected, job, opened, project_fact, undated, voided

STARTED = project_fact("ActivityStarted", "2019-02-01")
BASE = [opened(), STARTED]


def _jobs(day, *facts, scope="region"):
    return {name: value for name, value in at(day, [*BASE, *facts], scope).items() if name.startswith("jobs_")}


@pytest.mark.parametrize("scope", ["region", "territory/t", "member/cluster-jura"])
def test_a_post_counts_from_its_start_in_the_scopes_of_its_record(scope):
    made = job("2019-03-01", starts="2019-04-01")
    assert _jobs("2019-03-31", made, scope=scope) == {}
    assert _jobs("2019-04-01", made, scope=scope) == {"jobs_recorded": 1, "jobs_alive": 1, "jobs_fte_alive": 5000}


def test_a_job_counts_while_its_activity_is_started_and_its_project_opened():
    made = job()
    assert at("2020-01-01", [opened(), made]) == {"projects_opened": 1}
    assert at("2020-01-01", [STARTED, made]) == {}
    assert at("2020-01-01", [opened(), project_fact("ActivityStarted", activity_id="b"), made]) == {
        "projects_opened": 1,
        "projects_completed": 1,
    }
    assert _jobs("2020-01-01", made, voided(STARTED)) == {}
    assert _jobs("2020-01-01", made, voided(STARTED), project_fact("ActivityStarted", sequence=7000)) != {}


def test_of_several_records_of_one_job_the_one_with_the_lowest_sequence_says_what_it_is():
    first, second = job("2019-05-01", sequence=3), job("2019-03-01", sequence=4, weekly_hours="35")
    for facts in ([first, second], [second, first]):
        assert _jobs("2019-04-30", *facts) == {}
        assert _jobs("2019-05-01", *facts)["jobs_fte_alive"] == 5000
    assert _jobs("2019-03-01", first, second, voided(first))["jobs_fte_alive"] == 10000


def test_an_ended_job_stays_in_the_gross_figure_and_leaves_those_in_place():
    facts = [job("2019-03-01"), project_fact("JobEnded", "2019-06-30")]
    assert _jobs("2019-06-29", *facts) == {"jobs_recorded": 1, "jobs_alive": 1, "jobs_fte_alive": 5000}
    assert _jobs("2019-06-30", *facts) == {"jobs_recorded": 1, "jobs_lost": 1}


def test_jobs_of_an_activity_that_ceased_are_no_longer_in_place_and_not_lost():
    assert _jobs("2019-09-01", job(), project_fact("ActivityCeased", "2019-09-01")) == {"jobs_recorded": 1}


def test_a_job_leaves_at_the_first_of_its_end_and_of_its_activitys():
    ended, ceased = project_fact("JobEnded", "2019-07-01"), project_fact("ActivityCeased", "2019-05-01")
    assert "jobs_alive" not in _jobs("2019-05-01", job(), ended, ceased)
    assert _jobs("2019-06-30", job(), ended, ceased) == {"jobs_recorded": 1}
    assert _jobs("2019-07-01", job(), ended, ceased)["jobs_lost"] == 1


def test_of_several_ends_the_first_in_order_counts():
    for kind in ("JobEnded", "ActivityCeased"):
        ends = [project_fact(kind, "2019-07-01"), project_fact(kind, "2019-05-01"), project_fact(kind, "2019-09-01")]
        assert "jobs_alive" in _jobs("2019-04-30", job(), *ends)
        assert "jobs_alive" not in _jobs("2019-05-01", job(), *ends)


def test_a_job_that_ends_before_it_starts_is_lost_at_its_start():
    facts = [job(starts="2019-05-01"), project_fact("JobEnded", "2019-04-01")]
    assert _jobs("2019-04-30", *facts) == {}
    assert _jobs("2019-05-01", *facts) == {"jobs_recorded": 1, "jobs_lost": 1}


@pytest.mark.parametrize(
    ("starts", "ends", "counted"),
    [
        ("2019-04-01", "2019-04-29", False),
        ("2019-04-01", "2019-04-30", True),
        ("2019-02-01", "2019-02-27", False),
        ("2019-02-01", "2019-02-28", True),
        ("2019-01-31", "2019-02-26", False),
        ("2019-01-31", "2019-02-27", True),
    ],
)
@pytest.mark.parametrize("contract", ["fixed_term", "apprentice", "insertion", "agency", "self_employed", "open_ended"])
def test_a_contract_of_any_kind_that_ends_before_one_full_month_creates_no_post(starts, ends, counted, contract):
    made = job(starts, contract=contract, expected_end=ends)
    assert bool(_jobs("2020-01-01", made)) is counted


def test_unknown_hours_are_shown_as_unknown():
    assert _jobs("2020-01-01", job(weekly_hours=None)) == {"jobs_recorded": 1, "jobs_alive": 1, "jobs_fte_unknown": 1}


@pytest.mark.parametrize(
    ("hours", "reference", "amount"),
    [("28", "35", 8000), ("1", "3", 3333), ("2", "3", 6667), ("0.01", "40", 2), ("0.03", "40", 8)],
)
def test_shares_of_a_post_are_ten_thousandths_rounded_half_to_even(hours, reference, amount):
    made = job(weekly_hours=hours, reference_hours=reference)
    assert _jobs("2020-01-01", made).get("jobs_fte_alive", 0) == amount


def test_a_voided_job_never_was():
    made = job()
    assert _jobs("2020-01-01", made, voided(made)) == {}


def test_a_post_is_dated_by_its_own_start_and_leaves_as_dated_as_what_ends_it():
    made = job("2019-03-01", precision="year", starts="2019-03-01")
    assert undated([*BASE, made]) == {}
    ceased = project_fact("ActivityCeased", "2019-05-01", precision="year")
    assert undated([*BASE, made, ceased]) == {"jobs_alive": -1, "jobs_fte_alive": -5000}
    ended = project_fact("JobEnded", "2019-05-01", precision="quarter")
    assert undated([*BASE, made, ended]) == {"jobs_alive": -1, "jobs_fte_alive": -5000, "jobs_lost": 1}


def test_an_end_before_the_start_is_dated_by_the_start():
    made, ended = job(starts="2019-07-01"), project_fact("JobEnded", "2019-02-01", precision="quarter")
    assert undated([*BASE, made, ended]) == {}


def test_a_corrected_post_is_what_its_last_correction_says():
    made = job()
    again = [corrected(made, sequence=8000, weekly_hours="28"), corrected(made, sequence=8001, weekly_hours="35")]
    for facts in (again, again[::-1]):
        assert _jobs("2020-01-01", made, *facts)["jobs_fte_alive"] == 10000
