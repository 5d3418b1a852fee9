"""Who may see what, asked as the gateway asks: viewers and visibilities, before and after amendments."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import orjson
import pytest

from shared.kernel import record
from tests.integration.indicators.conftest import Hand, ReadSide

VISIBILITIES = ("public", "partners", "member")
# Of each viewer the visibilities that it sees of a member's records.
VIEWERS = {
    "public": VISIBILITIES[:1],
    "member/another": VISIBILITIES[:2],
    "own": VISIBILITIES,
    "all": VISIBILITIES,
    "": VISIBILITIES[:1],
    "member/": VISIBILITIES[:1],
    "coordinator": VISIBILITIES[:1],
}


class Gateway:
    """The functions of `api`, called by the gateway's role."""

    def __init__(self, connection: Any, hand: Hand) -> None:
        self._connection = connection
        self._own = f"member/{hand.member}"

    def _as(self, viewer: str) -> str:
        return self._own if viewer == "own" else viewer

    async def document(self, viewer: str, kind: str, name: str) -> dict[str, Any] | None:
        text = await self._connection.fetchval("select api.document($1, $2, $3)::text", self._as(viewer), kind, name)
        return None if text is None else orjson.loads(text)

    async def documents(self, viewer: str, kind: str, **given: Any) -> list[tuple[str, dict[str, Any]]]:
        asked = [given.get(name) for name in ("territory", "member", "after")]
        sql = "select sort, body::text from api.documents($1, $2, $3, $4, $5, $6)"
        rows = await self._connection.fetch(sql, self._as(viewer), kind, *asked, given.get("lim", 100))
        return [(row["sort"], orjson.loads(row["body"])) for row in rows]

    async def titles(self, viewer: str, kind: str, **given: Any) -> list[str]:
        return [body.get("title") or body["name"] for _, body in await self.documents(viewer, kind, **given)]

    async def history(self, viewer: str, entity: str, *after: Any, lim: int = 100) -> list[Any]:
        sql = "select *, amended_by::text as by from api.history($1, $2, $3, $4, $5, $6)"
        return list(await self._connection.fetch(sql, self._as(viewer), entity, *(after or (None,) * 3), lim))

    async def records(self, viewer: str, entity: str) -> list[int]:
        return [row["sequence"] for row in await self.history(viewer, entity)]

    async def value(self, sql: str, *given: Any) -> Any:
        return await self._connection.fetchval(sql, *given)


@pytest.fixture
async def hand(side: ReadSide) -> Hand:
    return await side.member()


@pytest.fixture
async def gateway(side: ReadSide, hand: Hand) -> AsyncIterator[Gateway]:
    dsn = side.settings.figures_dsn.get_secret_value().replace("indicators_writer:", "gateway_reader:")
    connection = await asyncpg.connect(dsn)
    try:
        yield Gateway(connection, hand)
    finally:
        await connection.close()


async def test_the_rule_of_sight_stands_in_one_function(gateway: Gateway, hand: Hand) -> None:
    for viewer, seen in VIEWERS.items():
        for visibility in VISIBILITIES:
            asked = ("select api.may_see($1, $2, $3)", gateway._as(viewer), visibility, hand.member)
            assert await gateway.value(*asked) is (visibility in seen), (viewer, visibility)
    assert await gateway.value("select api.may_see(null, 'partners', 'm')") is False
    assert await gateway.value("select api.may_see('public', null, 'm')") is False


async def test_sheets_lists_and_histories_hold_what_the_viewer_may_see(
    side: ReadSide, hand: Hand, gateway: Gateway
) -> None:
    async with side.reading():
        for visibility in VISIBILITIES:
            await hand.idea(visibility, {"title": visibility, "confidentiality": visibility})
        await side.read(hand)
    for viewer, seen in VIEWERS.items():
        assert sorted(await gateway.titles(viewer, "idea")) == sorted(seen), viewer
        for number, visibility in enumerate(VISIBILITIES, 1):
            name = f"{hand.member}/{visibility}"
            assert (await gateway.document(viewer, "idea", name) is not None) is (visibility in seen)
            assert await gateway.records(viewer, f"idea/{name}") == ([number] if visibility in seen else [])
    assert await side.figure("ideas_identified") == 3


