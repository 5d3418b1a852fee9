"""Advisers, actors, territories and numbers: the counting rules, as sentences."""

from tests.pure.indicators.making import COORDINATOR, at, fact

QTY = {"value": 40, "precision": "approx"}


def _adviser(kind, on, **data):
    return fact(kind, on, **{"adviser_id": "x", "member_id": "cluster-jura", "share": "0.5", **data})


def _assigned(on, kind="AdviserAssigned", **data):
    return _adviser(kind, on, **{"accompaniment_id": "acc", "territory_ids": ["t"], **data})


def test_an_adviser_counts_while_appointed_and_assigned():
    facts = [_adviser("AdviserAppointed", "2019-01-01"), _assigned("2019-03-01")]
    facts += [_assigned("2019-09-01", "AdviserUnassigned"), _adviser("AdviserDeparted", "2020-01-01")]
    assert at("2019-02-28", "adviser/x", facts) == {}
    assert at("2019-03-01", "adviser/x", facts) == {
        "advisers_identified": 1,
        "advisers_fte": 5000,
        "advisers_mobilised_ever": 1,
    }
    assert at("2019-09-01", "adviser/x", facts) == {"advisers_mobilised_ever": 1}


def test_one_person_counts_once_whatever_the_number_of_members_and_territories():
    facts = [
        _adviser("AdviserAppointed", "2019-01-01"),
        _adviser("AdviserAppointed", "2019-01-01", member_id="fdfr-89"),
    ]
    facts += [_assigned("2019-01-01"), _assigned("2019-01-01", accompaniment_id="other", territory_ids=["u"])]
    for scope in ("region", "territory/t", "territory/u", "member/cluster-jura", "member/fdfr-89"):
        assert at("2019-01-01", "adviser/x", facts, scope)["advisers_identified"] == 1
    assert at("2019-01-01", "adviser/x", facts)["advisers_fte"] == 10000


def test_a_number_of_advisers_is_a_part_of_its_own():
    batch = fact("AdviserBatchDeclared", source=COORDINATOR, batch_id="b", count={"value": 15, "precision": "exact"})
    assert at("2019-12-31", "batch/b", [batch]) == {"advisers_declared": 15, "advisers_mobilised_ever": 15}
    assert at("2019-12-31", "batch/b", [batch], "member/france-active-franche-comte") == {}


def _actor(kind="person"):
    return fact("ActorRegistered", actor_id="x", kind=kind)


def _part(on="2019-06-01", territory="t", **given):
    return fact(
        "ParticipationRecorded",
        on,
        **{"actor_id": "x", "activity": {"kind": "workshop", "id": "w"}, "territory_ids": [territory], **given},
    )


def test_an_actor_counts_once_in_the_region_and_once_in_each_territory():
    facts = [_actor(), _part("2019-06-01", "t"), _part("2019-07-01", "u"), _part("2019-08-01", "t")]
    assert at("2019-12-31", "actor/x", facts) == {"actors_identified": 1}
    assert at("2019-06-30", "actor/x", facts, "territory/u") == {}
    assert at("2019-07-01", "actor/x", facts, "territory/u") == {"actors_identified": 1}


def test_an_organisation_is_another_figure():
    assert at("2019-12-31", "actor/x", [_actor("organisation"), _part()]) == {"actor_organisations": 1}


def test_somebody_who_was_never_registered_or_never_took_part_does_not_count():
    assert at("2019-12-31", "actor/x", [_part()]) == {}
    assert at("2019-12-31", "actor/x", [_actor()]) == {}


def _heads(value, identified=0, on="2019-06-01", gathering="w", **given):
    return fact(
        "HeadcountDeclared",
        on,
        **{
            "activity": {"kind": "workshop", "id": gathering},
            "headcount": {"value": value, "precision": "approx"},
            "identified": identified,
            "accompaniment_id": "acc",
            "territory_ids": ["t"],
            **given,
        },
    )


def test_anonymous_people_are_bounded_by_the_sum_and_by_the_largest_gathering():
    facts = [_heads(40, 10), _heads(25, on="2019-07-01", gathering="v"), _heads(50, on="2019-08-01", gathering="u")]
    june, july, august = (at(day, "accompaniment/acc", facts) for day in ("2019-06-30", "2019-07-31", "2019-08-31"))
    assert (june["actors_declared"], june["actors_declared_low"]) == (30, 30)
    assert (july["actors_declared"], july["actors_declared_low"]) == (55, 30)
    assert (august["actors_declared"], august["actors_declared_low"]) == (105, 50)
    assert august["actors_declared_approx"] == 105


def test_a_gathering_counted_again_counts_as_it_was_told_last():
    facts = [_heads(40), _heads(30, time="2026-11-23T11:00:00.000000Z")]
    for order in (facts, facts[::-1]):
        assert at("2019-12-31", "accompaniment/acc", order)["actors_declared"] == 30


def test_what_is_declared_for_the_collective_is_nobodys():
    facts = [_heads(1813, activity={"kind": "collective", "id": "all"}, accompaniment_id=None, territory_ids=[])]
    assert at("2019-12-31", "headcount/all", facts)["actors_declared"] == 1813
    assert at("2019-12-31", "headcount/all", facts, "member/cluster-jura") == {}


def _admitted(on="2019-01-01", accompaniment="acc", operators=()):
    named = [{"member_id": member, "role": "lead"} for member in operators]
    return fact(
        "TerritoryAdmitted",
        on,
        source=COORDINATOR,
        accompaniment_id=accompaniment,
        territory_id="t",
        operators=named,
        territory_ids=["t"],
    )


def test_a_renewed_subject_counts_once_and_its_accompaniments_twice():
    facts = [_admitted(), _admitted("2021-01-01", "second")]
    figures = at("2021-12-31", "territory/t", facts)
    assert figures["territories_not_epci"] == 1
    assert figures["accompaniments_total"] == 2


def test_a_subject_that_is_or_names_an_epci_is_told_apart():
    link = {"siren": "248900524", "relation": "part"}
    registered = fact("TerritoryRegistered", territory_id="t", name="T", kind="partnership", epci_links=[link])
    over = fact(
        "TerritoryRegistered",
        territory_id="t",
        name="T",
        kind="petr_pays",
        epci_links=[{**link, "relation": "contains"}],
    )
    assert at("2019-12-31", "territory/t", [_admitted(), registered])["territories_epci"] == 1
    assert at("2019-12-31", "territory/t", [_admitted(), over])["territories_not_epci"] == 1
    assert at("2019-12-31", "territory/t", [_admitted()])["territories_not_epci"] == 1


def test_a_member_counts_the_territory_from_when_it_operates_there():
    later = fact(
        "OperatorAssigned",
        "2020-01-01",
        source=COORDINATOR,
        accompaniment_id="acc",
        territory_id="t",
        member_id="fdfr-89",
        role="support",
        territory_ids=["t"],
    )
    facts = [_admitted(operators=["cluster-jura"]), later]
    assert at("2019-01-01", "territory/t", facts, "member/cluster-jura")["territories_not_epci"] == 1
    assert at("2019-12-31", "territory/t", facts, "member/fdfr-89") == {}
    assert at("2020-01-01", "territory/t", facts, "member/fdfr-89")["territories_not_epci"] == 1
