"""Advisers and actors: the counting rules, as sentences."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from services.indicators import rules_people, tally
from tests.pure.indicators.making import COLLECTIVE, YONNE, at, coordinators, fact, undated, voided

APPOINTED = fact("AdviserAppointed", "2019-01-01")
ASSIGNED = fact("AdviserAssigned", "2019-03-01")
YONNES = {"source": YONNE, "member_id": "fdfr-89"}


def test_an_adviser_counts_while_appointed_and_assigned():
    unassigned, departed = fact("AdviserUnassigned", "2019-09-01"), fact("AdviserDeparted", "2020-01-01")
    facts = [APPOINTED, ASSIGNED, unassigned, departed]
    assert at("2019-02-28", facts) == {}
    now = {"advisers_identified": 1, "advisers_fte": 5000, "advisers_mobilised_ever": 1}
    assert at("2019-03-01", facts) == now
    assert at("2019-08-31", facts) == now
    assert at("2019-09-01", facts) == {"advisers_mobilised_ever": 1}


def test_on_the_day_of_leaving_an_adviser_is_no_longer_counted():
    facts = [APPOINTED, ASSIGNED, fact("AdviserDeparted", "2019-03-01")]
    assert at("2019-03-01", facts) == {}


def test_within_a_day_the_members_own_sequence_says_what_came_last():
    left, back = (
        fact("AdviserDeparted", "2019-04-01", sequence=500),
        fact("AdviserAppointed", "2019-04-01", sequence=501),
    )
    assert at("2019-04-01", [APPOINTED, ASSIGNED, left, back])["advisers_identified"] == 1
    gone = fact("AdviserDeparted", "2019-04-01", sequence=502)
    assert "advisers_identified" not in at("2019-04-01", [APPOINTED, ASSIGNED, left, back, gone])


def test_an_assignment_ends_only_with_the_same_accompaniment_and_project():
    for other in ({"accompaniment_id": "other"}, {"project_id": "p"}):
        facts = [APPOINTED, ASSIGNED, fact("AdviserUnassigned", "2019-04-01", **other)]
        assert at("2019-04-01", facts)["advisers_identified"] == 1


def test_one_member_appoints_and_another_assigns_and_nobody_counts():
    assert at("2020-01-01", [APPOINTED, fact("AdviserAssigned", "2019-03-01", source=YONNE)]) == {}


def test_one_person_counts_once_in_the_region_however_many_members_count_it():
    theirs = [fact("AdviserAppointed", "2019-02-01", **YONNES), fact("AdviserAssigned", "2019-02-01", source=YONNE)]
    facts = [APPOINTED, ASSIGNED, *theirs]
    for scope in ("region", "territory/t", "member/cluster-jura", "member/fdfr-89"):
        assert at("2019-03-01", facts, scope)["advisers_identified"] == 1
        assert at("2019-03-01", facts, scope)["advisers_mobilised_ever"] == 1
    assert at("2019-03-01", facts)["advisers_fte"] == 10000
    assert at("2019-03-01", facts, "member/fdfr-89")["advisers_fte"] == 5000


def test_what_another_member_records_ends_no_appointment_and_no_assignment():
    theirs = [fact("AdviserDeparted", "2019-06-01", **YONNES), fact("AdviserUnassigned", "2019-06-01", source=YONNE)]
    for scope in ("region", "territory/t", "member/cluster-jura"):
        assert at("2019-06-01", [APPOINTED, ASSIGNED, *theirs], scope)["advisers_identified"] == 1


def test_an_adviser_counts_in_a_territory_for_a_member_that_holds_an_assignment_there():
    there = fact("AdviserAssigned", "2019-03-01", source=YONNE, territory_ids=["u"])
    assert at("2019-03-01", [APPOINTED, ASSIGNED, there], "territory/u") == {}
    assert at("2019-03-01", [APPOINTED, ASSIGNED, there], "territory/t")["advisers_identified"] == 1


def test_who_leaves_one_member_and_stays_with_another_is_still_counted_in_the_region():
    theirs = [fact("AdviserAppointed", "2019-02-01", **YONNES), fact("AdviserAssigned", "2019-02-01", source=YONNE)]
    facts = [APPOINTED, ASSIGNED, *theirs, fact("AdviserDeparted", "2019-06-01")]
    assert at("2019-06-01", facts)["advisers_identified"] == 1
    assert at("2019-06-01", facts)["advisers_fte"] == 5000
    assert "advisers_identified" not in at("2019-06-01", facts, "member/cluster-jura")


def test_who_comes_goes_and_comes_again_has_been_mobilised_once():
    facts = [APPOINTED, ASSIGNED, fact("AdviserUnassigned", "2019-04-01"), fact("AdviserAssigned", "2019-05-01")]
    assert at("2019-05-01", facts) == {"advisers_identified": 1, "advisers_fte": 5000, "advisers_mobilised_ever": 1}


def test_a_number_of_advisers_counts_at_the_member_that_it_names_only():
    anyones, jura = coordinators("AdviserBatchDeclared"), coordinators("AdviserBatchDeclared", member_id="cluster-jura")
    assert at("2019-12-31", [anyones]) == {"advisers_declared": 15, "advisers_mobilised_ever": 15}
    assert at("2019-12-31", [anyones], f"member/{COLLECTIVE}") == {}
    assert at("2019-12-31", [jura], "member/cluster-jura")["advisers_declared"] == 15


ACTOR, PART = fact("ActorRegistered"), fact("ParticipationRecorded")


def test_an_actor_counts_once_in_the_region_and_once_in_each_territory():
    later = fact("ParticipationRecorded", "2019-07-01", territory_ids=["u"])
    facts = [ACTOR, PART, later, fact("ParticipationRecorded", "2019-08-01")]
    assert at("2019-12-31", facts) == {"actors_identified": 1}
    assert at("2019-06-30", facts, "territory/u") == {}
    assert at("2019-07-01", facts, "territory/u") == {"actors_identified": 1}


def test_an_organisation_is_another_figure():
    assert at("2019-12-31", [fact("ActorRegistered", kind="organisation"), PART]) == {"actor_organisations": 1}


def test_somebody_who_was_never_registered_or_never_took_part_does_not_count():
    assert at("2019-12-31", [PART]) == {}
    assert at("2019-12-31", [ACTOR]) == {}


def test_an_actor_of_two_kinds_counts_in_both():
    theirs = fact("ActorRegistered", kind="organisation", source=YONNE)
    assert at("2019-12-31", [ACTOR, PART, theirs]) == {"actors_identified": 1, "actor_organisations": 1}


def test_in_a_members_scope_only_its_own_registrations_and_participations_count():
    theirs = fact("ActorRegistered", kind="organisation", source=YONNE)
    there = fact("ParticipationRecorded", "2019-01-01", source=YONNE)
    facts = [ACTOR, PART, theirs, there]
    assert at("2019-12-31", facts, "member/cluster-jura") == {"actors_identified": 1}
    assert at("2019-05-31", facts, "member/cluster-jura") == {}
    assert at("2019-12-31", facts, "member/fdfr-89") == {"actor_organisations": 1}
    assert at("2019-12-31", [ACTOR, there], "member/fdfr-89") == {}
    assert at("2019-12-31", [ACTOR, there]) == {"actors_identified": 1}


def _heads(value: int, on: str = "2019-06-01", gathering: str = "w", kind: str = "workshop", **given):
    count = {"value": value, "precision": given.pop("as_", "approx")}
    make = coordinators if kind == "collective" else fact
    return make("HeadcountDeclared", on, activity={"kind": kind, "id": gathering}, headcount=count, **given)


def test_anonymous_people_are_bounded_by_the_sum_and_by_the_largest_gathering():
    facts = [_heads(40, identified=10), _heads(25, "2019-07-01", "v"), _heads(50, "2019-08-01", "u")]
    for told in (facts, facts[::-1]):
        june, july, august = (at(day, told) for day in ("2019-06-30", "2019-07-31", "2019-08-31"))
        assert (june["actors_declared"], june["actors_declared_low"]) == (30, 30)
        assert (july["actors_declared"], july["actors_declared_low"]) == (55, 30)
        assert (august["actors_declared"], august["actors_declared_low"]) == (105, 50)
        assert august["actors_declared_approx"] == 105


def test_more_persons_identified_than_counted_leave_nobody_anonymous():
    assert at("2019-12-31", [_heads(3, identified=9)]) == {}


def test_the_headcount_with_the_highest_sequence_gives_amount_precision_and_scopes_from_the_first_day_of_any():
    first = _heads(40, "2019-06-01", sequence=1)
    last = _heads(30, "2019-09-01", sequence=2, territory_ids=["u"], as_="exact")
    for facts in ([first, last], [last, first]):
        assert at("2019-05-31", facts) == {}
        assert at("2019-06-01", facts) == {"actors_declared": 30, "actors_declared_low": 30}
        assert at("2019-12-31", facts, "territory/t") == {}
        assert at("2019-12-31", facts, "territory/u")["actors_declared"] == 30


def test_a_later_count_of_an_earlier_day_does_not_empty_the_days_before():
    facts = [_heads(40, "2019-06-01", sequence=1), _heads(30, "2019-03-01", sequence=2)]
    assert at("2019-03-01", facts)["actors_declared"] == 30
    assert at("2019-06-01", facts)["actors_declared"] == 30


def test_two_members_that_use_one_id_have_two_gatherings():
    facts = [_heads(40), _heads(30, source=YONNE)]
    assert at("2019-12-31", facts)["actors_declared"] == 70
    assert at("2019-12-31", facts)["actors_declared_low"] == 40
    assert at("2019-12-31", facts, "member/fdfr-89") == {
        "actors_declared": 30,
        "actors_declared_approx": 30,
        "actors_declared_low": 30,
    }


def test_without_an_accompaniment_each_gathering_has_its_own_low_bound():
    facts = [_heads(40, accompaniment_id=None), _heads(30, gathering="v", accompaniment_id=None)]
    facts.append(_heads(20, kind="other", accompaniment_id=None))
    assert at("2019-12-31", facts)["actors_declared_low"] == 90


@pytest.mark.parametrize("scope", ["member/cluster-jura", f"member/{COLLECTIVE}"])
def test_what_is_declared_for_the_collective_is_nobodys(scope):
    facts = [_heads(1813, kind="collective", accompaniment_id=None, territory_ids=[])]
    assert at("2019-12-31", facts)["actors_declared"] == 1813
    assert at("2019-12-31", facts, scope) == {}


def test_organisations_and_participations_reduce_no_headcount():
    assert at("2019-12-31", [_heads(40), fact("ActorRegistered", kind="organisation"), PART])["actors_declared"] == 40


def test_a_voided_workshop_takes_participations_and_headcounts_that_it_names_with_it():
    held, part, heads = fact("WorkshopHeld"), fact("ParticipationRecorded"), _heads(40)
    facts = [held, part, heads, ACTOR]
    assert at("2019-12-31", facts)["actors_identified"] == 1
    assert at("2019-12-31", [*facts, voided(held, part, heads)]) == {}


def test_a_headcount_counts_as_dated_where_its_first_one_is():
    whole_year = _heads(40, "2019-06-01", precision="year", sequence=1)
    assert undated([whole_year])["actors_declared"] == 40
    assert undated([whole_year, _heads(30, "2019-03-01", sequence=2)]) == {}


class Looked(tuple[str, ...]):
    """Scopes that count how often they are gone through."""

    looks = 0

    def __iter__(self) -> Iterator[str]:
        Looked.looks += 1
        return super().__iter__()


def test_an_adviser_with_many_assignments_costs_no_look_at_all_of_them_for_each(monkeypatch):
    many = 200
    monkeypatch.setattr(rules_people, "places", lambda one: Looked(tally.places(one)))
    days = [(date(2019, 3, 1) + timedelta(n)).isoformat() for n in range(many)]
    facts = [
        fact("AdviserAssigned", day, accompaniment_id=f"acc-{n}", territory_ids=[f"t-{n}"])
        for n, day in enumerate(days)
    ]
    assert at(days[-1], [APPOINTED, *facts], "territory/t-7")["advisers_identified"] == 1
    assert Looked.looks < 10 * many