@pytest.mark.parametrize("before", VISIBILITIES)
@pytest.mark.parametrize("after", VISIBILITIES)
async def test_a_corrected_record_is_seen_as_what_holds_now_also_in_its_past(
    side: ReadSide, hand: Hand, gateway: Gateway, before: str, after: str
) -> None:
    async with side.reading():
        raw = await hand.idea("x", {"title": "as it was", "confidentiality": before})
        await side.read(hand)
        await hand.correct(raw, title="as it is", confidentiality=after)
        await side.read(hand)
    for viewer, seen in VIEWERS.items():
        assert await gateway.records(viewer, f"idea/{hand.member}/x") == ([1, 2] if after in seen else []), viewer
        assert await gateway.titles(viewer, "idea") == (["as it is"] if after in seen else []), viewer


async def test_a_voided_record_and_its_amendments_are_seen_as_what_it_said_last(
    side: ReadSide, hand: Hand, gateway: Gateway
) -> None:
    async with side.reading():
        raw = await hand.idea("x", {"confidentiality": "public"})
        kept = await hand.say("IdeaShortlisted", "idea/x", {"idea_id": "x", "confidentiality": "public"})
        await hand.correct(raw, confidentiality="partners")
        await hand.void(raw, kept)
        await side.read(hand)
    entity = f"idea/{hand.member}/x"
    assert await gateway.records("public", entity) == [2]
    assert await gateway.records("member/another", entity) == [1, 2, 3, 4]
    rows = {row["sequence"]: orjson.loads(row["by"]) for row in await gateway.history("all", entity)}
    assert {number: [by["sequence"] for by in its] for number, its in rows.items()} == {1: [3, 4], 2: [4], 3: [], 4: []}
    assert rows[1][0] == {
        "source": hand.source,
        "sequence": 3,
        "type": "ideation.RecordCorrected.v1",
        "time": "2026-11-23T10:00:00.000000Z",
    }
    assert await gateway.document("all", "idea", f"{hand.member}/x") is None


async def test_a_void_is_seen_as_its_original_is_wherever_it_stands(
    side: ReadSide, hand: Hand, gateway: Gateway
) -> None:
    of = {"activity": {"kind": "workshop", "id": "w"}, "actor_id": "y", "confidentiality": "public"}
    async with side.reading():
        workshop = await hand.say("WorkshopHeld", "workshop/w", {"workshop_id": "w", "confidentiality": "member"})
        part = await hand.say("ParticipationRecorded", "workshop/w", of)
        await hand.void(workshop, part)
        await side.read(hand)
    assert await gateway.records("public", "actor/y") == [2]
    assert await gateway.records("own", "actor/y") == [2, 3]
    assert await gateway.records("member/another", f"workshop/{hand.member}/w") == []


async def test_an_amendment_that_names_nothing_known_is_for_who_sees_everything(
    side: ReadSide, hand: Hand, gateway: Gateway
) -> None:
    async with side.reading():
        raw = await hand.idea("x", {"confidentiality": "public"})
        target = {**hand._target(record.read(raw)), "type": "ideation.IdeaShortlisted.v1"}
        await hand.say("RecordVoided", "idea/x", {"target": target, "reason": "error", "confidentiality": "public"})
        await side.read(hand)
    assert await gateway.records("public", f"idea/{hand.member}/x") == [1]
    assert await gateway.records("own", f"idea/{hand.member}/x") == [1, 2]


async def test_who_sees_more_records_reads_another_sheet_and_another_title(
    side: ReadSide, hand: Hand, gateway: Gateway
) -> None:
    async with side.reading():
        raw = await hand.idea("x", {"title": "Public", "confidentiality": "public"})
        await hand.say("IdeaShortlisted", "idea/x", {"idea_id": "x"})
        await hand.say(
            "IdeaSelected", "selection/p", {"idea_ids": ["x"], "project_id": "p", "confidentiality": "member"}
        )
        await side.read(hand)
        found = {}
        for viewer in ("public", "member/another", "own"):
            ((_, body),) = await gateway.documents(viewer, "idea")
            found[viewer] = (body["status"], body["projects"])
        assert found == {
            "public": ("proposed", []),
            "member/another": ("shortlisted", []),
            "own": ("selected", [f"{hand.member}/p"]),
        }
        await hand.void(raw)
        await side.read(hand)
    assert await side.pool.fetchval("select count(*) from document where kind = 'idea'") == 0


async def test_levels_that_read_the_same_again_have_one_row_again(side: ReadSide, hand: Hand, gateway: Gateway) -> None:
    async with side.reading():
        await hand.idea("x", {"confidentiality": "public"})
        await hand.say("IdeaShortlisted", "idea/x", {"idea_id": "x"})
        await side.read(hand)
        assert await side.pool.fetchval("select count(*) from document where kind = 'idea'") == 2
        await hand.say("IdeaShortlisted", "idea/x", {"idea_id": "x", "confidentiality": "public"})
        await side.read(hand)
    assert await side.pool.fetchval("select count(*) from document where kind = 'idea'") == 1


