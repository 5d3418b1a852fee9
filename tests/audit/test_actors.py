"""How the audit counts local actors."""

from tests.audit.making import JURA, World, figures_of, qty

FDFR = "/members/fdfr-89/ideation"


def register(told: World, actor: str, kind: str = "person") -> int:
    return told.say("ideation.ActorRegistered", {"actor_id": actor, "kind": kind}, subject=f"actor/{actor}")


def joins(told: World, actor: str, on: str, *places: str, source: str = JURA) -> int:
    data = {"actor_id": actor, "activity": {"kind": "workshop", "id": "w"}, "territory_ids": list(places)}
    return told.say("ideation.ParticipationRecorded", data, on, source=source, subject="workshop/w")


def heads(told: World, activity: str, count: int, identified: int = 0, on: str = "2026-01-01", **given: object) -> int:
    kind = str(given.pop("kind", "workshop"))
    precision = str(given.pop("precision", "exact"))
    data = {"activity": {"kind": kind, "id": activity}, "headcount": qty(count, precision), "identified": identified}
    return told.say("ideation.HeadcountDeclared", {**data, **given}, on, subject=f"{kind}/{activity}")


def value(told: World, name: str, on: str = "2026-11-01", scope: str = "region") -> int:
    return int(figures_of(told, on, scope).values[name])


def test_a_person_counts_once_in_the_region_and_once_in_each_territory_and_member() -> None:
    told = World(JURA, FDFR)
    register(told, "a")
    joins(told, "a", "2026-02-01", "chenove")
    joins(told, "a", "2026-01-01", "val-d-amour", source=FDFR)
    joins(told, "a", "2026-03-01", "chenove")
    assert value(told, "actors_identified") == 1
    assert [value(told, "actors_identified", "2026-01-31", f"territory/{t}") for t in ("chenove", "val-d-amour")] == [
        0,
        1,
    ]
    for scope in ("territory/chenove", "member/cluster-jura", "member/fdfr-89"):
        assert value(told, "actors_identified", scope=scope) == 1
    assert value(told, "actors_identified", "2025-12-31") == 0


def test_an_organisation_is_counted_apart() -> None:
    told = World(JURA)
    register(told, "o", "organisation")
    joins(told, "o", "2026-02-01")
    assert (value(told, "actor_organisations"), value(told, "actors_mobilised")) == (1, 0)


def test_who_is_not_registered_or_took_no_part_does_not_count() -> None:
    told = World(JURA)
    register(told, "silent")
    joins(told, "unknown", "2026-02-01")
    assert value(told, "actors_identified") == 0


def test_heads_that_are_not_identified_are_declared() -> None:
    told = World(JURA)
    heads(told, "w1", 40, 12, "2026-02-01", precision="approx", territory_ids=["chenove"])
    heads(told, "w2", 3, 5)
    for scope in ("region", "territory/chenove", "member/cluster-jura"):
        assert value(told, "actors_declared", scope=scope) == 28
    assert value(told, "actors_declared", "2026-01-31") == 0
    assert figures_of(told).precision["actors_mobilised"] == "approx"
    assert figures_of(told, "2026-01-31").precision["actors_mobilised"] == "exact"


def test_the_last_declaration_of_an_activity_holds_whatever_its_day() -> None:
    told = World(JURA)
    heads(told, "w", 40, on="2026-02-01")
    heads(told, "w", 30, on="2026-01-01")
    assert [value(told, "actors_declared", day) for day in ("2026-01-15", "2026-11-01")] == [30, 30]


def test_a_collective_headcount_belongs_to_no_member() -> None:
    told = World(JURA)
    heads(told, "all", 1885, kind="collective")
    assert value(told, "actors_mobilised") == 1885
    assert value(told, "actors_mobilised", scope="member/cluster-jura") == 0


def test_the_low_bound_takes_the_largest_headcount_of_each_accompaniment() -> None:
    told = World(JURA)
    register(told, "a")
    joins(told, "a", "2026-01-01")
    heads(told, "w1", 10, on="2026-01-01", accompaniment_id="acc-1", territory_ids=["chenove"])
    heads(told, "w2", 30, on="2026-02-01", accompaniment_id="acc-1")
    heads(told, "w3", 20, on="2026-03-01", accompaniment_id="acc-1", territory_ids=["chenove"])
    heads(told, "w4", 5, on="2026-03-01", accompaniment_id="acc-2")
    heads(told, "w5", 7, on="2026-03-01")
    low = {day: figures_of(told, day).bounds["actors_mobilised"] for day in ("2026-01-01", "2026-02-01", "2026-03-01")}
    assert low == {"2026-01-01": (11, 11), "2026-02-01": (31, 41), "2026-03-01": (43, 73)}
    assert figures_of(told, scope="territory/chenove").bounds["actors_mobilised"] == (20, 30)
