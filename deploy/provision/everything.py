"""All that one machine's collective needs before its services start."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.provision import databases, figures, history, secrets, topics
from deploy.provision.collective import Collective

_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class ReadSide:
    """Connection addresses of the read side: who writes it, and who may only ask."""

    writer_dsn: str
    reader_dsn: str


async def ensure(state: Path, collective: Collective, admin_dsn: str, kafka: str) -> ReadSide:
    """Keys, roles, databases and topics; what exists stays as it is. Connection addresses go to `secrets/`.

    Raises keyfiles.Unusable for a key that is lost.
    """
    keys = state / "keys"
    asked = secrets.missing(keys, collective)
    if not (keys / "issuer.key").exists() or not (keys / "root.pub").exists():
        asked = list(collective.producers)
    secrets.ensure(keys, collective, await history.recorded(admin_dsn, kafka, asked) if asked else ())
    (state / "secrets").mkdir(mode=0o700, exist_ok=True)
    host, port = _address(admin_dsn)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(member: str, service: str) -> None:
        name = databases.database_of(member, service)
        password = databases.secret(state / "secrets" / f"{name}.password")
        async with gate:
            await databases.producer(admin_dsn, member, service, password)
        _write(state / "secrets" / f"{member}_{service}.dsn", databases.dsn_of(host, port, name, name, password))

    passwords = {
        role: databases.secret(state / "secrets" / f"{role}.password") for role in (figures.WRITER, figures.READER)
    }
    await asyncio.gather(
        topics.ensure(kafka, collective.topics),
        figures.ensure(admin_dsn, passwords[figures.WRITER], passwords[figures.READER]),
        *(one(*producer) for producer in collective.producers),
    )
    dsns = {
        role: databases.dsn_of(host, port, figures.DATABASE, role, password) for role, password in passwords.items()
    }
    for role, dsn in dsns.items():
        _write(state / "secrets" / f"{role}.dsn", dsn)
    return ReadSide(dsns[figures.WRITER], dsns[figures.READER])


def _address(admin_dsn: str) -> tuple[str, int]:
    """Host and port of an address `postgresql://user:password@host:port/database`."""
    host, _, port = admin_dsn.rpartition("@")[2].partition("/")[0].rpartition(":")
    return host, int(port)


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text + "\n")
