"""`generateur recover`: says where store, topic and figures stand; lays a store that has parted anew from its topic."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from deploy.provision import collective
from services.ideation.service import DEFINITION as IDEATION
from shared.kernel.record import join, read, seal
from tests.integration.road.conftest import Make, Producer
from tests.integration.road.recovering import Backup, commands, gone, published, running, settled, until

ROOT = Path(__file__).parents[3]
MEMBER = "cluster-jura"
PARTS = "api,seal,relay"


@pytest.fixture
async def ideation_of_a_member(make: Make, request: pytest.FixtureRequest) -> Producer:
    """The ideation service of a member of the collective: of another one for each test, whose database it keeps."""
    member = getattr(request, "param", MEMBER)
    made = await make(IDEATION, member=member)
    (made.keys / f"{member}.ideation.pub").write_text(made.signer.public.hex() + "\n")
    (made.keys / f"{made.coordinator}.ideation.pub").write_text(made.signer.public.hex() + "\n")
    return made


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def generateur(servers: Any, ideation_of_a_member: Producer, tmp_path: Path) -> Command:
    """The command line in a state folder that knows this one producer."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / f"{ideation_of_a_member.member}_ideation.dsn").write_text(ideation_of_a_member.dsn)
    password = servers.postgres.admin_dsn.split(":")[2].partition("@")[0]

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "GENERATEUR_KAFKA": ideation_of_a_member.kafka, "POSTGRES_PASSWORD": password}
        argv = [sys.executable, "-m", "deploy.cli", "--state", str(tmp_path), *words]
        return subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    return run


async def _join(producer: Producer, *names: str) -> None:
    for name in names:
        await producer.give("ProposeIdea", "AD", idea_id=name, title="Une piste", provenance="workshop")


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


async def test_a_store_behind_its_topic_and_one_that_parted_are_said_and_mended(
    servers: Any, ideation_of_a_member: Producer, generateur: Command, tmp_path: Path
) -> None:
    assert MEMBER in collective.load().members
    producer, backup = ideation_of_a_member, Backup(servers.postgres.admin_dsn, ideation_of_a_member)
    # The topic is laid by the command, as after a loss of the broker's data.
    assert generateur("recover", "--check").returncode == 1
    first = generateur("recover")
    assert (first.returncode, first.stdout.strip()) == (0, f"{producer.source}: store at 0, topic at 0")
    async with running(producer, parts=PARTS):
        await _join(producer, _id(1), _id(2))
        await settled(producer, 2)
    await backup.make()
    async with running(producer, parts=PARTS):
        await _join(producer, _id(3), _id(4))
        before = await settled(producer, 4)
    await backup.restore()
    check = generateur("recover", "--check")
    assert check.returncode == 1
    assert "store at 2, topic at 2, the topic goes on behind the store" in check.stdout
    assert await producer.count("record") == 2
    mended = generateur("recover")
    assert mended.returncode == 0
    assert "store at 4, topic at 4, 2 records of 2 commands taken back from the topic (3 to 4)" in mended.stdout

    # And one that sealed on its older head.
    await backup.restore()
    await _join(producer, _id(5))
    await producer.seal()
    parted = generateur("recover", "--check")
    assert (parted.returncode, "stopped (store.forked)" in parted.stdout) == (1, True)
    async with running(producer, parts=PARTS) as (service, _):
        await until(lambda: _stopped(service))
        said = generateur("recover", "--member", MEMBER, "--service", "ideation", "--from-topic")
        assert said.returncode == 0, said.stderr
        assert "4 records of 4 commands taken from the topic" in said.stdout
        # The service is there again by itself.
        await service.guard.opened()
        assert await _ideas(producer) == [_id(1), _id(2), _id(3), _id(4)]
        await _join(producer, _id(6))
        after = await settled(producer, 5)
    assert after[:4] == before
    assert len(commands(after)) == len(await published(producer, every=True)) == 5
    (file,) = (tmp_path / "recovered").iterdir()
    (line,) = file.read_text().splitlines()
    assert json.loads(line)["data"]["title"] == "Une piste"
    assert json.loads(line)["stream"] == f"idea/{_id(5)}"
    assert generateur("recover").returncode == 0


@pytest.mark.parametrize("ideation_of_a_member", ["fdfr-89"], indirect=True)
async def test_a_topic_with_two_records_of_one_sequence_is_laid_anew_from_the_store(
    ideation_of_a_member: Producer, generateur: Command
) -> None:
    producer = ideation_of_a_member
    said = await asyncio.to_thread(generateur, "recover")
    assert said.returncode == 0, said.stdout
    async with running(producer, parts=PARTS) as (service, _):
        await service.guard.opened()
        await _join(producer, _id(1), _id(2), _id(3))
        before = await settled(producer, 3)
    await _again_otherwise(producer, before[1])
    check = generateur("recover", "--check")
    assert (check.returncode, "stopped (store.topic_twice)" in check.stdout) == (1, True)
    # The other way would only come to the same.
    anew = generateur("recover", "--member", producer.member, "--service", "ideation", "--from-topic")
    assert (anew.returncode, "two different records 2" in anew.stderr) == (69, True)
    async with running(producer, parts=PARTS) as (service, _):
        await until(lambda: _stopped(service))
        await gone(producer)
        await until(lambda: _is_done(generateur))
        await service.guard.opened()
        assert await settled(producer, 3) == before
    assert generateur("recover", "--check").returncode == 0


async def _is_done(generateur: Command) -> bool:
    return (await asyncio.to_thread(generateur, "recover")).returncode == 0


async def _again_otherwise(producer: Producer, raw: bytes) -> None:
    """Somebody who has the key writes another record of the same sequence."""
    said, data = json.loads(read(raw).signed), read(raw).data_bytes
    signed = seal({**said, "time": "2020-01-01T00:00:00.000Z"}, data)
    stranger = AIOKafkaProducer(bootstrap_servers=producer.kafka)
    await stranger.start()
    try:
        await stranger.send_and_wait(producer.topic, join(signed, data, producer.signer.sign(signed)), partition=0)
    finally:
        await stranger.stop()


async def _stopped(service: Any) -> bool:
    return service.guard.stopped is not None


async def _ideas(producer: Producer) -> list[str]:
    rows = await producer.pool.fetch("select id from stream order by id")
    return [row["id"].partition("/")[2] for row in rows]
