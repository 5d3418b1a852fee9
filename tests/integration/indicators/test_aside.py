"""What is set aside: with which code, what it holds back, what answers say of it, and how it is counted later."""

from typing import Any

import orjson

from services.indicators import care
from services.indicators.reading import Reading
from shared.kernel import record
from tests.integration.indicators.conftest import Hand, ReadSide

# The next release knows that there was a version before the first, with names for titles.
NEXT = Reading(
    {"ideation.IdeaProposed.v0": ("ideation.IdeaProposed.v1", lambda data: {**data, "title": data["name"]})},
)
OLD = {"type": "ideation.IdeaProposed.v0", "dataschema": "urn:generateur:schema:ideation.IdeaProposed.v0"}


async def _codes(side: ReadSide) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = orjson.loads(await side.pool.fetchval("select parked_by::text from api.state()"))
    return found


async def _opened(hand: Hand, member: str, project: str = "p", stream: str | None = None) -> bytes:
    data = {"project_id": project, "member_id": member, "title": "T", "nature": "creation", "origin_kind": "idea"}
    return await hand.say("ProjectOpened", stream or f"project/{project}", data)


async def test_what_a_producer_may_not_say_is_set_aside_and_holds_back_nothing(side: ReadSide) -> None:
    hand = await side.member("projects")
    async with side.reading():
        await _opened(hand, "somebody-else")
        await _opened(hand, hand.member)
        await side.read(hand)
    assert await side.figure("projects_opened") == 1
    assert await _codes(side) == {hand.source: {"authority.owner": 1}}
    assert await side.pool.fetchval("select parked from api.state()") == 1
    assert await side.stopped(hand) is None


async def test_after_a_restart_what_lacks_authority_still_holds_back_nothing(side: ReadSide) -> None:
    hand = await side.member("projects")
    async with side.reading():
        await _opened(hand, "somebody-else")
        await side.read(hand)
    async with side.reading():
        await _opened(hand, hand.member)
        await side.read(hand)
    assert await side.figure("projects_opened") == 1


async def test_after_a_restart_what_breaks_its_contract_still_holds_back_its_stream(side: ReadSide) -> None:
    hand = await side.member()
    async with side.reading():
        await hand.say("IdeaProposed", "idea/x", {"idea_id": "x"})
        await side.read(hand)
    async with side.reading():
        await hand.idea("x")
        await side.read(hand)
    assert await _codes(side) == {hand.source: {"payload.contract": 1, "parked.behind": 1}}


async def test_a_territory_is_nobodys_to_register_but_the_coordinators(side: ReadSide) -> None:
    hand = await side.member()
    data = {"territory_id": "t", "name": "Mine", "kind": "cc"}
    async with side.reading():
        await side.territory("t")
        await hand.say("TerritoryRegistered", "territory/t", data)
        await side.read(hand)
    assert await _codes(side) == {hand.source: {"authority.coordinator": 1}}
    body = orjson.loads(await side.pool.fetchval("select api.document('all', 'territory', 't')::text"))
    assert body["name"] == "Communauté t"


async def test_a_key_that_a_member_makes_known_opens_no_door(side: ReadSide) -> None:
    hand, accomplice = await side.member(), await side.member(known=False)
    data = {"producer": accomplice.source, "member_id": accomplice.member, "service": "ideation"}
    async with side.reading():
        await accomplice.idea()
        key = accomplice.signer.public.hex()
        await hand.say("ProducerKeyIntroduced", f"producer/{accomplice.member}/ideation", {**data, "public_key": key})
        await hand.idea()
        await side.read(hand)
    assert await side.figure("ideas_identified") == 1
    assert accomplice.source in await side.pool.fetchval("select held::text from api.state()")


async def test_a_void_of_anothers_object_is_set_aside(side: ReadSide) -> None:
    one, other = await side.member(), await side.member()
    async with side.reading():
        theirs = await one.idea("same")
        await other.idea("same")
        target = {**other._target(record.read(theirs)), "entities": [f"idea/{one.member}/same"]}
        await other.say("RecordVoided", "idea/same", {"target": target, "reason": "error"})
        await side.read(one, other)
    assert await side.figure("ideas_identified") == 2
    assert await _codes(side) == {other.source: {"authority.amendment": 1}}


