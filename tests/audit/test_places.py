"""How the audit counts territories."""

from tests.audit.making import JURA, JURA_PROJECTS, World, figures_of


def admit(told: World, on: str, place: str = "chenove", accompaniment: str = "acc-1", *operators: str) -> int:
    data = {
        "territory_id": place,
        "territory_ids": [place],
        "accompaniment_id": accompaniment,
        "operators": [{"member_id": one, "role": "lead"} for one in operators],
    }
    return told.say("ideation.TerritoryAdmitted", data, on, subject=f"accompaniment/{accompaniment}")


def register(told: World, place: str, *relations: str) -> int:
    links = [{"siren": "200000000", "relation": relation} for relation in relations]
    data = {"territory_id": place, "territory_ids": [place], "epci_links": links, "name": "N", "kind": "cc"}
    return told.say("ideation.TerritoryRegistered", data, subject=f"territory/{place}")


def value(told: World, name: str, on: str = "2026-11-01", scope: str = "region") -> int:
    return int(figures_of(told, on, scope).values[name])


def test_a_territory_counts_once_from_its_first_admission() -> None:
    told = World(JURA)
    admit(told, "2020-05-01", accompaniment="acc-2")
    admit(told, "2016-05-01", accompaniment="acc-1")
    assert [value(told, "territories_accompanied", day) for day in ("2016-04-30", "2016-05-01", "2021-01-01")] == [
        0,
        1,
        1,
    ]
    assert value(told, "accompaniments_total") == 2
    assert value(told, "territories_accompanied", scope="territory/chenove") == 1
    assert value(told, "territories_accompanied", scope="territory/elsewhere") == 0


def test_a_territory_is_an_epci_only_by_what_it_is_or_names_as_its_part() -> None:
    told = World(JURA)
    for place, relations in {"a": ["is"], "b": ["member_of", "part"], "c": ["contains"], "d": []}.items():
        register(told, place, *relations)
        admit(told, "2016-01-01", place, f"acc-{place}")
    admit(told, "2016-01-01", "unregistered", "acc-u")
    assert value(told, "territories_epci") == 2
    assert value(told, "territories_not_epci") == 3
    assert value(told, "territories_accompanied") == 5


def test_a_member_counts_a_territory_from_the_first_day_it_operates_there() -> None:
    told = World(JURA)
    admit(told, "2016-01-01", "chenove", "acc-1", "cluster-jura")
    data = {"accompaniment_id": "acc-1", "territory_id": "chenove", "territory_ids": ["chenove"], "role": "support"}
    told.say("ideation.OperatorAssigned", {**data, "member_id": "fdfr-89"}, "2018-01-01", subject="accompaniment/acc-1")
    assert value(told, "territories_accompanied", "2016-01-01", "member/cluster-jura") == 1
    assert value(told, "territories_accompanied", "2017-12-31", "member/fdfr-89") == 0
    assert value(told, "territories_accompanied", "2018-01-01", "member/fdfr-89") == 1
    assert value(told, "territories_accompanied") == 1


def test_a_territory_has_a_project_once_admitted_and_one_was_opened_there() -> None:
    told = World(JURA, JURA_PROJECTS)
    data = {"project_id": "p", "member_id": "cluster-jura", "territory_ids": ["chenove", "never-admitted"]}
    told.say("projects.ProjectOpened", data, "2017-01-01", source=JURA_PROJECTS, subject="project/p")
    assert value(told, "territories_with_project") == 0
    admit(told, "2018-01-01")
    assert [value(told, "territories_with_project", day) for day in ("2017-12-31", "2018-01-01")] == [0, 1]
    assert value(told, "territories_with_project", scope="territory/never-admitted") == 0
