"""All that a decision must know is read at one moment, and no more than it must know."""

from typing import Any
from uuid import uuid4

import pytest

from services.ideation.service import DEFINITION as IDEATION
from shared.adapters.postgres import pool
from shared.adapters.postgres.store import PostgresStore
from shared.kernel.refusals import Conflict, Refused
from shared.runtime.handle import Handler, Outcome

from .conftest import Make, Producer

REGISTER = {"kind": "cc", "name": "Jura"}


class Counted:
    """A service whose every statement is kept: it has one connection."""

    def __init__(self, of: Producer) -> None:
        self.of = of
        self.statements: list[str] = []

    async def give(self, name: str, /, **fields: Any) -> Outcome:
        """The command, given twice: the first time a connection asks for more than the command needs."""
        self.pool = await pool.connect(self.of.dsn, min_size=1, max_size=1, init=self._watched)
        handler = Handler(PostgresStore(self.pool), IDEATION.door, self.of.member, self.of.member)
        await self.of.give("RecordNeed", "CO", handler, need_id=str(uuid4()), text="Bread", territory_ids=["cc-jura"])
        self.statements.clear()
        outcome = await self.of.give(name, "CO", handler, **fields)
        await self.pool.close()
        return outcome

    async def _watched(self, connection: Any) -> None:
        connection.add_query_logger(lambda record: self.statements.append(" ".join(record.query.split())))


async def people(ideation: Producer, how_many: int) -> list[str]:
    """Registered actors, and a territory."""
    await ideation.give("RegisterTerritory", territory_id="cc-jura", **REGISTER)
    found = [str(uuid4()) for _ in range(how_many)]
    for one in found:
        await ideation.give("RegisterActor", actor_id=one, kind="person", category="resident")
    return found


async def test_a_workshop_of_two_hundred_is_decided_with_one_reading(ideation):
    there = await people(ideation, 200)
    held = {"workshop_id": str(uuid4()), "title": "Bread", "format": "creative", "headcount": {"value": 250}}
    counted = Counted(ideation)
    outcome = await counted.give("HoldWorkshop", participants=there, territory_ids=["cc-jura"], **held)
    assert len(outcome.types) == 202
    done, read, append = counted.statements
    assert "from command where id" in done
    assert read.startswith("select") and "unnest" in read
    assert append.startswith("with") and "insert into outbox" in append


async def test_a_correction_is_decided_with_one_reading_of_its_stream_and_one_of_all_else(ideation):
    there = await people(ideation, 50)
    held = {"workshop_id": str(uuid4()), "title": "Bread", "format": "creative"}
    await ideation.give("HoldWorkshop", participants=there, **held)
    await ideation.seal()
    counted = Counted(ideation)
    changes = {"HoldWorkshop": {"title": "Cakes"}}
    assert (await counted.give("CorrectRecord", target=ideation.target(52), changes=changes, reason="typo")).changed
    done, located, stream, others, append = counted.statements
    assert "from command where id" in done and "from record where sequence" in located
    assert "from event" not in append and "join event" in stream and "join event" in others


async def test_whether_something_exists_is_asked_without_its_content(ideation):
    ideas = [str(uuid4()) for _ in range(3)]
    for one in ideas:
        await ideation.give("ProposeIdea", idea_id=one, title="x" * 200, provenance="online")
    await ideation.seal()
    await ideation.give("VoidRecord", target=ideation.target(2), reason="error")
    found = await ideation.store.read([], [f"idea/{one}" for one in ideas], [])
    for at, one in enumerate(ideas):
        rows = found.existing[f"idea/{one}"]
        assert [row.type.split(".")[1] for row in rows] == ["IdeaProposed", "RecordVoided"][: 2 if at == 1 else 1]
        assert all(not row.attributes for row in rows)
        assert [bool(row.data) for row in rows] == [False, True][: len(rows)], "a void says what it takes"
    assert found.versions == {f"idea/{one}": 2 if at == 1 else 1 for at, one in enumerate(ideas)}
    assert not found.streams


