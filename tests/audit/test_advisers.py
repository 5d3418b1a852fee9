"""How the audit counts advisers: each member's records hold for that member."""

from tests.audit.counting import figures_of, value
from tests.audit.making import FDFR, JURA, ROOT, World, qty


def world() -> World:
    return World(JURA, FDFR)


def appoint(told: World, on: str, share: str = "1", source: str = JURA) -> int:
    return told.say("ideation.AdviserAppointed", {"adviser_id": "a", "share": share}, on, source=source)


def assign(told: World, on: str, *places: str, to: str = "acc-1", source: str = JURA, **more: str) -> int:
    data = {"adviser_id": "a", "share": "1", "accompaniment_id": to, "territory_ids": list(places), **more}
    return told.say("ideation.AdviserAssigned", data, on, source=source)


def unassign(told: World, on: str, to: str = "acc-1", source: str = JURA, **more: str) -> int:
    data = {"adviser_id": "a", "accompaniment_id": to, **more}
    return told.say("ideation.AdviserUnassigned", data, on, source=source)


def depart(told: World, on: str, source: str = JURA) -> int:
    return told.say("ideation.AdviserDeparted", {"adviser_id": "a"}, on, source=source)


def identified(told: World, on: str, scope: str = "region") -> int:
    return value(told, "advisers_identified", on, scope)


def test_an_adviser_counts_from_the_day_when_appointed_and_assigned() -> None:
    told = world()
    appoint(told, "2026-01-10")
    assign(told, "2026-02-10")
    assert [identified(told, day) for day in ("2026-01-10", "2026-02-09", "2026-02-10")] == [0, 0, 1]


def test_an_adviser_no_longer_counts_on_the_day_of_departure() -> None:
    told = world()
    appoint(told, "2026-01-10")
    assign(told, "2026-01-10")
    depart(told, "2026-03-01")
    assert [identified(told, day) for day in ("2026-02-28", "2026-03-01")] == [1, 0]


def test_the_order_of_telling_does_not_matter_where_the_days_differ() -> None:
    told = world()
    depart(told, "2026-03-01")
    assign(told, "2026-01-10")
    appoint(told, "2026-01-10")
    assert [identified(told, day) for day in ("2026-02-28", "2026-03-01")] == [1, 0]


def test_within_a_day_the_sequence_decides_and_not_the_clock() -> None:
    told = world()
    appoint(told, "2026-01-10")
    assign(told, "2026-01-10")
    depart(told, "2026-03-01")
    told.moment = 0
    appoint(told, "2026-03-01", "0.5")
    assert (identified(told, "2026-03-01"), value(told, "advisers_fte", "2026-03-01")) == (1, 5000)


def test_appointed_by_one_member_and_assigned_by_another_counts_for_neither() -> None:
    told = world()
    appoint(told, "2026-01-10")
    assign(told, "2026-01-10", source=FDFR)
    assert [identified(told, "2026-02-01", s) for s in ("region", "member/cluster-jura", "member/fdfr-89")] == [0] * 3


def test_a_departure_and_an_unassignment_of_another_member_take_nothing_away() -> None:
    told = world()
    appoint(told, "2026-01-10")
    assign(told, "2026-01-10")
    depart(told, "2026-02-01", FDFR)
    unassign(told, "2026-02-01", source=ROOT)
    assert identified(told, "2026-03-01") == 1


def test_an_adviser_of_two_members_counts_once_in_the_region_and_once_in_each() -> None:
    told = world()
    for source, share, place in ((JURA, "0.5", "val-d-amour"), (FDFR, "0.25", "chenove")):
        appoint(told, "2026-01-10", share, source)
        assign(told, "2026-01-10", place, source=source)
    for scope in ("region", "member/cluster-jura", "member/fdfr-89", "territory/val-d-amour", "territory/chenove"):
        assert identified(told, "2026-02-01", scope) == 1
    assert value(told, "advisers_fte") == 7500
    assert value(told, "advisers_fte", scope="member/fdfr-89") == 2500
    assert value(told, "advisers_fte", scope="territory/chenove") == 0
    depart(told, "2026-02-01")
    for scope, left in (
        ("region", 1),
        ("member/cluster-jura", 0),
        ("territory/val-d-amour", 0),
        ("territory/chenove", 1),
    ):
        assert identified(told, "2026-02-01", scope) == left


def test_a_territory_counts_who_holds_an_assignment_that_names_it() -> None:
    told = world()
    appoint(told, "2026-01-10")
    assign(told, "2026-01-10", "chenove", to="acc-1")
    assign(told, "2026-01-10", "val-d-amour", to="acc-2")
    unassign(told, "2026-02-01", to="acc-1")
    assert identified(told, "2026-02-01") == 1
    assert identified(told, "2026-02-01", "territory/chenove") == 0
    unassign(told, "2026-03-01", to="acc-2")
    assert identified(told, "2026-03-01") == 0
    for scope in ("region", "territory/chenove", "territory/val-d-amour"):
        assert value(told, "advisers_mobilised_ever", scope=scope) == 1


def test_an_assignment_ends_by_the_same_accompaniment_and_project_only() -> None:
    told = world()
    appoint(told, "2026-01-10")
    assign(told, "2026-01-10", project_id="p")
    unassign(told, "2026-02-01")
    unassign(told, "2026-02-01", project_id="q")
    assert identified(told, "2026-02-01") == 1
    unassign(told, "2026-03-01", project_id="p")
    assert identified(told, "2026-03-01") == 0


def test_who_came_and_left_on_one_day_was_never_counted() -> None:
    told = world()
    appoint(told, "2026-01-10")
    assign(told, "2026-01-10")
    depart(told, "2026-01-10")
    assert value(told, "advisers_mobilised_ever") == 0


def test_ever_counts_a_person_once_from_the_first_day_counted_there() -> None:
    told = world()
    appoint(told, "2026-01-10")
    assign(told, "2026-01-10", "chenove")
    depart(told, "2026-02-01")
    appoint(told, "2026-03-01", source=FDFR)
    assign(told, "2026-03-01", source=FDFR)
    assert [value(told, "advisers_mobilised_ever", day) for day in ("2026-01-09", "2026-01-10", "2026-11-01")] == [
        0,
        1,
        1,
    ]
    assert value(told, "advisers_mobilised_ever", "2026-02-15", "member/fdfr-89") == 0
    assert value(told, "advisers_mobilised_ever", scope="member/fdfr-89") == 1
    assert value(told, "advisers_mobilised_ever", scope="territory/chenove") == 1


def test_a_number_without_names_counts_in_the_region_and_in_the_member_it_names() -> None:
    told = world()
    data = {"count": qty(15, "approx"), "territory_ids": ["chenove"]}
    told.say("ideation.AdviserBatchDeclared", data, "2019-12-31")
    named = {"count": qty(2), "member_id": "fdfr-89"}
    told.say("ideation.AdviserBatchDeclared", named, "2020-01-01", source=FDFR)
    region = figures_of(told)
    assert region.values["advisers_mobilised"] == region.values["advisers_mobilised_ever"] == 17
    assert region.precision["advisers_mobilised"] == region.precision["advisers_declared"] == "approx"
    assert region.precision["advisers_mobilised_ever"] == "approx"
    assert value(told, "advisers_mobilised", "2019-12-31") == 15
    assert value(told, "advisers_mobilised", scope="territory/chenove") == 15
    assert value(told, "advisers_mobilised", scope="member/cluster-jura") == 0
    fdfr = figures_of(told, scope="member/fdfr-89")
    assert (fdfr.values["advisers_mobilised"], fdfr.precision["advisers_mobilised"]) == (2, "exact")
