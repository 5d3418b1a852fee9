"""How the audit counts local actors."""

import pytest

from tests.audit.counting import figures_of, value
from tests.audit.making import FDFR, JURA, ROOT, World
from tests.audit.telling import actor, heads, joins

JURA_SCOPE, FDFR_SCOPE = "member/cluster-jura", "member/fdfr-89"


def world() -> World:
    return World(JURA, FDFR)


def test_a_person_counts_once_in_the_region_and_once_in_each_territory_from_the_first_participation_there() -> None:
    told = world()
    actor(told, "a")
    joins(told, "a", "2026-02-01", "chenove")
    joins(told, "a", "2026-01-01", "val-d-amour")
    joins(told, "a", "2026-03-01", "chenove")
    assert [value(told, "actors_identified", day) for day in ("2025-12-31", "2026-01-01")] == [0, 1]
    days = ("2026-01-31", "2026-02-01")
    assert [value(told, "actors_identified", day, "territory/chenove") for day in days] == [0, 1]
    for scope in ("region", "territory/chenove", "territory/val-d-amour", JURA_SCOPE):
        assert value(told, "actors_identified", scope=scope) == 1


def test_in_the_region_and_in_territories_any_registration_says_what_an_actor_is() -> None:
    told = world()
    actor(told, "a", source=FDFR)
    joins(told, "a", "2026-01-01", "chenove")
    for scope in ("region", "territory/chenove"):
        assert value(told, "actors_identified", scope=scope) == 1


def test_in_a_member_only_its_own_registrations_and_participations_count() -> None:
    told = world()
    actor(told, "a", source=FDFR)
    joins(told, "a", "2026-01-01")
    assert [value(told, "actors_identified", scope=scope) for scope in (JURA_SCOPE, FDFR_SCOPE)] == [0, 0]
    joins(told, "a", "2026-02-01", source=FDFR)
    assert [value(told, "actors_identified", scope=scope) for scope in (JURA_SCOPE, FDFR_SCOPE)] == [0, 1]
    assert value(told, "actors_identified", "2026-01-31", FDFR_SCOPE) == 0
    actor(told, "a")
    assert value(told, "actors_identified", scope=JURA_SCOPE) == 1
    assert value(told, "actors_identified") == 1


def test_an_organisation_is_counted_apart() -> None:
    told = world()
    actor(told, "o", "organisation")
    joins(told, "o", "2026-02-01", "chenove")
    for scope in ("region", "territory/chenove", JURA_SCOPE):
        assert value(told, "actor_organisations", scope=scope) == 1
        assert value(told, "actors_mobilised", scope=scope) == 0


def test_an_actor_of_two_kinds_counts_in_both() -> None:
    told = world()
    actor(told, "a")
    actor(told, "a", "organisation", FDFR)
    joins(told, "a", "2026-02-01")
    joins(told, "a", "2026-02-01", source=FDFR)
    assert (value(told, "actors_identified"), value(told, "actor_organisations")) == (1, 1)
    jura, fdfr = figures_of(told, scope=JURA_SCOPE).values, figures_of(told, scope=FDFR_SCOPE).values
    assert (jura["actors_identified"], jura["actor_organisations"]) == (1, 0)
    assert (fdfr["actors_identified"], fdfr["actor_organisations"]) == (0, 1)


def test_who_is_not_registered_or_took_no_part_does_not_count() -> None:
    told = world()
    registered = actor(told, "silent")
    joins(told, "unknown", "2026-02-01")
    assert value(told, "actors_identified") == 0
    joins(told, "silent", "2026-02-01")
    assert value(told, "actors_identified") == 1
    told.void(JURA, registered)
    assert value(told, "actors_identified") == 0


def test_heads_that_are_not_identified_are_declared() -> None:
    told = world()
    heads(told, "w1", 40, 12, "2026-02-01", precision="approx", territory_ids=["chenove"])
    heads(told, "w2", 3, 5)
    for scope in ("region", "territory/chenove", JURA_SCOPE):
        assert value(told, "actors_declared", scope=scope) == 28
        assert value(told, "actors_declared_approx", scope=scope) == 28
    assert value(told, "actors_declared", scope=FDFR_SCOPE) == 0
    assert value(told, "actors_declared", "2026-01-31") == 0
    assert figures_of(told).precision["actors_mobilised"] == "approx"
    assert figures_of(told, "2026-01-31").precision["actors_mobilised"] == "exact"