async def test_a_voided_territory_does_not_exist_and_one_recorded_anew_does(ideation):
    admit = {"accompaniment_id": str(uuid4()), "territory_id": "cc-jura"}
    await ideation.give("RegisterTerritory", territory_id="cc-jura", **REGISTER)
    await ideation.seal()
    await ideation.give("VoidRecord", target=ideation.target(1), reason="error")
    with pytest.raises(Refused, match=r"territory\.unknown"):
        await ideation.give("AdmitTerritory", **admit)
    with pytest.raises(Refused, match=r"territory\.unknown"):
        await ideation.give("RecordNeed", need_id=str(uuid4()), text="Bread", territory_ids=["cc-jura"])
    await ideation.give("RegisterTerritory", territory_id="cc-jura", **REGISTER)
    assert (await ideation.give("AdmitTerritory", **admit)).changed


async def test_what_hung_on_a_voided_record_does_not_make_it_exist(ideation):
    idea, choice = str(uuid4()), {"decision_body": "Council", "project_title": "The oven"}
    propose = {"idea_id": idea, "title": "An oven", "provenance": "online"}
    accompaniment = {"accompaniment_id": str(uuid4())}
    await ideation.give("RegisterTerritory", territory_id="cc-jura", **REGISTER)
    await ideation.give("AdmitTerritory", **accompaniment, territory_id="cc-jura")
    await ideation.give("ProposeIdea", **propose)
    await ideation.give("ShortlistIdea", idea_id=idea)
    await ideation.seal()
    await ideation.give(
        "CorrectRecord", target=ideation.target(4), changes={"ShortlistIdea": {"reason": "x"}}, reason="typo"
    )
    await ideation.give("VoidRecord", target=ideation.target(3), reason="error")
    select = {**accompaniment, **choice, "project_id": str(uuid4()), "idea_ids": [idea]}
    with pytest.raises(Refused, match=r"idea\.unknown"):
        await ideation.give("SelectIdea", **select)
    await ideation.give("ProposeIdea", **propose)
    assert (await ideation.give("SelectIdea", **select)).changed


async def test_what_was_heard_of_others_is_read_until_it_is_no_more(make: Make):
    member = await make(IDEATION, "coordination")
    need = {"text": "Bread", "territory_ids": ["cc-jura"]}
    await member.hear("territory/cc-jura", name="Jura")
    await member.give("RecordNeed", "AD", need_id=str(uuid4()), **need)
    kept = await member.store.replica_body("territory/cc-jura")
    await member.store.put_replica("territory/cc-jura", kept, b"{}", None)
    with pytest.raises(Conflict):
        await member.store.put_replica("territory/cc-jura", kept, b"{}", b'{"name":"older"}')
    with pytest.raises(Refused, match=r"territory\.unknown"):
        await member.give("RecordNeed", "AD", need_id=str(uuid4()), **need)
    await member.store.put_replica("territory/cc-jura", b"{}", b"{}", b'{"name":"anew"}')
    assert (await member.give("RecordNeed", "AD", need_id=str(uuid4()), **need)).changed


async def test_ones_own_stream_is_believed_before_what_was_heard_of_it(ideation):
    """The coordinator hears its own records too, and later than it records them."""
    place, need = {"accompaniment_id": str(uuid4()), "territory_id": "cc-jura"}, {"text": "Bread"}
    await ideation.give("RegisterTerritory", territory_id="cc-jura", **REGISTER)
    await ideation.give("AdmitTerritory", **place)
    await ideation.hear("territory/cc-jura", name="Jura")
    heard = {"territory_id": "cc-jura", "operators": [ideation.member]}
    await ideation.hear(f"accompaniment/{place['accompaniment_id']}", **heard)
    await ideation.seal()
    await ideation.give("VoidRecord", target=ideation.target(2), reason="error")
    with pytest.raises(Refused, match=r"accompaniment\.unknown"):
        await ideation.give("RecordNeed", need_id=str(uuid4()), **need, accompaniment_id=place["accompaniment_id"])
    await ideation.give("VoidRecord", target=ideation.target(1), reason="error")
    with pytest.raises(Refused, match=r"territory\.unknown"):
        await ideation.give("RecordNeed", need_id=str(uuid4()), **need, territory_ids=["cc-jura"])


async def test_an_event_of_a_newer_release_ends_the_decision(ideation):
    idea = str(uuid4())
    await ideation.give("ProposeIdea", idea_id=idea, title="An oven", provenance="online")
    await ideation.pool.execute(
        "insert into event select stream, 2, 'ideation.IdeaDreamt.v1', attributes, data from event"
    )
    await ideation.pool.execute("update stream set version = 2")
    with pytest.raises(Refused, match=r"record\.unknown_type"):
        await ideation.give("ShortlistIdea", idea_id=idea)
    assert await ideation.count("command") == 1
