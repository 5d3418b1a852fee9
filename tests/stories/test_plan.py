"""The plan of the paper's history, as a pure value: sums, order, ids, and nothing that the paper does not say."""

import re
from collections import Counter
from datetime import date

import pytest
from jsonschema import FormatChecker, validate

from deploy.provision import secrets
from deploy.provision.collective import load as load_collective
from deploy.whitepaper import facts as paper
from deploy.whitepaper.keys import introductions
from deploy.whitepaper.plan import plan
from deploy.whitepaper.planned import PAPER, Planned, When, days, ordered
from deploy.whitepaper.wire import mutation, variables
from shared import contracts

FACTS = paper.load()
PLAN = plan(FACTS)


def given(command: str) -> list[Planned]:
    return [step for step in PLAN if step.command == command]


def test_the_detail_and_the_batches_make_the_five_headline_figures():
    headlines = {name: one["value"] for name, one in FACTS["headline_figures"].items()}
    batch = {step.key: step.input for step in PLAN if step.key.startswith("batch/")}
    completed, nearing = len(given("StartActivity")), len(given("DeclareProjectNearing"))
    identified = len({step.input["actor_id"] for step in given("RecordParticipation")})
    declared = sum(step.input["headcount"]["value"] for step in given("DeclareHeadcount"))
    assert (completed, nearing, batch["batch/projects"]["count"]["value"]) == (2, 1, 24)
    assert (identified, declared) == (12, 1873)
    assert {
        "advisers_mobilised": batch["batch/advisers"]["count"]["value"],
        "territories_accompanied": len({step.input["territory_id"] for step in given("AdmitTerritory")}),
        "projects_completed_or_nearing": completed + nearing + batch["batch/projects"]["count"]["value"],
        "local_actors_mobilised": identified + declared,
        "jobs_created": batch["batch/jobs"]["count"]["value"],
    } == headlines


def test_every_territory_is_registered_before_it_is_admitted_and_seventeen_name_an_epci():
    registered = {step.input["territory_id"]: step.input for step in given("RegisterTerritory")}
    epci = [
        one
        for one in registered.values()
        if any(link["relation"] in ("is", "part") for link in one.get("epci_links", []))
    ]
    assert (len(registered), len(epci)) == (22, 17)
    for step in given("AdmitTerritory"):
        before = [one.key for one in PLAN[: PLAN.index(step)]]
        assert f"{step.input['territory_id']}/registered" in before


def test_the_order_is_of_time_and_each_command_follows_what_it_needs():
    when = [step.when.latest for step in PLAN]
    assert when == sorted(when)
    told: set[str] = set()
    for step in PLAN:
        assert told.issuperset(step.after), step.key
        told.add(step.key)
    assert [day[0].when.latest for day in days(PLAN)] == sorted(set(when))


def test_what_is_left_of_the_actors_is_told_last_when_everything_else_is():
    assert PLAN[-1].key == "batch/actors"
    assert set(PLAN[-1].after) == {step.key for step in PLAN[:-1]}


def test_ids_are_the_same_at_every_planning_and_each_command_has_its_own():
    again = plan(paper.load())
    assert [(s.key, s.command_id, s.input) for s in again] == [(s.key, s.command_id, s.input) for s in PLAN]
    assert len({step.command_id for step in PLAN}) == len(PLAN)


def test_nothing_is_dated_later_than_the_paper_and_unknown_dates_are_at_latest():
    known = {step.key: (step.when.on.year, step.when.precision) for step in PLAN if step.when.precision != "at_latest"}
    assert all(step.when.latest <= PAPER.on for step in PLAN)
    assert Counter(known.values()) == {(2014, "year"): 2, (2016, "year"): 6, (2019, "month"): 1}
    assert {step.when.on for step in PLAN if step.when.precision == "at_latest"} == {PAPER.on, date(2019, 9, 30)}


