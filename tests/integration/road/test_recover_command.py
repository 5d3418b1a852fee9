"""`generateur recover`: says where store, topic and figures stand; lays a store that has parted anew from its topic."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.provision import collective
from services.ideation.service import DEFINITION as IDEATION
from tests.integration.road.conftest import Make, Producer
from tests.integration.road.recovering import Backup, commands, published, running, settled, until

ROOT = Path(__file__).parents[3]
MEMBER = "cluster-jura"
PARTS = "api,seal,relay"


@pytest.fixture
async def ideation_of_a_member(make: Make) -> Producer:
    """The ideation service of a member of the collective."""
    made = await make(IDEATION, member=MEMBER)
    (made.keys / f"{MEMBER}.ideation.pub").write_text(made.signer.public.hex() + "\n")
    (made.keys / f"{made.coordinator}.ideation.pub").write_text(made.signer.public.hex() + "\n")
    return made


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def generateur(servers: Any, ideation_of_a_member: Producer, tmp_path: Path) -> Command:
    """The command line in a state folder that knows this one producer."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / f"{MEMBER}_ideation.dsn").write_text(ideation_of_a_member.dsn)
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


async def _stopped(service: Any) -> bool:
    return service.guard.stopped is not None


async def _ideas(producer: Producer) -> list[str]:
    rows = await producer.pool.fetch("select id from stream order by id")
    return [row["id"].partition("/")[2] for row in rows]
