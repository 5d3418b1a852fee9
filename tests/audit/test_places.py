"""How the audit counts territories and accompaniments."""

import pytest

from tests.audit.counting import value
from tests.audit.making import FDFR_PROJECTS, JURA, JURA_PROJECTS, ROOT, World
from tests.audit.telling import admit, opened, operate, register

JURA_SCOPE, FDFR_SCOPE = "member/cluster-jura", "member/fdfr-89"


def world() -> World:
    told = World(JURA, JURA_PROJECTS, FDFR_PROJECTS)
    register(told, "chenove")
    return told


def test_a_territory_counts_once_from_its_first_admission() -> None:
    told = world()
    admit(told, "2020-05-01", accompaniment="acc-2")
    admit(told, "2016-05-01", accompaniment="acc-1")
    days = ("2016-04-30", "2016-05-01", "2021-01-01")
    assert [value(told, "territories_accompanied", day) for day in days] == [0, 1, 1]
    assert [value(told, "accompaniments_total", day) for day in days] == [0, 1, 2]
    assert value(told, "territories_accompanied", scope="territory/chenove") == 1
    assert value(told, "accompaniments_total", scope="territory/chenove") == 2
    assert value(told, "territories_accompanied", scope="territory/elsewhere") == 0


def test_an_accompaniment_that_was_admitted_twice_is_one_from_the_first() -> None:
    told = world()
    admit(told, "2017-01-01")
    admit(told, "2016-01-01")
    assert [value(told, "accompaniments_total", day) for day in ("2015-12-31", "2016-01-01", "2018-01-01")] == [0, 1, 1]


def test_an_accompaniment_needs_a_registered_territory() -> None:
    told = World(JURA)
    admit(told, "2016-01-01", "chenove", "acc-1", "cluster-jura")
    for name in ("territories_accompanied", "accompaniments_total", "territories_not_epci"):
        assert value(told, name) == value(told, name, scope=JURA_SCOPE) == 0
    registered = register(told, "chenove")
    assert value(told, "territories_accompanied", "2016-01-01", JURA_SCOPE) == 1
    told.void(ROOT, registered)
    assert value(told, "territories_accompanied") == value(told, "accompaniments_total") == 0
    register(told, "chenove")
    assert value(told, "territories_accompanied") == value(told, "accompaniments_total") == 1


@pytest.mark.parametrize(
    ("relations", "epci"),
    [(("is",), 1), (("member_of", "part"), 1), (("contains",), 0), (("member_of", "overlaps"), 0), ((), 0)],
)
def test_a_territory_is_an_epci_only_by_what_it_is_or_names_as_its_part(relations: tuple[str, ...], epci: int) -> None:
    told = World(JURA)
    register(told, "a", *relations)
    admit(told, "2016-01-01", "a", "acc-a")
    assert (value(told, "territories_epci"), value(told, "territories_not_epci")) == (epci, 1 - epci)
    assert value(told, "territories_accompanied") == 1


def test_a_member_counts_a_territory_from_the_first_day_it_operates_there() -> None:
    told = world()
    admit(told, "2016-01-01", "chenove", "acc-1", "cluster-jura")
    operate(told, "2018-01-01", "fdfr-89")
    for name in ("territories_accompanied", "accompaniments_total"):
        assert value(told, name, "2016-01-01", JURA_SCOPE) == 1
        assert [value(told, name, day, FDFR_SCOPE) for day in ("2017-12-31", "2018-01-01")] == [0, 1]
        assert value(told, name) == 1


def test_an_operator_does_not_operate_before_the_admission_of_its_accompaniment() -> None:
    told = world()
    admit(told, "2016-01-01", accompaniment="acc-1")
    admit(told, "2018-01-01", accompaniment="acc-2")
    operate(told, "2017-01-01", "fdfr-89", accompaniment="acc-2")
    for name in ("territories_accompanied", "accompaniments_total"):
        assert [value(told, name, day, FDFR_SCOPE) for day in ("2017-06-01", "2018-01-01")] == [0, 1]


def test_an_operator_of_what_is_not_admitted_operates_nothing() -> None:
    told = world()
    admitted = admit(told, "2016-01-01")
    operate(told, "2016-02-01", "fdfr-89", accompaniment="acc-2")
    assert value(told, "territories_accompanied", scope=FDFR_SCOPE) == 0
    operate(told, "2016-02-01", "fdfr-89")
    assert value(told, "territories_accompanied", scope=FDFR_SCOPE) == 1
    told.void(ROOT, admitted)
    assert value(told, "territories_accompanied", scope=FDFR_SCOPE) == 0
    assert value(told, "accompaniments_total", scope=FDFR_SCOPE) == 0


def test_an_operator_that_is_released_has_operated() -> None:
    told = world()
    admit(told, "2016-01-01", "chenove", "acc-1", "fdfr-89")
    data = {"accompaniment_id": "acc-1", "territory_id": "chenove", "member_id": "fdfr-89"}
    told.say("ideation.OperatorReleased", data, "2017-01-01", source=ROOT)
    assert value(told, "territories_accompanied", "2018-01-01", FDFR_SCOPE) == 1


def test_a_territory_has_a_project_once_admitted_and_one_was_opened_there() -> None:
    told = world()
    opened(told, "2017-01-01", "p", "chenove", "never-admitted")
    assert value(told, "territories_with_project") == 0
    admit(told, "2018-01-01")
    for scope in ("region", "territory/chenove"):
        days = ("2017-12-31", "2018-01-01")
        assert [value(told, "territories_with_project", day, scope) for day in days] == [0, 1]
    assert value(told, "territories_with_project", scope="territory/never-admitted") == 0


def test_a_project_opened_after_the_admission_counts_from_its_opening() -> None:
    told = world()
    admit(told, "2016-01-01")
    opening = opened(told, "2017-01-01", "p", "chenove")
    assert [value(told, "territories_with_project", day) for day in ("2016-12-31", "2017-01-01")] == [0, 1]
    told.void(JURA_PROJECTS, opening)
    assert value(told, "territories_with_project") == 0


def test_in_a_members_scope_only_its_own_projects_where_it_operates_count() -> None:
    told = world()
    admit(told, "2016-01-01", "chenove", "acc-1", "cluster-jura", "fdfr-89")
    opened(told, "2017-01-01", "p", "chenove")
    assert value(told, "territories_with_project", scope=JURA_SCOPE) == 1
    assert value(told, "territories_with_project", scope=FDFR_SCOPE) == 0
    opened(told, "2018-01-01", "p", "chenove", source=FDFR_PROJECTS)
    days = ("2017-12-31", "2018-01-01")
    assert [value(told, "territories_with_project", day, FDFR_SCOPE) for day in days] == [0, 1]
    told = world()
    admit(told, "2016-01-01", "chenove", "acc-1", "cluster-jura")
    opened(told, "2018-01-01", "p", "chenove", source=FDFR_PROJECTS)
    assert value(told, "territories_with_project") == 1
    for scope in (JURA_SCOPE, FDFR_SCOPE):
        assert value(told, "territories_with_project", scope=scope) == 0


def test_a_members_own_project_counts_not_before_it_operates_there() -> None:
    told = world()
    admit(told, "2016-01-01")
    opened(told, "2017-01-01", "p", "chenove")
    operate(told, "2018-01-01", "cluster-jura")
    days = ("2017-12-31", "2018-01-01")
    assert [value(told, "territories_with_project", day, JURA_SCOPE) for day in days] == [0, 1]
    assert value(told, "territories_with_project", "2017-01-01") == 1
