"""A database restored from an older backup hears again what its reactions had handled since."""

from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer

from shared.kernel.record import topic_of
from tests.databases import copied
from tests.integration.reactions.conftest import Listening


async def test_what_was_heard_since_the_backup_is_heard_again(
    servers: Any, listening: Listening, accompaniment: str, caplog: pytest.LogCaptureFixture
):
    """Also while the broker still waits for the member of the group that was killed with the service."""
    name, copy = listening.dsns["projects"].rpartition("/")[2], f"backup_{uuid4().hex[:12]}"
    await listening.opens(accompaniment)
    await copied(servers.postgres.admin_dsn, name, copy)
    later = await listening.admitted()
    await listening.opens(later)
    seen = f"accompaniment/{later}"
    # The group's place is committed behind it: nobody tells it again by itself.
    await listening.stop()
    killed = await _member_of(f"{listening.member}.projects.reactions", listening)
    await copied(servers.postgres.admin_dsn, copy, name, name)
    assert await listening.ask("select 1 from replica where name = $1", seen) == []
    await listening.start()
    await listening.until(lambda: _said(caplog, "projects waits to hear: CommitFailedError"))
    await killed.stop()
    await listening.until(lambda: listening.ask("select 1 from replica where name = $1 and view is not null", seen))
    await listening.opens(later)
    signed = "select code, sequence from set_aside where settled is null and source is not null"
    assert await listening.ask(signed) == []
    voided = "select stream from event where type = 'projects.RecordVoided.v1'"
    opened = f"select stream from event where type = 'projects.ProjectOpened.v1' and stream not in ({voided})"
    twice = f"{opened} group by 1 having count(*) > 1"
    assert await listening.ask(twice) == []


async def _member_of(group: str, listening: Listening) -> AIOKafkaConsumer:
    """A member of the group that hears nothing, as the broker sees one that was killed a moment ago."""
    topic = topic_of(listening.coordinator.source)
    made = AIOKafkaConsumer(topic, bootstrap_servers=listening.bootstrap, group_id=group, enable_auto_commit=False)
    await made.start()
    return made


async def _said(caplog: pytest.LogCaptureFixture, words: str) -> bool:
    return any(words in one.getMessage() for one in caplog.records)