def test_the_count_with_the_highest_sequence_says_amount_precision_and_scopes() -> None:
    told = world()
    heads(told, "w", 40, on="2026-02-01", precision="approx", territory_ids=["chenove"])
    told.moment = 0
    heads(told, "w", 30, on="2026-01-01", precision="at_least", territory_ids=["beaune"])
    found = figures_of(told)
    assert (found.values["actors_declared"], found.precision["actors_declared"]) == (30, "at_least")
    assert [value(told, "actors_declared", scope=f"territory/{place}") for place in ("chenove", "beaune")] == [0, 30]


def test_a_later_count_does_not_empty_the_days_before_it() -> None:
    told = world()
    heads(told, "w", 40, on="2026-01-01")
    heads(told, "w", 30, on="2026-06-01")
    assert [value(told, "actors_declared", day) for day in ("2025-12-31", "2026-01-01", "2026-06-01")] == [0, 30, 30]


def test_a_gathering_counted_under_two_accompaniments_or_by_two_members_is_counted_in_each() -> None:
    told = world()
    heads(told, "w", 5)
    heads(told, "w", 7, accompaniment_id="acc-1")
    heads(told, "w", 11, accompaniment_id="acc-2")
    heads(told, "w", 13, accompaniment_id="acc-2", source=FDFR)
    assert value(told, "actors_declared") == 36
    assert [value(told, "actors_declared", scope=scope) for scope in (JURA_SCOPE, FDFR_SCOPE)] == [23, 13]


def test_a_count_of_the_whole_collective_belongs_to_no_member() -> None:
    told = world()
    heads(told, "all", 1885, kind="collective", source=ROOT)
    assert value(told, "actors_mobilised") == 1885
    for scope in ("member/france-active-franche-comte", JURA_SCOPE):
        assert value(told, "actors_mobilised", scope=scope) == 0
        assert figures_of(told, scope=scope).bounds["actors_mobilised"] == (0, 0)


def test_the_low_bound_takes_the_largest_count_of_each_accompaniment_so_far() -> None:
    told = world()
    actor(told, "a")
    joins(told, "a", "2026-01-01")
    heads(told, "w1", 10, on="2026-01-01", accompaniment_id="acc-1", territory_ids=["chenove"])
    heads(told, "w2", 30, on="2026-02-01", accompaniment_id="acc-1")
    heads(told, "w3", 20, on="2026-03-01", accompaniment_id="acc-1", territory_ids=["chenove"])
    heads(told, "w4", 5, on="2026-03-01", accompaniment_id="acc-2")
    heads(told, "w5", 7, on="2026-03-01")
    low = {day: figures_of(told, day).bounds["actors_mobilised"] for day in ("2026-01-01", "2026-02-01", "2026-03-01")}
    assert low == {"2026-01-01": (11, 11), "2026-02-01": (31, 41), "2026-03-01": (43, 73)}
    assert figures_of(told, scope="territory/chenove").bounds["actors_mobilised"] == (20, 30)
    assert value(told, "actors_declared_low") == 42


def test_the_low_bound_of_the_region_takes_the_largest_of_all_members_under_one_accompaniment() -> None:
    told = world()
    heads(told, "w", 10, accompaniment_id="acc-1")
    heads(told, "w", 12, accompaniment_id="acc-1", source=FDFR)
    heads(told, "v", 3)
    heads(told, "v", 4, source=FDFR)
    assert value(told, "actors_declared_low") == 12 + 3 + 4
    assert [value(told, "actors_declared_low", scope=scope) for scope in (JURA_SCOPE, FDFR_SCOPE)] == [13, 16]


@pytest.mark.parametrize(
    ("counts", "label"),
    [
        ([(30, "exact"), (20, "exact")], "exact"),
        ([(30, "exact"), (20, "at_least")], "at_least"),
        ([(30, "at_least"), (20, "approx")], "approx"),
    ],
)
def test_the_low_bound_is_as_sure_as_all_the_counts_of_which_it_takes_the_largest(
    counts: list[tuple[int, str]], label: str
) -> None:
    told = world()
    for number, (count, precision) in enumerate(counts):
        heads(told, f"w{number}", count, accompaniment_id="acc-1", precision=precision)
    assert figures_of(told).precision["actors_declared_low"] == label


def test_gatherings_of_two_kinds_are_two_though_they_have_one_id() -> None:
    told = world()
    heads(told, "w", 5, kind="other")
    heads(told, "w", 6, kind="interview")
    assert (value(told, "actors_declared"), value(told, "actors_declared_low")) == (11, 11)
