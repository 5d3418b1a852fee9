"""Figures: of a day, of a scope, by month, and what they say of what is not counted."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.gateway import figures, positions
from services.gateway.monthly import months
from tests.gateway.read_side import ReadSide
from tests.gateway.recording import Producer
from tests.gateway.serving import Client, gateway, settings, until

FIGURES = """query($asOf: AsOfInput, $territory: String, $member: String) {
  figures(asOf: $asOf, territory: $territory, member: $member) {
    asOf { position recordedAt lagMs date } complete parked setAside { source code records } held
    stopped { source sequence reason }
    items { indicator name value low high precision unit scale
      parts { indicator value precision } beside { indicator value } }
  }
}"""
DAY = "2019-12-31"


@pytest.fixture(scope="module", autouse=True)
async def paper(read_side: ReadSide, client: Client) -> None:
    """Some of the paper's numbers, in a member's scope so that other tests do not move them."""
    await read_side.members("paper", "quiet", "years")
    await read_side.territories("t-8", "t-9")
    amounts = {
        "advisers_declared": 12,
        "advisers_identified": 3,
        "actors_identified": 85,
        "actors_declared": 1800,
        "actors_declared_low": 300,
        "actors_declared_approx": 40,
        "jobs_recorded": 5,
        "jobs_declared": 30,
        "jobs_declared_at_least": 2,
        "jobs_fte_alive": 35000,
    }
    await read_side.batch(
        {"/members/m1/ideation": 7, "/members/m2/projects": 3},
        [("member/paper", name, DAY, value) for name, value in amounts.items()]
        + [("member/paper", "jobs_recorded", "2020-01-15", 1), ("territory/t-9", "jobs_recorded", DAY, 4)],
    )
    await read_side.heard_by(client.app)


async def test_the_five_figures_come_with_their_parts(client: Client) -> None:
    found = (await client.data(FIGURES, {"asOf": {"date": DAY}, "member": "paper"}))["figures"]
    assert [(one["indicator"], one["value"]) for one in found["items"]] == [
        ("advisers_mobilised", 15),
        ("territories_accompanied", 0),
        ("projects_completed_or_nearing", 0),
        ("actors_mobilised", 1885),
        ("jobs_created", 35),
    ]
    for item in found["items"]:
        assert item["value"] == sum(part["value"] for part in item["parts"]) == item["high"]
    actors, jobs = found["items"][3], found["items"][4]
    assert (actors["low"], actors["precision"]) == (385, "APPROX")
    assert (jobs["low"], jobs["precision"]) == (35, "AT_LEAST")
    assert {"indicator": "jobs_fte_alive", "value": 35000} in jobs["beside"]
    assert found["complete"] is True
    assert found["asOf"]["date"] == DAY
    assert positions.read_position(found["asOf"]["position"])["/members/m1/ideation"] >= 7


@pytest.mark.parametrize(("day", "jobs"), [("2019-12-30", 0), (DAY, 35), ("2020-01-14", 35), ("2020-01-15", 36)])
async def test_figures_are_of_a_day(client: Client, day: str, jobs: int) -> None:
    found = await client.data(FIGURES, {"asOf": {"date": day}, "member": "paper"})
    assert found["figures"]["items"][4]["value"] == jobs


async def test_a_territory_is_named_by_code_or_id(client: Client) -> None:
    for name in ("t-9", positions.node_id("Territory", "t-9")):
        assert (await client.data(FIGURES, {"territory": name}))["figures"]["items"][4]["value"] == 4
    for name in ("paper", positions.node_id("Member", "paper")):
        assert (await client.data(FIGURES, {"member": name}))["figures"]["items"][4]["value"] == 36


async def test_nothing_counted_in_a_known_scope_is_nought(client: Client) -> None:
    for given in ({"territory": "t-8"}, {"member": "quiet"}):
        assert {item["value"] for item in (await client.data(FIGURES, given))["figures"]["items"]} == {0}


UNKNOWN = """query($t: String, $m: String) { figures(territory: $t, member: $m) { complete }
  figuresByMonth(from: "2020-01-01", to: "2020-01-01", territory: $t, member: $m) { complete }
  ideas(first: 1, territory: $t, member: $m) { nodes { id } } projects(first: 1, territory: $t, member: $m) {
    nodes { id } } }"""


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"t": "nowhere"}, "territory.unknown"),
        ({"t": positions.node_id("Territory", "nowhere")}, "territory.unknown"),
        ({"t": "paper"}, "territory.unknown"),
        ({"m": "nobody"}, "member.unknown"),
        ({"m": "t-9"}, "member.unknown"),
    ],
)
async def test_an_unknown_territory_or_member_is_said_and_not_counted(client: Client, given: Any, code: str) -> None:
    found = (await client.post(UNKNOWN, given)).json()
    assert found["data"] == {"figures": None, "figuresByMonth": None, "ideas": None, "projects": None}
    assert [error["extensions"]["code"] for error in found["errors"]] == [code] * 4
    assert {tuple(error["extensions"]["argument"]) for error in found["errors"]} == {(code.partition(".")[0],)}


async def test_a_territory_whose_registration_is_voided_is_unknown_again(client: Client, read_side: ReadSide) -> None:
    raw = read_side.hub.made("TerritoryRegistered", "territory/t-gone", {"territory_id": "t-gone"})
    await read_side.count(read_side.hub, raw)
    await read_side.heard_by(client.app)
    assert (await client.data(FIGURES, {"territory": "t-gone"}))["figures"]["complete"] is True
    await read_side.count(read_side.hub, read_side.hub.voided(raw))
    await read_side.heard_by(client.app)
    assert await client.code(FIGURES, {"territory": "t-gone"}) == "territory.unknown"


async def test_names_come_in_both_languages(client: Client) -> None:
    text = "{ figures { items { fr: name(lang: FR) en: name(lang: EN) name } } }"
    item = (await client.data(text))["figures"]["items"][0]
    assert item == {"fr": "Chargés de mission mobilisés", "en": "Advisers mobilised", "name": "Advisers mobilised"}


async def test_any_indicator_may_be_asked(client: Client) -> None:
    text = 'query($i: [String!]!) { figures(member: "paper") { indicators(ids: $i) { indicator value scale } } }'
    found = await client.data(text, {"i": ["jobs_fte_alive", "jobs_created"]})
    assert found["figures"]["indicators"] == [
        {"indicator": "jobs_fte_alive", "value": 35000, "scale": 4},
        {"indicator": "jobs_created", "value": 36, "scale": 0},
    ]
    assert await client.code(text, {"i": ["nothing"]}) == "id.invalid"


async def test_a_stopped_producer_is_said(client: Client, read_side: ReadSide) -> None:
    await read_side.stop("/members/m2/projects", "chain.prev")
    await read_side.batch({})
    await read_side.heard_by(client.app)
    found = (await client.data(FIGURES))["figures"]
    assert found["complete"] is False
    assert found["stopped"] == [{"source": "/members/m2/projects", "sequence": 3, "reason": "chain.prev"}]
    await read_side.stop("/members/m2/projects", None)
    await read_side.batch({})
    await read_side.heard_by(client.app)
    assert (await client.data(FIGURES))["figures"]["complete"] is True


async def test_a_reader_that_stands_still_or_leaves_a_producer_behind_is_said(
    client: Client, read_side: ReadSide
) -> None:
    text = "{ figures { complete current behind { source sequence reason } } state { complete current } }"
    year, gone = 366 * 86400, "topic.gone: its topic is not there"
    await read_side.batch({"/members/m3/ideation": 4})
    one = {"source": "/members/m3/ideation", "sequence": 4, "reason": gone}
    for behind, age, current in (([one], 0, True), ([], year, False), ([], -year, False), ([], 0, True)):
        await read_side.tell(*((str(said["source"]), str(said["reason"])) for said in behind), age=age)
        complete = current and not behind
        await until(lambda: client.app.feed.state is not None and list(client.app.feed.state.behind) == behind)  # noqa: B023
        await until(lambda: client.app.feed.state is not None and client.app.feed.state.current == current)  # noqa: B023
        found = await client.data(text)
        assert found["figures"] == {"complete": complete, "current": current, "behind": behind}
        assert found["state"] == {"complete": complete, "current": current}


async def test_a_producer_that_is_held_between_two_batches_is_said(client: Client, read_side: ReadSide) -> None:
    await read_side.heard_by(client.app)
    assert (await client.data(FIGURES))["figures"]["held"] == []
    for held in (["/members/new/ideation"], []):
        await read_side.hold(*held)
        await _heard(client, held)
        found = (await client.data(FIGURES))["figures"]
        assert (found["held"], found["complete"]) == (held, not held)


async def _heard(client: Client, held: list[str]) -> None:
    await until(lambda: client.app.feed.state is not None and list(client.app.feed.state.held) == held)


async def test_what_is_set_aside_is_named_by_producer_and_reason(servers: Any, keys: Path) -> None:
    side = await ReadSide.create(servers.postgres)
    stranger, careless = Producer("stranger", "ideation"), Producer("careless", "ideation")
    joined = [stranger.made("MemberJoined", f"member/x{n}", {"member_id": f"x{n}"}) for n in range(2)]
    broken = careless.made("IdeaProposed", "idea/y", {"idea_id": "y", "title": 5})
    behind = careless.made("IdeaShortlisted", "idea/y", {"idea_id": "y"})
    await side.count(stranger, *joined)
    await side.count(careless, broken, behind)
    async with gateway(settings(keys, reads_dsn=side.dsn)) as door:
        text = "{ figures { complete parked setAside { %s } } state { complete parked setAside { %s } } }"
        found = await door.data(text.replace("%s", "source code records"))
    await side.drop()
    said = {
        "complete": False,
        "parked": 4,
        "setAside": [
            {"source": "/members/careless/ideation", "code": "parked.behind", "records": 1},
            {"source": "/members/careless/ideation", "code": "payload.contract", "records": 1},
            {"source": "/members/stranger/ideation", "code": "authority.coordinator", "records": 2},
        ],
    }
    assert found == {"figures": said, "state": said}


BY_MONTH = """query($from: Date!, $to: Date!) {
  figuresByMonth(from: $from, to: $to, member: "years", indicators: ["jobs_created"]) {
    series { value months { month change total } undated { year change } } } }"""


async def test_what_is_known_only_by_year_is_in_totals_and_in_no_month(client: Client, read_side: ReadSide) -> None:
    scope, jobs = "member/years", "jobs_recorded"
    await read_side.batch({}, [(scope, jobs, "2018-12-31", 2), (scope, jobs, "2019-12-31", 7)], dated=False)
    await read_side.batch({}, [(scope, jobs, "2019-12-10", 1), (scope, "jobs_declared", "2020-01-15", 4)])
    await read_side.batch({}, [(scope, "jobs_declared", "2020-03-31", 3)], dated=False)
    await read_side.heard_by(client.app)
    found = (await client.data(BY_MONTH, {"from": "2019-11-01", "to": "2020-03-01"}))["figuresByMonth"]
    changes = [("2019-11-01", 0, 2), ("2019-12-01", 1, 10), ("2020-01-01", 4, 14), ("2020-02-01", 0, 14)]
    assert found["series"] == [
        {
            "value": 17,
            "months": [
                {"month": month, "change": change, "total": total}
                for month, change, total in [*changes, ("2020-03-01", 0, 17)]
            ],
            "undated": [{"year": 2019, "change": 7}, {"year": 2020, "change": 3}],
        }
    ]
    # What lies before the first month is in its total, and under no year.
    later = (await client.data(BY_MONTH, {"from": "2020-02-01", "to": "2020-02-01"}))["figuresByMonth"]["series"][0]
    assert later == {"value": 14, "months": [{"month": "2020-02-01", "change": 0, "total": 14}], "undated": []}


async def test_months_add_up_to_the_figure(client: Client) -> None:
    text = """{ figuresByMonth(from: "2019-12-05", to: "2020-02-01", member: "paper", indicators: ["jobs_created"]) {
      complete series { indicator value precision months { month change total } } } }"""
    series = (await client.data(text))["figuresByMonth"]["series"]
    assert series == [
        {
            "indicator": "jobs_created",
            "value": 36,
            "precision": "AT_LEAST",
            "months": [
                {"month": "2019-12-01", "change": 35, "total": 35},
                {"month": "2020-01-01", "change": 1, "total": 36},
                {"month": "2020-02-01", "change": 0, "total": 36},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("name", "amounts", "label"),
    [
        ("actors_declared_low", {"actors_declared_approx": 1}, "approx"),
        ("advisers_mobilised_ever", {"advisers_declared_at_least": 1}, "at_least"),
        ("actors_declared_approx", {"actors_declared_approx": 1}, "approx"),
        ("jobs_created", {"jobs_declared_at_least": 2, "jobs_declared_approx": 1}, "approx"),
        ("jobs_recorded", {"jobs_declared_approx": 1}, "exact"),
    ],
)
def test_a_figure_has_the_weakest_label_of_what_it_counts(name: str, amounts: dict[str, int], label: str) -> None:
    assert figures.precision(name, amounts) == label


def test_months_of_years() -> None:
    found = months(date(2019, 11, 30), date(2021, 1, 1))
    assert (found[0], found[1], found[2], found[-1], len(found)) == (
        date(2019, 11, 1),
        date(2019, 12, 1),
        date(2020, 1, 1),
        date(2021, 1, 1),
        15,
    )
