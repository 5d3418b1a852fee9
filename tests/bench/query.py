"""`figures_query`: the gateway's CPU per request for the five figures, over a bare ASGI answer of the same bytes."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import asyncpg
import httpx

from deploy.cli.figures import QUERY
from deploy.local import children
from deploy.local.checks import free_port
from services.indicators import catalogue
from shared.runtime.tokens import create_issuer
from tests.bench.project import read_side
from tests.bench.rig import Rig, interleaved
from tests.bench.table import Entry, ratio

_ROUNDS: Final = 5
_REQUESTS: Final = 2000
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_BODY: Final = {"query": QUERY, "variables": {"lang": "FR", "asOf": {"date": "2019-12-31"}}}


async def bench(rig: Rig) -> dict[str, Entry]:
    """Interleaved runs of 2,000 requests on one kept connection; CPU as the kernel counts it for the process."""
    settings = await read_side(rig, "bench_query")
    pool = await asyncpg.create_pool(settings.figures_dsn.get_secret_value(), min_size=1, max_size=2)
    await pool.execute("select add_version(1)")
    async with pool.acquire() as connection, connection.transaction():
        await catalogue.store(connection)
    await pool.close()
    keys = rig.folder / "keys"
    keys.mkdir(exist_ok=True)
    create_issuer(keys)
    dsn = settings.figures_dsn.get_secret_value().replace("indicators_writer:", "gateway_reader:")
    ours = _Served(rig.folder, "gateway", dsn, str(keys))
    body = await ours.answer()
    assert len(json.loads(body)["data"]["figures"]["items"]) == 5, body
    (rig.folder / "answer").write_bytes(body)
    bare = _Served(rig.folder, "bare", str(rig.folder / "answer"))
    try:
        assert await bare.answer() == body
        mine, other = await interleaved(_ROUNDS, ours.cpu, bare.cpu)
    finally:
        ours.stop()
        bare.stop()
    detail = (
        f"{_REQUESTS} requests of the five headline figures with parts and bounds ({len(body)} bytes answered), "
        "one kept connection, the read side at rest, both on the same server; {:.0f} over {:.0f} µs of CPU"
    )
    return {"figures_query": ratio(mine, other, detail.format, ceiling=8, aim=2)}


class _Served:
    """One application in a process of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        self._port = free_port()
        argv = [sys.executable, "-m", "tests.bench.serving", str(self._port), *words]
        with (folder / "serving.log").open("ab") as log:
            self._process: subprocess.Popen[bytes] = children.spawn(argv, log, signal.SIGKILL)

    async def answer(self) -> bytes:
        """The body of one answer, once the server listens and has its read side."""
        async with asyncio.timeout(30), self._client() as client:
            while True:
                try:
                    found = await client.post("/graphql", json=_BODY)
                    if found.status_code == 200 and "errors" not in found.json():
                        return found.content
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)

    async def cpu(self) -> float:
        """Microseconds of CPU per request."""
        async with self._client() as client:
            await client.post("/graphql", json=_BODY)
            before = self._used()
            for _ in range(_REQUESTS):
                await client.post("/graphql", json=_BODY)
        return (self._used() - before) / _REQUESTS * 1e6

    def stop(self) -> None:
        """Ends it."""
        children.kill(self._process)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self._port}", trust_env=False, timeout=10)

    def _used(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
