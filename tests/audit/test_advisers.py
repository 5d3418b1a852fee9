"""How the audit counts advisers."""

from tests.audit.making import JURA, World, figures_of, qty

FDFR = "/members/fdfr-89/ideation"


def world() -> World:
    return World(JURA, FDFR)


def appoint(where: World, on: str, adviser: str = "a", member: str = "cluster-jura", share: str = "1") -> int:
    data = {"adviser_id": adviser, "member_id": member, "share": share}
    return where.say("ideation.AdviserAppointed", data, on, subject=f"adviser/{adviser}")


def assign(where: World, on: str, adviser: str = "a", *places: str, to: str = "acc-1") -> int:
    data = {"adviser_id": adviser, "share": "1", "accompaniment_id": to, "territory_ids": list(places)}
    return where.say("ideation.AdviserAssigned", data, on, subject=f"adviser/{adviser}")


def unassign(where: World, on: str, adviser: str = "a", to: str = "acc-1") -> int:
    data = {"adviser_id": adviser, "accompaniment_id": to}
    return where.say("ideation.AdviserUnassigned", data, on, subject=f"adviser/{adviser}")


def depart(where: World, on: str, adviser: str = "a", member: str = "cluster-jura") -> int:
    data = {"adviser_id": adviser, "member_id": member}
    return where.say("ideation.AdviserDeparted", data, on, subject=f"adviser/{adviser}")


def identified(where: World, on: str, scope: str = "region") -> int:
    return int(figures_of(where, on, scope).values["advisers_identified"])


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


def test_the_order_of_telling_does_not_matter_only_the_days_do() -> None:
    told = world()
    depart(told, "2026-03-01")
    assign(told, "2026-01-10")
    appoint(told, "2026-01-10")
    assert [identified(told, day) for day in ("2026-02-28", "2026-03-01")] == [1, 0]


def test_an_adviser_of_two_members_counts_once_in_the_region_and_once_in_each() -> None:
    told = world()
    appoint(told, "2026-01-10", share="0.5")
    appoint(told, "2026-01-10", member="fdfr-89", share="0.25")
    assign(told, "2026-01-10", "a", "val-d-amour", "chenove")
    for scope in ("region", "member/cluster-jura", "member/fdfr-89", "territory/val-d-amour", "territory/chenove"):
        assert identified(told, "2026-02-01", scope) == 1
    assert figures_of(told).values["advisers_fte"] == 7500
    assert figures_of(told, scope="member/fdfr-89").values["advisers_fte"] == 2500
    depart(told, "2026-02-01")
    assert identified(told, "2026-02-01") == 1
    assert identified(told, "2026-02-01", "member/cluster-jura") == 0


def test_one_of_two_assignments_is_enough() -> None:
    told = world()
    appoint(told, "2026-01-10")
    assign(told, "2026-01-10", "a", "chenove", to="acc-1")
    assign(told, "2026-01-10", "a", "val-d-amour", to="acc-2")
    unassign(told, "2026-02-01", to="acc-1")
    assert identified(told, "2026-02-01") == 1
    assert identified(told, "2026-02-01", "territory/chenove") == 0
    unassign(told, "2026-03-01", to="acc-2")
    assert identified(told, "2026-03-01") == 0
    assert figures_of(told).values["advisers_mobilised_ever"] == 1


def test_who_came_and_left_on_one_day_was_never_counted() -> None:
    told = world()
    appoint(told, "2026-01-10")
    assign(told, "2026-01-10")
    depart(told, "2026-01-10")
    assert figures_of(told).values["advisers_mobilised_ever"] == 0


def test_a_number_without_names_counts_in_the_region_and_in_the_member_it_names() -> None:
    told = world()
    told.say("ideation.AdviserBatchDeclared", {"count": qty(15, "approx")}, "2019-12-31", subject="batch/1")
    told.say(
        "ideation.AdviserBatchDeclared", {"count": qty(2), "member_id": "fdfr-89"}, "2020-01-01", subject="batch/2"
    )
    region = figures_of(told)
    assert region.values["advisers_mobilised"] == region.values["advisers_mobilised_ever"] == 17
    assert region.precision["advisers_mobilised"] == region.precision["advisers_declared"] == "approx"
    assert figures_of(told, "2019-12-31").values["advisers_mobilised"] == 15
    assert figures_of(told, scope="member/cluster-jura").values["advisers_mobilised"] == 0
    fdfr = figures_of(told, scope="member/fdfr-89")
    assert (fdfr.values["advisers_mobilised"], fdfr.precision["advisers_mobilised"]) == (2, "exact")