async def test_a_territory_names_the_projects_in_it_that_the_viewer_may_see(
    side: ReadSide, hand: Hand, gateway: Gateway
) -> None:
    projects = await side.member("projects")
    async with side.reading():
        await side.territory("t", confidentiality="public")
        for visibility in VISIBILITIES:
            data: dict[str, Any] = {"project_id": visibility, "member_id": projects.member, "title": "T"}
            data |= {"nature": "creation", "origin_kind": "idea", "territory_ids": ["t"], "confidentiality": visibility}
            await projects.say("ProjectOpened", f"project/{visibility}", data)
        await side.read(projects)
    for viewer, seen in (
        ("public", 1),
        ("member/another", 2),
        (f"member/{projects.member}", 3),
        ("all", 3),
    ):
        wanted = [f"{projects.member}/{visibility}" for visibility in sorted(VISIBILITIES[:seen])]
        body = await gateway.document(viewer, "territory", "t")
        assert body is not None
        assert body["projects"] == wanted
        ((_, listed),) = await gateway.documents(viewer, "territory")
        assert listed["projects"] == wanted


async def test_lists_are_asked_by_territory_by_member_and_page_by_page(
    side: ReadSide, hand: Hand, gateway: Gateway
) -> None:
    other = await side.member()
    async with side.reading():
        for title in ("Zoo", "Étang", "eau", "Œuvre"):
            await hand.idea(data={"title": title, "territory_ids": ["t"] if title < "a" else ["u"]})
        await other.idea(data={"title": "Autre", "territory_ids": ["t"]})
        await side.read(hand, other)
    viewer = "member/another"
    assert await gateway.titles(viewer, "idea") == ["Autre", "eau", "Étang", "Œuvre", "Zoo"]
    assert await gateway.titles(viewer, "idea", territory="t") == ["Autre", "Zoo"]
    assert await gateway.titles(viewer, "idea", member=hand.member) == ["eau", "Étang", "Œuvre", "Zoo"]
    assert await gateway.titles(viewer, "idea", member=hand.member, territory="t") == ["Zoo"]
    assert await gateway.titles("public", "idea", member=hand.member) == []
    page = await gateway.documents(viewer, "idea", lim=2)
    assert await gateway.titles(viewer, "idea", after=page[-1][0], lim=2) == ["Étang", "Œuvre"]


async def test_a_history_goes_on_page_by_page(side: ReadSide, hand: Hand, gateway: Gateway) -> None:
    entity = f"idea/{hand.member}/x"
    async with side.reading():
        await hand.idea("x")
        for visibility in ("member", "partners", "partners"):
            await hand.say("IdeaShortlisted", "idea/x", {"idea_id": "x", "confidentiality": visibility})
        await side.read(hand)
    (first, second) = await gateway.history("member/another", entity, lim=2)
    assert (first["sequence"], second["sequence"]) == (1, 3)
    after = (second["time"], second["source"], second["sequence"])
    assert [row["sequence"] for row in await gateway.history("member/another", entity, *after)] == [4]


async def test_the_region_a_registered_territory_and_a_joined_member_are_known(
    side: ReadSide, hand: Hand, gateway: Gateway
) -> None:
    known = "select api.known($1)"
    async with side.reading():
        joined, registered = await side.joined(hand), await side.territory("t", confidentiality="member")
        await hand.idea(data={"territory_ids": ["ghost"]})
        await side.read(hand)
        for scope in ("region", "territory/t", f"member/{hand.member}"):
            assert await gateway.value(known, scope) is True
        for scope in ("territory/ghost", "member/nobody", "member/t", "member/", "idea/x", "", "territory/t/x"):
            assert await gateway.value(known, scope) is False
        await side.coordinator.void(joined)
        await side.coordinator.void(registered)
        await side.read(hand)
    for scope in ("territory/t", f"member/{hand.member}"):
        assert await gateway.value(known, scope) is False


async def test_the_gateways_role_sees_functions_and_no_table(gateway: Gateway) -> None:
    await gateway.value("select count(*) from api.figures('region', current_date)")
    for statement in (
        "select * from public.fact",
        "select * from public.document",
        "select * from public.amended",
        "delete from public.total",
        "select public.drop_version(1)",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await gateway.value(statement)
