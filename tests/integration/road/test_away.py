"""A database or a broker that takes nothing for a while: the service waits and says so, and no part of it ends."""

import asyncio
import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.integration.road.conftest import Producer
from tests.integration.road.recovering import Told, commands, given, running, settled, told

Admin = Callable[..., Awaitable[None]]


@pytest.fixture
def admin(servers: Any, producer: Producer) -> Admin:
    """Statements of the administrator in the producer's database; `{role}` is its role."""
    role = producer.dsn.rpartition("/")[2]

    async def do(*statements: str) -> None:
        connection = await asyncpg.connect(servers.postgres.admin_dsn, database=role)
        try:
            for statement in statements:
                await connection.execute(statement.format(role=role))
        finally:
            await connection.close()

    return do


CUT = "select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'"
FULL = """create function full_disk() returns trigger language plpgsql as
$$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$"""
LIMITS = {
    "no connection left": (
        ("alter role {role} connection limit 0", CUT),
        ("alter role {role} connection limit 20",),
    ),
    "read-only": (
        ("alter role {role} set default_transaction_read_only = on", CUT),
        ("alter role {role} reset default_transaction_read_only",),
    ),
    "no connections taken": (
        ("revoke connect on database {role} from {role}", CUT),
        ("grant connect on database {role} to {role}",),
    ),
    # As a server says it whose disk is full; below it is one, where we may make one.
    "no room on its disk": (
        (FULL, "create trigger full_disk before insert on event execute function full_disk()"),
        ("drop trigger full_disk on event", "drop function full_disk"),
    ),
}


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_database_that_takes_nothing_is_waited_for(producer, admin, limit):
    set_it, lift_it = LIMITS[limit]
    async with running(producer) as (_, client):
        await _around(producer, client, lambda: admin(*set_it), lambda: admin(*lift_it))


async def _around(producer: Producer, client: Any, begin: Any, end: Any) -> None:
    """Commands before, amid and after the trouble: those amid are refused as passing, and given again."""
    first = [await told(client, *given()) for _ in range(3)]
    await begin()
    amid = [given() for _ in range(3)]
    refused = [await told(client, *one, patient=False) for one in amid]
    assert {status for status, _ in refused} == {503}
    assert {problem["code"] for _, problem in refused} <= {"service.unavailable", "service.recovering"}
    # Sealer and relay look a few times meanwhile.
    await asyncio.sleep(1)
    await end()
    amid = [await told(client, *one) for one in amid]
    last = [await told(client, *given()) for _ in range(3)]
    raws = await settled(producer, 9)
    assert sorted(commands(raws)) == sorted(one.command_id for one in (*first, *amid, *last))


TABLES = ("event", "record", "command", "outbox", "stream")


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 4 MB where PostgreSQL's user can reach it; only root can make one, and not in every container.

    Without one the test is skipped: what a service does when it is told of a full disk is tested for everybody above.
    """
    folder = Path(tempfile.mkdtemp(prefix="generateur-disk-"))
    folder.chmod(0o755)
    mounting = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mounting, check=False).returncode != 0:
        folder.rmdir()
        pytest.skip("there is no small disk to fill: only root can mount a file system of its own")
    try:
        inside = folder / "tables"
        inside.mkdir(mode=0o777)
        yield inside
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        folder.rmdir()


async def test_a_full_disk_is_waited_for(servers, producer, admin, small_disk):
    if os.environ.get("INFRA") == "containers":
        pytest.skip("the server does not see this machine's folders")
    space = f"small_{producer.member.replace('-', '_')}"
    owner = (servers.postgres.folder / "data").stat()
    os.chown(small_disk, owner.st_uid, owner.st_gid)
    await admin(
        f"create tablespace {space} location '{small_disk}'",
        *(f"alter table {name} set tablespace {space}" for name in TABLES),
    )
    filler = small_disk / "filler"

    async with running(producer) as (_, client):
        first = [await told(client, *given()) for _ in range(3)]
        _fill(filler)
        # There is room in pages that are there already: commands are taken until there is none.
        amid: list[Told] = []
        refused: list[tuple[UUID, str]] = []
        async with asyncio.timeout(60):
            while not refused:
                asked = [given() for _ in range(16)]
                found = await asyncio.gather(*(told(client, *one, patient=False) for one in asked))
                amid += [one for one in found if isinstance(one, Told)]
                refused = [one for one, said in zip(asked, found, strict=True) if not isinstance(said, Told)]
        said = [one for one in found if not isinstance(one, Told)]
        assert {(status, problem["code"]) for status, problem in said} == {(503, "service.unavailable")}
        await asyncio.sleep(1)
        filler.unlink()
        amid += [await told(client, *one) for one in refused]
        last = [await told(client, *given()) for _ in range(3)]
        raws = await settled(producer, 6 + len(amid))
        assert sorted(commands(raws)) == sorted(one.command_id for one in (*first, *amid, *last))
    await admin(*(f"alter table {name} set tablespace pg_default" for name in TABLES), f"drop tablespace {space}")


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)


async def test_a_broker_that_hangs_is_waited_for(servers, producer):
    pid = getattr(servers.kafka, "pid", 0)
    if not pid:
        pytest.skip("the broker is no process of this machine")
    async with running(producer, compare_every=0.2) as (service, client):
        first = [await told(client, *given()) for _ in range(3)]
        os.kill(pid, signal.SIGSTOP)
        try:
            amid = [await told(client, *given()) for _ in range(5)]
            await asyncio.sleep(2)
            amid += [await told(client, *given()) for _ in range(5)]
            assert service.guard.open
        finally:
            os.kill(pid, signal.SIGCONT)
        raws = await settled(producer, 13)
    assert sorted(commands(raws)) == sorted(one.command_id for one in (*first, *amid))
