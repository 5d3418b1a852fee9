"""Territories and their accompaniments: the counting rules, as sentences."""

import pytest

from tests.pure.indicators.making import (
    YONNE_PROJECTS,
    at,
    coordinators,
    corrected,
    opened,
    undated,
    voided,
)

REGISTERED = coordinators("TerritoryRegistered")


def _admitted(on="2019-01-01", accompaniment="acc", operators=(), **given):
    named = [{"member_id": member, "role": "lead"} for member in operators]
    return coordinators("TerritoryAdmitted", on, accompaniment_id=accompaniment, operators=named, **given)


def test_a_renewed_territory_counts_once_and_its_accompaniments_twice():
    facts = [REGISTERED, _admitted(), _admitted("2021-01-01", "second")]
    assert at("2018-12-31", facts) == {}
    assert at("2019-01-01", facts) == {"territories_not_epci": 1, "accompaniments_total": 1}
    assert at("2021-12-31", facts) == {"territories_not_epci": 1, "accompaniments_total": 2}
    assert at("2021-12-31", facts, "territory/t") == at("2021-12-31", facts)


def test_an_accompaniment_admitted_again_counts_once():
    facts = [REGISTERED, _admitted(), _admitted("2018-01-01")]
    assert at("2018-01-01", facts)["accompaniments_total"] == 1
    assert at("2021-01-01", facts)["accompaniments_total"] == 1


def test_an_accompaniment_needs_a_registered_territory():
    assert at("2019-12-31", [_admitted(operators=["cluster-jura"]), opened()], "territory/t") == at(
        "2019-12-31", [opened()], "territory/t"
    )
    assert at("2019-12-31", [_admitted(), REGISTERED, voided(REGISTERED)]) == {}
    again = coordinators("TerritoryRegistered", sequence=400)
    assert at("2019-12-31", [_admitted(), REGISTERED, voided(REGISTERED), again])["territories_not_epci"] == 1


@pytest.mark.parametrize(
    ("relation", "indicator"),
    [("is", "epci"), ("part", "epci"), ("member_of", "not_epci"), ("contains", "not_epci"), ("overlaps", "not_epci")],
)
def test_a_territory_that_is_an_epci_or_names_one_as_its_part_is_told_apart(relation, indicator):
    link = {"siren": "248900524", "relation": relation}
    facts = [coordinators("TerritoryRegistered", epci_links=[link]), _admitted()]
    assert at("2019-12-31", facts)[f"territories_{indicator}"] == 1


def test_a_member_counts_the_territory_from_the_first_day_on_which_it_operates_there():
    later = coordinators("OperatorAssigned", "2020-01-01")
    facts = [REGISTERED, _admitted(operators=["cluster-jura"]), later]
    assert at("2019-01-01", facts, "member/cluster-jura") == {"territories_not_epci": 1, "accompaniments_total": 1}
    assert at("2019-12-31", facts, "member/fdfr-89") == {}
    assert at("2020-01-01", facts, "member/fdfr-89") == {"territories_not_epci": 1, "accompaniments_total": 1}


def test_each_accompaniment_counts_for_a_member_from_when_it_operates_that_one():
    facts = [REGISTERED, _admitted(operators=["fdfr-89"]), _admitted("2019-01-01", "second")]
    facts.append(coordinators("OperatorAssigned", "2021-01-01", accompaniment_id="second"))
    assert at("2020-12-31", facts, "member/fdfr-89")["accompaniments_total"] == 1
    assert at("2021-01-01", facts, "member/fdfr-89")["accompaniments_total"] == 2


def test_who_becomes_an_operator_twice_counts_from_the_first_time():
    facts = [REGISTERED, _admitted(), coordinators("OperatorAssigned", "2021-01-01")]
    facts.append(coordinators("OperatorAssigned", "2020-01-01"))
    assert at("2020-01-01", facts, "member/fdfr-89") == {"territories_not_epci": 1, "accompaniments_total": 1}
    assert at("2022-01-01", facts, "member/fdfr-89") == {"territories_not_epci": 1, "accompaniments_total": 1}


def test_nobody_operates_an_accompaniment_before_it_is_admitted():
    early = coordinators("OperatorAssigned", "2018-01-01")
    facts = [REGISTERED, _admitted(), early]
    assert at("2018-12-31", facts, "member/fdfr-89") == {}
    assert at("2019-01-01", facts, "member/fdfr-89")["territories_not_epci"] == 1


def test_an_operator_of_an_accompaniment_that_was_never_admitted_counts_nothing():
    facts = [REGISTERED, _admitted(), coordinators("OperatorAssigned", accompaniment_id="other")]
    assert at("2020-01-01", facts, "member/fdfr-89") == {}


def test_a_voided_admission_takes_its_operators_with_it():
    admitted, assigned = _admitted(), coordinators("OperatorAssigned")
    facts = [REGISTERED, admitted, assigned]
    assert at("2020-01-01", facts, "member/fdfr-89")
    assert at("2020-01-01", [*facts, voided(admitted, assigned)], "member/fdfr-89") == {}


def test_who_leaves_an_accompaniment_keeps_what_it_has_counted():
    facts = [REGISTERED, _admitted(), coordinators("OperatorAssigned"), coordinators("OperatorReleased", "2020-01-01")]
    assert at("2021-01-01", facts, "member/fdfr-89")["territories_not_epci"] == 1


def test_a_territory_has_a_project_from_the_later_of_its_admission_and_the_first_opening_by_anyone():
    facts = [REGISTERED, _admitted("2019-06-01"), opened("2020-01-01"), opened("2019-01-01", source=YONNE_PROJECTS)]
    assert "territories_with_project" not in at("2019-05-31", facts)
    assert at("2019-06-01", facts)["territories_with_project"] == 1
    assert at("2019-06-01", facts, "territory/t")["territories_with_project"] == 1


def test_in_a_members_scope_only_its_own_projects_make_a_territory_one_with_a_project():
    admitted = _admitted("2019-06-01", operators=["cluster-jura", "fdfr-89"])
    facts = [REGISTERED, admitted, opened("2020-01-01"), opened("2018-01-01", source=YONNE_PROJECTS)]
    assert "territories_with_project" not in at("2019-12-31", facts, "member/cluster-jura")
    assert at("2020-01-01", facts, "member/cluster-jura")["territories_with_project"] == 1
    assert at("2019-06-01", facts, "member/fdfr-89")["territories_with_project"] == 1


def test_a_territory_with_several_projects_counts_once():
    admitted = _admitted(operators=["cluster-jura"])
    facts = [REGISTERED, admitted, opened("2020-01-01"), opened("2021-01-01", project_id="q")]
    for scope in ("region", "territory/t", "member/cluster-jura"):
        assert at("2022-01-01", facts, scope)["territories_with_project"] == 1


def test_a_project_of_who_does_not_operate_there_counts_in_the_region_only():
    facts = [REGISTERED, _admitted(operators=["fdfr-89"]), opened()]
    assert at("2020-01-01", facts)["territories_with_project"] == 1
    assert "territories_with_project" not in at("2020-01-01", facts, "member/cluster-jura")
    assert "territories_with_project" not in at("2020-01-01", facts, "member/fdfr-89")


def test_a_territory_admitted_in_a_year_is_undated_until_a_correction_knows_the_day():
    admitted = _admitted("2019-06-01", precision="year")
    assert at("2019-12-30", [REGISTERED, admitted]) == {}
    assert undated([REGISTERED, admitted]) == {"territories_not_epci": 1, "accompaniments_total": 1}
    assert undated([REGISTERED, admitted, corrected(admitted, on="2019-06-01")]) == {}
