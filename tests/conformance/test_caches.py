"""Clients that keep objects by id show every answer as it was given, whatever they were answered since."""

import json
from typing import Any

import pytest

from services.gateway import positions
from tests.conformance.node import talk
from tests.gateway.read_side import ReadSide
from tests.gateway.serving import Client

NUMBER = "id indicator value precision name"
FIGURES = f"""query($asOf: AsOfInput, $territory: String, $member: String) {{
  figures(asOf: $asOf, territory: $territory, member: $member) {{ asOf {{ date }}
    items {{ {NUMBER} low high parts {{ {NUMBER} }} beside {{ {NUMBER} }} }}
    indicators(ids: ["jobs_recorded", "jobs_created"]) {{ {NUMBER} }} }} }}"""
MONTHS = f"""query($from: Date!, $to: Date!, $member: String) {{
  figuresByMonth(from: $from, to: $to, member: $member, indicators: ["jobs_created"]) {{
    series {{ {NUMBER} months {{ month change total }} undated {{ year change }} }} }} }}"""
SOURCE = "/members/kept/projects"
QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    (FIGURES, {"asOf": {"date": "2019-12-31"}, "member": "kept"}),
    (FIGURES, {"asOf": {"date": "2020-12-31"}, "member": "kept"}),
    (FIGURES, {"asOf": {"date": "2020-12-31"}, "territory": "t-kept"}),
    (FIGURES, {"asOf": {"date": "2020-12-31"}}),
    (FIGURES, {"member": "kept"}),
    (MONTHS, {"from": "2019-01-01", "to": "2019-12-31", "member": "kept"}),
    (MONTHS, {"from": "2019-06-01", "to": "2019-12-31", "member": "kept"}),
    (MONTHS, {"from": "2019-01-01", "to": "2020-12-31", "member": "kept"}),
    (MONTHS, {"from": "2019-01-01", "to": "2019-12-31"}),
]


def later(position: str) -> list[tuple[str, dict[str, Any]]]:
    """The same day of the same scope, as known once this position is counted."""
    return [(FIGURES, {"asOf": {"date": "2019-12-31", "atLeast": position}, "member": "kept"})]


@pytest.mark.parametrize("name", ["apollo", "urql"])
async def test_what_is_kept_by_id_is_shown_as_it_was_answered(client: Client, read_side: ReadSide, name: str) -> None:
    await read_side.members("kept")
    await read_side.territories("t-kept")
    scopes = ("member/kept", "territory/t-kept", "region")
    days = ("2019-03-15", "2019-12-31", "2020-11-30")
    amounts = [(scope, "jobs_recorded", day, n) for n, (scope, day) in enumerate(_pairs(scopes, days), 1)]
    await read_side.batch({SOURCE: 1}, amounts)
    await read_side.heard_by(client.app)
    groups = [QUESTIONS, later(positions.position({SOURCE: 2}))]
    async with talk("caches.mjs", name, f"{client.url}/graphql", json.dumps(groups)) as keeping:
        assert await keeping.hear() == "asked"
        await read_side.batch({SOURCE: 2}, [("member/kept", "jobs_recorded", "2019-12-31", 1000)])
        await keeping.go_on()
        assert await keeping.hear() == "asked"
        await keeping.go_on()
        found = [await keeping.hear() for _ in range(len(QUESTIONS) + 1)]
    assert [one["shown"] for one in found] == [one["answered"] for one in found]
    assert len({json.dumps(one["answered"]) for one in found}) == len(found)


def _pairs(scopes: tuple[str, ...], days: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(scope, day) for scope in scopes for day in days]
