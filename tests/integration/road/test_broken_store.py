"""A member's store that holds what no service wrote stops that producer alone, says so, and is mended by a command."""

from typing import Any
from uuid import uuid4

import pytest

from deploy.provision import topics
from shared.ports import Entry
from tests.integration.road.conftest import ADD, COUNTING, Make, Producer, asked
from tests.integration.road.recovering import Told, given, running, settled, told, until


@pytest.mark.parametrize("attributes", [b"no json", b"\xff", b"[]", b"7", b'{"role":"AD"}', b'{"a":1e999}'])
async def test_attributes_that_are_none_stop_their_producer_and_no_other(
    producer: Producer, make: Make, attributes: bytes
) -> None:
    other = await make(COUNTING)
    await topics.ensure(other.kafka, [other.topic])
    await producer.handler.handle(ADD, asked(1, "before"))
    entry = Entry("counting.Added.v1", attributes, b'{"amount":1,"before":0,"name":"x"}')
    async with running(producer) as (service, broken), running(other) as (_, well):
        await settled(producer, 1)
        await producer.store.append("count/x", 0, [entry], uuid4(), b"digest", {})

        async def is_stopped() -> bool:
            return bool((await broken.get("/ready")).json()["status"] == "stopped")

        await until(is_stopped)
        status, problem = await told(broken, *given(), patient=False)
        assert (status, problem["code"]) == (503, "service.stopped")
        assert "generateur recover" in problem["message"]["en"]
        assert service.guard.stopped is not None
        assert service.guard.stopped.code == "store.unreadable"
        assert isinstance(await told(well, *given()), Told)
        await settled(other, 1)
        assert await producer.count("record") == 1


async def test_a_service_that_starts_on_a_broken_store_waits_for_its_operators(producer: Producer) -> None:
    await producer.handler.handle(ADD, asked(1, "before"))
    entry = Entry("counting.Added.v1", b"no json", b'{"amount":1,"before":0,"name":"x"}')
    await producer.store.append("count/x", 0, [entry], uuid4(), b"digest", {})
    await producer.pool.execute("delete from outbox")

    async with running(producer) as (service, _):

        async def is_stopped() -> Any:
            return service.guard.stopped is not None and service.guard.stopped.code == "store.unreadable"

        await until(is_stopped)
