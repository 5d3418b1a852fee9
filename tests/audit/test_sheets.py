"""The lists and sheets that a gateway shows: each object is drawn anew from the records and compared by its digest."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.audit.findings import FIGURE, INCOMPLETE, VERIFIED, Altered, Claim
from services.audit.lists import Lists
from services.audit.pages import Page, lines, read
from services.audit.sheets import FIELDS, Sheets, digest
from tests.audit.counting import heard
from tests.audit.making import FDFR, JURA, JURA_PROJECTS, ROOT, World
from tests.audit.telling import admit, operate, register, started, step

IDEA, PROJECT = "cluster-jura/i", "cluster-jura/p"


def told() -> World:
    """One object of each type whose sheet shows something in each field, all public; and an idea for partners."""
    world = World(JURA, JURA_PROJECTS)
    seen = {"confidentiality": "public"}
    world.say("ideation.MemberJoined", {"member_id": "cluster-jura", **seen}, source=ROOT)
    place = {"territory_id": "chenove", "territory_ids": ["chenove"], "siren": "200000008", "insee": ["21166"], **seen}
    world.say("ideation.TerritoryRegistered", {**place, "population": 14000}, source=ROOT)
    under = {"territory_id": "chenove", "accompaniment_id": "acc-1", **seen}
    world.say("ideation.TerritoryAdmitted", {**under, "operators": []}, "2019-01-01", source=ROOT, precision="year")
    world.say("ideation.OperatorAssigned", {**under, "member_id": "cluster-jura", "role": "lead"}, source=ROOT)
    idea = {"idea_id": "i", "title": "An idea", "description": "d", "themes": ["food"], "needs": ["n"]}
    world.say("ideation.IdeaProposed", {**idea, "territory_ids": ["chenove"], "accompaniment_id": "acc-1", **seen})
    world.say("ideation.IdeaSelected", {"idea_ids": ["i"], "project_id": "p", "accompaniment_id": "acc-1", **seen})
    step(
        world,
        "ProjectOpened",
        "2019-02-01",
        accompaniment_ids=["acc-1"],
        idea_ids=["i"],
        territory_ids=["chenove"],
        **seen,
    )
    step(world, "ProjectHolderIdentified", "2019-03-01", project_holder="h", **seen)
    for number, event in enumerate(("ProjectQualified", "LaunchPhaseOpened", "ProjectPaused")):
        step(world, event, f"2019-0{number + 4}-01", **seen)
    step(world, "ActivityStarted", "2019-09-01", activity_id="x", **seen)
    world.say("ideation.IdeaProposed", {"idea_id": "kept", "title": "For partners"})
    return world


def pages(world: World, size: int = 100, views: tuple[str, ...] = ("anyone", "auditor")) -> list[Page]:
    """What an honest gateway shows of all lists."""
    trail = heard(world)
    drawn = Sheets(trail.facts.live(trail.trusted))
    found = []
    for view in views:
        for kind in FIELDS:
            sheets = sorted(drawn.seen(view)[kind].values(), key=lambda sheet: str(sheet["code"]))
            cut = [sheets[at : at + size] for at in range(0, len(sheets), size)] or [[]]
            for part in cut:
                found.append(Page(view, kind, "", dict(trail.trusted), part is cut[-1], part))
    return found


def claimed(world: World, shown: list[Page], asked: dict[str, int] | None = None) -> tuple[int, list[str]]:
    trail, claim = heard(world), Claim("sheets")
    Lists(trail, claim, trail.trusted if asked is None else asked).compare(shown)
    return claim.exit, [f"{one.reason}: {one.detail}" for one in claim.findings]


def test_every_field_of_every_sheet_can_be_told() -> None:
    world = told()
    shown = {page.kind: page.sheets[0] for page in pages(world, views=("anyone",))}
    for kind, fields in FIELDS.items():
        empty = [field for field in fields if shown[kind][field] in (None, [], 0, False)]
        assert empty == {"Member": ["leftOn"], "Project": ["jobs"]}.get(kind, [])
    assert shown["Project"] == {
        "code": PROJECT,
        "title": "A shop",
        "nature": "creation",
        "originKind": "idea",
        "status": "completed",
        "paused": True,
        "member": "cluster-jura",
        "territories": ["chenove"],
        "accompaniments": ["acc-1"],
        "ideas": [IDEA],
        "projectHolder": "h",
        "openedOn": "2019-02-01",
        "qualifiedOn": "2019-04-01",
        "launchedOn": "2019-05-01",
        "startedOn": "2019-09-01",
        "activities": ["cluster-jura/x"],
        "jobs": 0,
    }
    assert (shown["Territory"]["admittedOn"], shown["Territory"]["admittedPrecision"]) == ("2019-12-31", "YEAR")
    assert shown["Territory"]["projects"] == [PROJECT]
    assert (shown["Idea"]["status"], shown["Idea"]["needs"]) == ("selected", ["cluster-jura/n"])


@pytest.mark.parametrize("size", [1, 2, 100])
def test_lists_as_the_records_draw_them_are_verified_in_pages_of_any_size(size: int) -> None:
    world = told()
    assert claimed(world, pages(world, size)) == (VERIFIED, [])


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, fields in FIELDS.items() for field in fields[1:]])
def test_one_changed_field_of_one_sheet_is_told_with_object_and_field(kind: str, field: str) -> None:
    world = told()
    shown = pages(world)
    at = next(number for number, page in enumerate(shown) if page.kind == kind)
    other = {**shown[at].sheets[0], field: "otherwise"}
    assert digest(other) != digest(shown[at].sheets[0])
    shown[at] = replace(shown[at], sheets=[other, *shown[at].sheets[1:]])
    code, found = claimed(world, shown)
    assert code == FIGURE
    assert len(found) == 1
    assert found[0].startswith(
        f"sheet {field}: {kind.lower()}/{other['code']}, as anyone sees it: the gateway says 'otherwise'"
    )


def only(kind: str, view: str, change: Callable[[Page], Page | None]) -> Callable[[list[Page]], list[Page]]:
    def of(shown: list[Page]) -> list[Page]:
        changed = [change(page) if (page.kind, page.view) == (kind, view) else page for page in shown]
        return [page for page in changed if page is not None]

    return of


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        (only("Idea", "auditor", lambda page: replace(page, sheets=page.sheets[:1])), FIGURE, "sheet missing"),
        (only("Idea", "auditor", lambda page: replace(page, sheets=[*page.sheets] * 2)), FIGURE, "sheet twice"),
        (only("Idea", "anyone", lambda page: None), INCOMPLETE, "sheets.missing"),
        (only("Idea", "anyone", lambda page: replace(page, last=False)), INCOMPLETE, "sheets.missing"),
        (only("Idea", "anyone", lambda page: replace(page, position={})), INCOMPLETE, "sheets.behind"),
        (
            only("Idea", "anyone", lambda page: replace(page, position={**page.position, JURA: 99})),
            INCOMPLETE,
            "sheets.beyond",
        ),
        (lambda shown: [], INCOMPLETE, "sheets.missing"),
    ],
)
def test_what_is_left_out_shown_twice_or_not_of_the_records_moment_is_told(
    change: Callable[[list[Page]], list[Page]], code: int, reason: str
) -> None:
    world = told()
    found, why = claimed(world, change(pages(world)))
    assert reason in {one.partition(":")[0] for one in why}
    assert found == code or (reason == "sheets.behind" and found == FIGURE)


def test_what_not_everybody_may_see_is_told_when_anyone_sees_it() -> None:
    world = told()
    shown = pages(world)
    hidden = next(page for page in shown if (page.kind, page.view) == ("Idea", "auditor"))
    leaking = [
        replace(page, sheets=hidden.sheets) if (page.kind, page.view) == ("Idea", "anyone") else page for page in shown
    ]
    code, found = claimed(world, leaking)
    assert (code, len(found)) == (FIGURE, 1)
    assert found[0].startswith("sheet unknown: idea/cluster-jura/kept, as anyone sees it")


def test_a_list_of_one_territory_or_member_holds_what_belongs_there_and_nothing_else() -> None:
    world = told()
    shown = pages(world)
    ideas = next(page for page in shown if (page.kind, page.view) == ("Idea", "auditor"))
    mine, here = replace(ideas, where="member/cluster-jura"), replace(ideas, where="territory/chenove")
    assert claimed(world, [*shown, mine]) == (VERIFIED, [])
    there = [sheet for sheet in ideas.sheets if sheet["territories"] == ["chenove"]]
    assert claimed(world, [*shown, replace(here, sheets=there)]) == (VERIFIED, [])
    assert claimed(world, [*shown, here])[0] == FIGURE
    assert claimed(world, [*shown, replace(here, sheets=[])])[0] == FIGURE
    assert claimed(world, [*shown, replace(mine, where="member/fdfr-89")])[0] == FIGURE


def test_a_sheet_asked_for_by_its_code_is_the_one_of_the_list_or_not_there_for_both() -> None:
    world = told()
    shown = pages(world)
    seen = next(page for page in shown if (page.kind, page.view) == ("Project", "anyone"))
    single = replace(seen, where=f"code/{PROJECT}")
    hidden = replace(seen, kind="Idea", where="code/cluster-jura/kept", sheets=[])
    assert claimed(world, [*shown, single, hidden]) == (VERIFIED, [])
    assert claimed(world, [*shown, replace(single, sheets=[])])[0] == FIGURE
    assert claimed(world, [*shown, replace(hidden, view="auditor")])[0] == FIGURE


def test_a_page_is_compared_at_its_own_position_and_what_moved_meanwhile_is_not_missed() -> None:
    world = told()
    early = pages(world)
    before = dict(early[0].position)
    title = {"title": "A new title"}
    world.correct(JURA_PROJECTS, 1, title)
    world.say("ideation.IdeaProposed", {"idea_id": "late", "title": "Later"})
    assert claimed(world, early, before) == (VERIFIED, [])
    late = pages(world)
    mixed = [late[number] if number % 2 else page for number, page in enumerate(early)]
    assert claimed(world, mixed, before) == (VERIFIED, [])
    empty = [replace(page, sheets=[], last=False) for page in early if page.kind == "Project"]
    gone = [replace(page, sheets=[]) for page in late if page.kind == "Project"]
    rest = [page for page in early if page.kind != "Project"]
    halves = [page for pair in zip(empty, gone, strict=True) for page in pair]
    assert claimed(world, [*rest, *halves], before) == (VERIFIED, [])


def test_pages_are_saved_one_a_line_and_read_strictly(tmp_path: Path) -> None:
    shown = pages(told())
    file = tmp_path / "sheets.ndjson"
    file.write_bytes(b"".join(page.line() for page in shown))
    with file.open("rb") as opened:
        assert [read(line) for line in lines(opened)] == shown
    file.write_bytes(shown[0].line()[:-1])
    with file.open("rb") as opened, pytest.raises(Altered):
        list(lines(opened))
    for raw in (b"[]", b"{}", shown[0].line()[:-1].replace(b'"anyone"', b'"nobody"'), b'{"a":1}'):
        with pytest.raises(Altered):
            read(raw)


def test_a_released_operator_a_member_that_left_and_a_resumed_project_show_it() -> None:
    world = World(JURA, JURA_PROJECTS, FDFR)
    world.say("ideation.MemberJoined", {"member_id": "fdfr-89"}, "2016-01-01", source=ROOT)
    register(world, "chenove")
    admit(world, "2019-01-01", "chenove", "acc-1", "fdfr-89")
    operate(world, "2019-02-01", "cluster-jura")
    gone = {"accompaniment_id": "acc-1", "territory_id": "chenove", "member_id": "fdfr-89"}
    world.say("ideation.OperatorReleased", gone, "2019-03-01", source=ROOT)
    world.say("ideation.MemberLeft", {"member_id": "fdfr-89"}, "2020-01-01", source=ROOT)
    step(world, "ProjectOpened", "2019-02-01")
    step(world, "ProjectPaused", "2019-03-01")
    step(world, "ProjectResumed", "2019-04-01")
    started(world, "2019-05-01")
    step(world, "ProjectAbandoned", "2019-06-01")
    shown: dict[str, Any] = {page.kind: page.sheets[0] for page in pages(world, views=("auditor",)) if page.sheets}
    assert shown["Territory"]["operators"] == ["cluster-jura"]
    assert shown["Member"]["leftOn"] == "2020-01-01"
    assert (shown["Project"]["status"], shown["Project"]["paused"]) == ("abandoned", False)