def test_a_case_is_recorded_by_the_member_that_the_paper_names_else_by_the_coordinator():
    named = {step.key.split("/")[0]: step.member for step in PLAN if step.roles != ("CO",)}
    assert named == {
        "cc-haut-jura-arcade": "france-active-franche-comte",
        "smet-canal-du-nivernais": "france-active-bourgogne",
    }
    others = {step.member for step in PLAN if step.roles == ("CO",)}
    assert others == {FACTS["collective"]["coordinator"]}
    assert {step.origin for step in PLAN} == {"legacy"}


def test_about_stays_about():
    counts = sorted(
        (s.input["headcount"]["value"], s.input["headcount"]["precision"]) for s in given("DeclareHeadcount")
    )
    assert counts == [(20, "approx"), (40, "approx"), (1813, "approx")]
    leads = {s.input["territory_ids"][0]: s.input["count"] for s in given("DeclareIdeaBatch")}
    assert leads["pays-de-montbeliard-agglomeration"] == {"value": 96, "precision": "at_least"}


def test_no_person_is_named():
    """A title before a name, or a field made for one, would betray it; actors have a pseudonym and nothing else."""
    text = repr([dict(step.input) for step in PLAN])
    assert not re.search(r"\b(M\.|Mme|Mr|Mrs|Monsieur|Madame) [A-ZÉ]", text)
    for step in given("RegisterActor"):
        assert set(step.input) <= {
            "confidentiality",
            "language",
            "territory_ids",
            "accompaniment_id",
            "actor_id",
            "kind",
            "category",
            "consent",
        }


def step_named(key: str, when: When, *after: str) -> Planned:
    return Planned(key, "m", "ideation", ("CO",), "JoinMember", {}, when, after)


@pytest.mark.parametrize(
    ("steps", "word"),
    [
        ([step_named("a", PAPER), step_named("a", PAPER)], "same key"),
        ([step_named("a", PAPER, "b")], "not planned"),
        ([step_named("a", PAPER), step_named("b", When(date(2014, 6, 1), "year"), "a")], "later"),
    ],
)
def test_a_plan_that_cannot_be_played_is_refused(steps, word):
    with pytest.raises(ValueError, match=word):
        ordered(steps)


@pytest.mark.parametrize("step", PLAN, ids=lambda step: step.key)
def test_each_command_fits_its_contract_and_is_given_in_a_role_that_may(step):
    about = contracts.commands()[step.command]
    assert about["service"] == step.service
    assert set(step.roles) & set(about["roles"])
    validate(dict(step.input), contracts.command_schema(step.command), format_checker=FormatChecker())


def test_a_mutation_has_camel_case_names_and_capitals_for_closed_lists():
    (pilot,) = given("StartPilot")
    sent = variables(pilot)["input"]
    assert sent["origin"] == "LEGACY"
    assert sent["occurredOn"] == {"date": "2019-09-01", "precision": "MONTH"}
    assert sent["confidentiality"] == "PUBLIC"
    assert sent["territoryIds"] == ["cc-haut-jura-arcade"]
    registered = variables(given("RegisterTerritory")[0])["input"]
    assert registered["epciLinks"][0]["relation"] == "IS"
    assert "mutation StartPilot($input: StartPilotInput!) { startPilot(input: $input)" in mutation("StartPilot")


def test_the_registry_is_told_its_own_key_first_and_then_every_other(tmp_path):
    collective = load_collective()
    secrets.ensure(tmp_path, collective)
    first, *others = introductions(collective, tmp_path)
    assert (first.input["member_id"], first.input["service"]) == (collective.coordinator, "ideation")
    assert {(one.input["member_id"], one.input["service"]) for one in [first, *others]} == set(collective.producers)
    assert all(one.after == (first.key,) for one in others)
    validate(dict(first.input), contracts.command_schema("IntroduceProducerKey"))
    assert [one.command_id for one in introductions(collective, tmp_path)] == [
        one.command_id for one in [first, *others]
    ]
    assert "occurredOn" not in variables(first)["input"]