async def test_a_payload_that_breaks_its_contract_is_set_aside_with_what_follows_in_its_stream(side: ReadSide) -> None:
    hand = await side.member()
    async with side.reading():
        count = {"value": "many", "precision": "exact"}
        await hand.say("IdeaBatchDeclared", "batch/b", {"batch_id": "b", "count": count})
        await hand.say("IdeaProposed", "batch/b", {"idea_id": "x", "title": "t", "provenance": "workshop"})
        await hand.say("SomethingNew", "batch/b", {})
        await hand.idea()
        await side.read(hand)
    assert await side.figure("ideas_identified") == 1
    assert await _codes(side) == {hand.source: {"payload.contract": 1, "parked.behind": 1}}
    async with side.pool.acquire() as connection:
        assert await care.replay_parked(connection, 1, side.settings.coordinator) == (0, 2)
    assert await _codes(side) == {hand.source: {"payload.contract": 1, "parked.behind": 1}}


async def test_a_payload_without_what_its_sheet_shows_is_set_aside_and_stops_nobody(side: ReadSide) -> None:
    hand = await side.member()
    async with side.reading():
        await hand.say("IdeaProposed", "idea/x", {"idea_id": "x", "provenance": "workshop"})
        await hand.idea()
        await side.read(hand)
    assert await side.figure("ideas_identified") == 1
    assert await _codes(side) == {hand.source: {"payload.contract": 1}}
    assert await side.stopped(hand) is None


async def test_an_unknown_type_is_counted_and_passed(side: ReadSide) -> None:
    hand = await side.member()
    async with side.reading():
        await hand.say("SomethingNew", "thing/1", {"a": 1})
        await hand.idea()
        await side.read(hand)
    assert await side.figure("ideas_identified") == 1
    assert await side.pool.fetchval("select seen from unknown_type where type = 'ideation.SomethingNew.v1'") == 1


async def test_an_unknown_version_waits_and_is_counted_in_order_once_it_is_known(side: ReadSide) -> None:
    hand = await side.member()
    old = {"title": "", "name": "Une légumerie"}
    async with side.reading():
        await hand.idea("x", old, **OLD)
        await hand.say("IdeaShortlisted", "idea/x", {"idea_id": "x"})
        await hand.idea()
        await side.read(hand)
        assert await _codes(side) == {hand.source: {"payload.version": 1, "parked.behind": 1}}
        async with side.pool.acquire() as connection:
            assert await care.replay_parked(connection, 1, side.settings.coordinator, NEXT) == (2, 0)
        assert await side.figure("ideas_identified") == 2
        await hand.idea()
        await side.read(hand)
    assert await side.figure("ideas_identified") == 3
    assert await _codes(side) == {}
    assert (await _idea(side, hand, "x"))["status"] == "shortlisted"


async def test_a_stored_fact_of_an_older_version_is_lifted_when_its_entity_goes_on(side: ReadSide) -> None:
    hand = await side.member()
    async with side.reading(reading=NEXT):
        raw = await hand.idea("x", {"title": "", "name": "Une légumerie"}, **OLD)
        await side.read(hand)
        await hand.say("IdeaShortlisted", "idea/x", {"idea_id": "x"})
        await side.read(hand)
        body = await _idea(side, hand, "x")
        assert (body["title"], body["status"]) == ("Une légumerie", "shortlisted")
        original = record.read(raw)
        target = {**hand._target(original), "entities": [f"idea/{hand.member}/x"]}
        more = {"occurred_on": "2018-01-01", "occurred_precision": "day", "changed": ["name"]}
        data = {"target": target, "data": {**original.data, "name": "Deux"}, **more}
        await hand.say("RecordCorrected", "idea/x", data)
        await side.read(hand)
    assert (await _idea(side, hand, "x"))["title"] == "Deux"
    assert await side.figure("ideas_identified", day="2018-01-01") == 1
    rows = await side.pool.fetch(
        "select type from api.history('all', $1, null, null, null, 9)", f"idea/{hand.member}/x"
    )
    assert rows[0]["type"] == "ideation.IdeaProposed.v0"


async def _idea(side: ReadSide, hand: Hand, name: str) -> dict[str, Any]:
    text = await side.pool.fetchval("select api.document('all', 'idea', $1)::text", f"{hand.member}/{name}")
    found: dict[str, Any] = orjson.loads(text)
    return found
