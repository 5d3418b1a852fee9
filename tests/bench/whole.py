"""`visible_p50`, `visible_p99`, `memory_at_rest`: the whole system as `make run` starts it."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any, Final
from uuid import uuid4

from deploy.local import children
from deploy.local.checks import free_port
from services.gateway.positions import reached, read_position
from shared.runtime import tokens
from tests.bench.rig import Rig
from tests.bench.table import Entry

_PER_SECOND: Final = 100
_SECONDS: Final = 15
_LINES: Final = 64
_MUTATION: Final = (
    "mutation($input: ProposeIdeaInput!) { proposeIdea(input: $input) "
    "{ __typename ... on Accepted { position } ... on Problem { code message } } }"
)


async def bench(rig: Rig) -> dict[str, Entry]:
    """A system of its own, history played; its memory at rest, then 100 commands a second."""
    state, port = rig.folder / "whole", free_port()
    words = [sys.executable, "-m", "deploy.local.run", "--port", str(port), "--state", str(state)]
    with (rig.folder / "whole.log").open("ab") as log:
        process = children.spawn(words, log, signal.SIGTERM)
    try:
        await _ready(rig.folder / "whole.log", process)
        await asyncio.sleep(5)
        rest = tree_mb(process.pid)
        seen = await _commands(f"http://127.0.0.1:{port}", state)
    finally:
        children.end(process, signal.SIGINT, 20)
    cut = quantiles(seen, n=100)
    detail = (
        f"{len(seen)} commands at {_PER_SECOND} a second through the gateway to two members; from the command's "
        "answer (committed and sealed) until the gateway answers from a state that counts it, asked each 5 ms"
    )
    about = "PSS of the runner with all services, PostgreSQL and Kafka, 5 s after `ready`"
    return {
        "visible_p50": Entry(round(cut[49], 1), "ms", detail),
        "visible_p99": Entry(round(cut[98], 1), "ms", detail),
        "memory_at_rest": Entry(round(rest), "MB", about, ceiling=500),
    }


async def _ready(log: Path, process: "subprocess.Popen[bytes]") -> None:
    async with asyncio.timeout(180):
        while True:
            if re.search(r"^ready ", log.read_text(errors="replace"), re.MULTILINE):
                return
            assert process.poll() is None, log.read_text(errors="replace")[-2000:]
            await asyncio.sleep(0.2)


async def _commands(url: str, state: Path) -> list[float]:
    """Milliseconds from each command's answer until the read side counts it; commands begin on time, whatever came."""
    members = ("cluster-jura", "france-active-franche-comte")
    issuer = state / "keys" / "issuer.key"
    given = [tokens.issue(issuer, "bench", member, ("AD",), hours=1) for member in members]
    lines = [await Line.to(url) for _ in range(_LINES)]
    free: asyncio.Queue[Line] = asyncio.Queue()
    for line in lines:
        free.put_nowait(line)
    seen: list[tuple[float, Mapping[str, int]]] = []
    looking = asyncio.create_task(_look(await Line.to(url), seen))
    began = time.perf_counter()
    tasks = []
    for number in range(_PER_SECOND * _SECONDS):
        await asyncio.sleep(max(0.0, began + number / _PER_SECOND - time.perf_counter()))
        tasks.append(asyncio.create_task(_one(free, given[number % len(given)])))
    told = await asyncio.gather(*tasks)
    while not all(reached(seen[-1][1], position) for _, position in told):  # noqa: ASYNC110  another task sees it
        await asyncio.sleep(0.05)
    looking.cancel()
    for line in lines:
        line.writer.close()
    return [(next(at for at, there in seen if reached(there, position)) - when) * 1000 for when, position in told]


async def _one(free: "asyncio.Queue[Line]", token: str) -> tuple[float, Mapping[str, int]]:
    """When one command was answered, and with which position."""
    idea = {"ideaId": str(uuid4()), "title": "Une piste", "provenance": "ONLINE", "territoryIds": []}
    line = await free.get()
    variables = {"input": {"commandId": str(uuid4()), **idea}}
    answer = await line.ask({"query": _MUTATION, "variables": variables}, token)
    free.put_nowait(line)
    assert "position" in answer["data"]["proposeIdea"], answer
    return time.perf_counter(), read_position(answer["data"]["proposeIdea"]["position"])


async def _look(line: "Line", seen: list[tuple[float, Mapping[str, int]]]) -> None:
    """Asks again and again which position the figures have reached."""
    while True:
        answer = await line.ask({"query": "{ state { asOf { position } } }"}, "")
        seen.append((time.perf_counter(), read_position(answer["data"]["state"]["asOf"]["position"])))
        await asyncio.sleep(0.005)


@dataclass
class Line:
    """One kept connection that sends and reads the least there is: the usual clients cost more than what they ask."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def to(cls, url: str) -> "Line":
        """A connection to `http://host:port`."""
        host, _, port = url.removeprefix("http://").partition(":")
        return cls(*await asyncio.open_connection(host, int(port)))

    async def ask(self, body: Any, token: str) -> Any:
        """The JSON answer to one operation."""
        raw = json.dumps(body).encode()
        head = "POST /graphql HTTP/1.1\r\nhost: bench\r\n" + (f"authorization: Bearer {token}\r\n" if token else "")
        head += f"content-type: application/json\r\ncontent-length: {len(raw)}\r\n\r\n"
        self.writer.write(head.encode() + raw)
        answered = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        size = int(answered.partition(b"content-length: ")[2].split(b"\r\n", 1)[0])
        return json.loads(await self.reader.readexactly(size))


def tree_mb(pid: int) -> float:
    """The proportional memory of a process and all below it, in MB."""
    total = 0
    for process in (pid, *_below(pid)):
        try:
            said = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(re.search(r"^Pss:\s+(\d+)", said, re.MULTILINE)[1])  # type: ignore[index]
    return total / 1024


def _below(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = Path(f"/proc/{name}/stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(name))
    found, waiting = [], [pid]
    while waiting:
        children_of = parents.get(waiting.pop(), [])
        found += children_of
        waiting += children_of
    return found
