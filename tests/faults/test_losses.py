"""Databases put back to older copies, topics and figures lost, under parts that run: all is there, and counted once."""

import shutil

from deploy.provision import figures, topics
from deploy.provision.databases import database_of
from tests.databases import administer, copied
from tests.faults.checker import settled
from tests.faults.conftest import ended_and_checked
from tests.faults.load import Load
from tests.faults.rig import ANSWERING, COLLECTIVE, Rig

_ROLES = (figures.WRITER, figures.READER)


async def test_every_database_is_put_back_to_an_older_copy(rig: Rig, load: Load, said: list[str]) -> None:
    admin, names = rig.servers.postgres.admin_dsn, [database_of(*ANSWERING[part]) for part in ANSWERING]
    for name in names:
        await copied(admin, name, f"{name}_copy")
    before = len(load.told)
    while len(load.told) < before + 100:
        await load.pause()
    # What was acknowledged and not published yet is in no copy and on no topic: so the writers pause.
    await load.end()
    await settled(rig, load)
    for name in names:
        await copied(admin, f"{name}_copy", name, name)
        await administer(admin, f"drop database {name}_copy")
    await load.begin()
    await load.pause()
    await ended_and_checked(rig, load, said)
    logs = "".join((rig.folder / f"{part}.log").read_text(errors="replace") for part in ANSWERING)
    assert "taken back from the topic" in logs


async def test_kafka_loses_all_it_holds(rig: Rig, load: Load, said: list[str]) -> None:
    await load.pause()
    kafka = rig.servers.kafka
    kafka.kill()
    shutil.rmtree(kafka.folder / "data")
    kafka.start()
    await topics.ensure(kafka.bootstrap, COLLECTIVE.topics)
    await load.pause()
    await ended_and_checked(rig, load, said)


async def test_the_figures_are_put_back_to_an_older_copy_and_then_lost(rig: Rig, load: Load, said: list[str]) -> None:
    name = figures.DATABASE
    admin = rig.servers.postgres.admin_dsn
    await copied(admin, name, f"{name}_copy")
    before = len(load.told)
    while len(load.told) < before + 50:
        await load.pause()
    await copied(admin, f"{name}_copy", name, *_ROLES)
    await administer(admin, f"drop database {name}_copy")
    await load.pause()
    await ended_and_checked(rig, load, said)
    await administer(admin, f"drop database {name} with (force)")
    passwords = [(rig.folder / "secrets" / f"{role}.password").read_text().strip() for role in _ROLES]
    await figures.ensure(admin, *passwords)
    await load.begin()
    await load.pause()
    await ended_and_checked(rig, load, said)
