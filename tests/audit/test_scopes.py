"""Where there are figures, and what the gateway must refuse."""

from pathlib import Path
from typing import Any

import pytest

from services.audit import compare
from tests.audit.counting import heard
from tests.audit.exporting import answer, export
from tests.audit.making import JURA, ROOT, World
from tests.audit.telling import admit, join, opened, register
from tests.audit.test_attacks import FIGURE, VERIFIED, replay

UNKNOWN: dict[str, Any] = {"known": False, "values": {}, "precision": {}, "bounds": {}, "shown": []}


def scopes(told: World) -> list[str]:
    return compare.scopes(heard(told))


def test_the_region_each_member_that_joined_and_each_territory_that_is_registered_is_asked_for() -> None:
    told = World(JURA)
    assert scopes(told) == ["region"]
    join(told, "fdfr-89")
    join(told, "cluster-jura")
    register(told, "chenove")
    assert scopes(told) == ["region", "member/cluster-jura", "member/fdfr-89", "territory/chenove"]


def test_who_is_only_named_is_not_asked_for() -> None:
    told = World()
    admit(told, "2016-01-01", "chenove", "acc-1", "fdfr-89")
    opened(told, "2018-01-01", "p", "beaune")
    told.say("ideation.MemberLeft", {"member_id": "fdfr-89"}, source=ROOT)
    assert scopes(told) == ["region"]


def test_whose_joining_or_registration_is_voided_is_not_asked_for_and_who_left_is() -> None:
    told = World(JURA)
    joined, registered = join(told, "fdfr-89"), register(told, "chenove")
    told.say("ideation.MemberLeft", {"member_id": "fdfr-89"}, "2026-05-01", source=ROOT)
    assert scopes(told) == ["region", "member/fdfr-89", "territory/chenove"]
    told.void(ROOT, joined)
    told.void(ROOT, registered)
    assert scopes(told) == ["region"]


def told_of_jura() -> World:
    told = World(JURA)
    join(told, "cluster-jura")
    register(told, "chenove")
    return told


@pytest.mark.parametrize("scope", ["member/cluster-jura", "territory/chenove"])
def test_a_refusal_of_a_scope_that_the_records_know_is_told(tmp_path: Path, scope: str) -> None:
    told = told_of_jura()
    refused = {**answer(told, {}, scope), **UNKNOWN}
    assert replay(export(tmp_path, told, answer(told, {}), refused)) == FIGURE


@pytest.mark.parametrize("scope", ["member/fdfr-89", "territory/beaune"])
def test_figures_of_a_scope_that_the_records_do_not_know_are_told_and_a_refusal_is_right(
    tmp_path: Path, scope: str
) -> None:
    told = told_of_jura()
    known = [answer(told, {}, one) for one in ("region", "member/cluster-jura")]
    known.append(answer(told, {}, "territory/chenove"))
    assert replay(export(tmp_path / "1", told, *known, answer(told, {}, scope))) == FIGURE
    refused = {**answer(told, {}, scope), **UNKNOWN}
    assert replay(export(tmp_path / "2", told, *known, refused)) == VERIFIED


def test_a_refusal_at_a_position_before_the_joining_is_right(tmp_path: Path) -> None:
    told = World(JURA)
    refused = {**answer(told, {}, "member/cluster-jura"), **UNKNOWN}
    before = {source: len(topic) for source, topic in told.topics.items()}
    join(told, "cluster-jura")
    assert replay(export(tmp_path, told, answer(told, {}), refused, asked=before)) == VERIFIED
