"""What a decision read is still so when it is appended, whoever else writes."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.adapters.postgres.store import PostgresStore
from shared.kernel.refusals import Conflict, Refused
from shared.ports import Entry
from shared.runtime.handle import Handler

from .conftest import Producer

ENTRY = Entry("counting.Added.v1", b'{"role":"AD","time":"t"}', b'{"amount":1}')
TERRITORY, ACCOMPANIMENT = "cc-jura", str(UUID(int=1))


async def opened(projects: Producer) -> str:
    """A project under way, at a member that operates its accompaniment."""
    project = str(uuid4())
    await projects.hear(f"territory/{TERRITORY}", name="Jura")
    await projects.hear(f"accompaniment/{ACCOMPANIMENT}", territory_id=TERRITORY, operators=[projects.member])
    about = {"title": "The oven", "nature": "creation", "origin_kind": "territory_initiative"}
    await projects.give(
        "OpenProject", "AD", project_id=project, member_id=projects.member, accompaniment_ids=[ACCOMPANIMENT], **about
    )
    return project


async def outcome(command: Any) -> str:
    """`done`, or the code of the refusal."""
    try:
        await command
    except Refused as refused:
        return refused.code
    return "done"


async def test_no_activity_starts_after_an_abandonment_however_twenty_writers_race(projects):
    seen: Counter[str] = Counter()
    for _ in range(12):
        project = await opened(projects)
        begin = [
            projects.give("StartActivity", "AD", project_id=project, activity_id=str(uuid4()), kind="permanent")
            for _ in range(19)
        ]
        begin.insert(8, projects.give("AbandonProject", "AD", project_id=project, reason="no_funding"))
        told = await asyncio.gather(*map(outcome, begin))
        assert told.pop(8) == "done"
        started = await projects.pool.fetch(
            "select e.type from outbox o join event e using (stream, version) "
            "where e.type like '%Started%' or e.type like '%Abandoned%' order by o.id"
        )
        types = [row["type"] for row in started]
        assert types.count("projects.ProjectAbandoned.v1") == 1
        assert types[-1] == "projects.ProjectAbandoned.v1", "an activity started after the project was given up"
        assert len(types) - 1 == told.count("done")
        assert set(told) <= {"done", "project.abandoned"}
        seen.update(told)
        await projects.seal()
    assert seen["done"] and seen["project.abandoned"], "nobody raced"


async def test_of_two_that_guard_each_other_one_passes_and_one_is_a_conflict(producer):
    async def pair(number: int) -> list[str]:
        one, other = f"count/{number}-one", f"count/{number}-other"
        for stream in (one, other):
            await producer.store.append(stream, 0, [ENTRY], uuid4(), b"d", {})
        writers = (
            producer.store.append(stream, 1, [ENTRY], uuid4(), b"d", {guarded: 1})
            for stream, guarded in ((one, other), (other, one))
        )
        told = await asyncio.gather(*writers, return_exceptions=True)
        # Whatever else is raised, such as a deadlock, is shown.
        return sorted("passed" if result is None else type(result).__name__ for result in told)

    pairs = await asyncio.gather(*map(pair, range(200)))
    assert Counter(map(tuple, pairs)) == {(Conflict.__name__, "passed"): 200}
    assert await producer.count("event") == 600
    assert await producer.count("command") == 600


async def test_what_was_read_and_has_moved_is_a_conflict_and_nothing_is_written(producer):
    await producer.store.append("count/read", 0, [ENTRY], uuid4(), b"d", {})
    before = [await producer.count(table) for table in ("event", "command", "outbox", "stream")]
    for expected, guards in ((0, {"count/read": 0}), (0, {"count/read": 2}), (0, {"count/none": 1})):
        with pytest.raises(Conflict):
            await producer.store.append("count/a", expected, [ENTRY], uuid4(), b"d", guards)
    assert [await producer.count(table) for table in ("event", "command", "outbox", "stream")] == before
    await producer.store.append("count/a", 0, [ENTRY], uuid4(), b"d", {"count/read": 1, "count/none": 0})
    with pytest.raises(Conflict):
        await producer.store.append("count/a", 1, [ENTRY], uuid4(), b"d", {"count/read": 1, "count/none": 1})
    await producer.store.append("count/a", 1, [ENTRY], uuid4(), b"d", {"count/read": 1})


async def test_who_only_reads_the_same_stream_does_not_wait(producer):
    await producer.store.append("count/read", 0, [ENTRY], uuid4(), b"d", {})
    async with producer.pool.acquire() as other, other.transaction():
        await other.execute("select 1 from stream where id = 'count/read' for share")
        async with asyncio.timeout(5):
            await producer.store.append("count/a", 0, [ENTRY], uuid4(), b"d", {"count/read": 1})


async def test_a_deadlock_is_a_conflict_like_any_other(producer):
    for stream in ("count/own", "count/read"):
        await producer.store.append(stream, 0, [ENTRY], uuid4(), b"d", {})
    async with producer.pool.acquire() as other, other.transaction():
        await other.execute("select 1 from stream where id = 'count/own' for update")
        writing = asyncio.create_task(producer.store.append("count/own", 1, [ENTRY], uuid4(), b"d", {"count/read": 1}))
        for _ in range(500):
            if await producer.pool.fetchval("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"):
                break
            await asyncio.sleep(0.01)
        # It holds what it has read, and waits for what it writes; each now waits for the other.
        await other.execute("update stream set version = version where id = 'count/read'")
        with pytest.raises(Conflict):
            await writing
    assert await producer.count("event") == 2


class Overtaken(PostgresStore):
    """A store between whose reading and appending somebody else is quicker, once."""

    def __init__(self, producer: Producer, quicker: Coroutine[Any, Any, Any]) -> None:
        super().__init__(producer.pool)
        self._quicker = [quicker]

    async def append(self, *given: Any) -> None:
        while self._quicker:
            await self._quicker.pop()
        await super().append(*given)


async def test_a_decision_whose_reading_has_moved_is_made_again(projects):
    project = await opened(projects)
    abandon = projects.give("AbandonProject", "AD", project_id=project, reason="no_funding")
    handler = Handler(Overtaken(projects, abandon), projects.definition.door, projects.member, "coordination")
    start = {"project_id": project, "activity_id": str(uuid4()), "kind": "permanent"}
    with pytest.raises(Refused, match=r"project\.abandoned"):
        await projects.give("StartActivity", "AD", handler, **start)


@pytest.mark.parametrize(("moved", "code"), [(1, "project.unknown"), (2, "amendment.voided")])
async def test_a_correction_is_decided_again_when_its_stream_or_what_it_read_has_moved(projects, moved, code):
    project = await opened(projects)
    await projects.give("StartActivity", "AD", project_id=project, activity_id=str(uuid4()), kind="permanent")
    await projects.seal()
    void = projects.give("VoidRecord", "ME", target=projects.target(moved), reason="error")
    handler = Handler(Overtaken(projects, void), projects.definition.door, projects.member, "coordination")
    changes = {"StartActivity": {"place": "The mill"}}
    correct = {"target": projects.target(2), "changes": changes, "reason": "typo"}
    assert await outcome(projects.give("CorrectRecord", "ME", handler, **correct)) == code


async def test_one_siren_is_given_once_however_many_register_at_once(ideation):
    handler = ideation.handler
    about = {"kind": "cc", "name": "Jura", "siren": "243900420"}
    told = await asyncio.gather(
        *(
            outcome(ideation.give("RegisterTerritory", "CO", handler, territory_id=f"cc-{n}", **about))
            for n in range(20)
        )
    )
    assert Counter(told) == {"done": 1, "territory.siren_taken": 19}


async def test_nor_do_corrections_give_it_twice(ideation):
    for number in range(20):
        await ideation.give("RegisterTerritory", territory_id=f"cc-{number}", kind="cc", name="Jura")
    await ideation.seal()
    handler, changes = ideation.handler, {"RegisterTerritory": {"siren": "243900420"}}
    correct = [
        ideation.give("CorrectRecord", "CO", handler, target=ideation.target(n), changes=changes, reason="typo")
        for n in range(1, 20)
    ]
    register = {"territory_id": "cc-new", "kind": "cc", "name": "Jura", "siren": "243900420"}
    told = await asyncio.gather(
        *map(outcome, [*correct, ideation.give("RegisterTerritory", "CO", handler, **register)])
    )
    assert Counter(told) == {"done": 1, "territory.siren_taken": 19}
