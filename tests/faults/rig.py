"""A small collective on servers of its own, every part a process that can be killed and started again."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import asyncpg

from deploy.local import children
from deploy.local.checks import free_port
from deploy.local.servers import LocalServers
from deploy.provision import everything
from deploy.provision.collective import Collective
from services.indicators.settings import Settings
from shared.kernel.record import source_of

ROOT: Final = Path(__file__).parents[2]
COLLECTIVE: Final = Collective("alpha", ("alpha", "beta"))
# The coordinator's ideation in three processes, so that each can die alone; the others whole.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "api": ("services.ideation", "--member", "alpha", "--parts", "api"),
    "sealer": ("services.ideation", "--member", "alpha", "--parts", "seal"),
    "relay": ("services.ideation", "--member", "alpha", "--parts", "relay"),
    "projects": ("services.projects", "--member", "alpha"),
    "beta": ("services.ideation", "--member", "beta"),
    "indicators": ("services.indicators",),
}
ANSWERING: Final = {"api": ("alpha", "ideation"), "projects": ("alpha", "projects"), "beta": ("beta", "ideation")}
_WITHIN: Final = 60


@dataclass
class Rig:
    """`parts` are its processes, `answering` those that take commands; `killed` counts deaths by SIGKILL, by name."""

    folder: Path
    servers: LocalServers
    reads: everything.ReadSide
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: PARTS)
    answering: Mapping[str, tuple[str, str]] = field(default_factory=lambda: ANSWERING)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    killed: dict[str, int] = field(default_factory=dict)
    environment: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ports = {name: free_port() for name in self.answering}

    @classmethod
    async def laid(cls, folder: Path, **given: Any) -> Self:
        """Servers started, databases, topics and keys made; nothing of ours runs yet."""
        servers = LocalServers(folder, {name: free_port() for name in ("postgres", "kafka", "controller")})
        servers.start()
        reads = await everything.ensure(folder, COLLECTIVE, servers.postgres.admin_dsn, servers.kafka.bootstrap)
        said = {"kafka": servers.kafka.bootstrap, "coordinator": COLLECTIVE.coordinator}
        (folder / "settings.json").write_text(json.dumps(said))
        return cls(folder, servers, reads, **given)

    def start(self, part: str, fault: str = "", take_over: bool = False, name: str | None = None) -> None:
        """Starts one part, as `name` if it is a second one; `fault` is a point where it kills itself."""
        words = [sys.executable, "-m", self.parts[part][0], "--state", str(self.folder), *self.parts[part][1:]]
        if part in self.ports:
            words += ["--port", str(self.ports[part])]
        if take_over:
            words.append("--take-over")
        env = {**os.environ, "GENERATEUR_FAULT": fault, "GENERATEUR_POLL": "0.1", **self.environment.get(part, {})}
        with (self.folder / f"{part}.log").open("ab") as log:
            self.running[name or part] = children.spawn(words, log, signal.SIGKILL, env=env, cwd=ROOT)

    def kill(self, part: str) -> None:
        """SIGKILL, as a power cut; counted."""
        children.kill(self.running.pop(part))
        self._count(part)

    async def died(self, name: str) -> int:
        """Waits until a process has ended by itself and gives its exit code; a SIGKILL is counted."""
        async with asyncio.timeout(_WITHIN):
            while True:
                code = self.running[name].poll()
                if code is not None:
                    break
                await asyncio.sleep(0.02)
        del self.running[name]
        if code == -signal.SIGKILL:
            self._count(name)
        return code

    def _count(self, what: str) -> None:
        self.killed[what] = self.killed.get(what, 0) + 1

    def kill_server(self, which: str) -> None:
        """Kills PostgreSQL with all its processes, or Kafka, and starts it again on its data."""
        server = self.servers.postgres if which == "PostgreSQL" else self.servers.kafka
        server.kill()
        self._count(which)
        server.start()

    def ended(self) -> list[str]:
        """Parts that should run and do not, with the last words of their logs."""
        return [
            f"{name} ended with {process.returncode}: {self.last_words(name)}"
            for name, process in self.running.items()
            if process.poll() is not None
        ]

    def last_words(self, part: str) -> str:
        """The end of a part's log."""
        log = self.folder / f"{part}.log"
        return log.read_text(errors="replace")[-1500:] if log.exists() else ""

    def stop(self) -> None:
        """Ends everything."""
        for process in self.running.values():
            children.kill(process)
        self.running.clear()
        self.servers.stop()

    def url(self, part: str) -> str:
        """Where a part takes its commands."""
        member, service = self.answering[part]
        return f"http://127.0.0.1:{self.ports[part]}/members/{member}/{service}/commands"

    def source(self, part: str) -> str:
        """The producer that a part's commands become records of."""
        return source_of(*self.answering[part])

    def settings(self, version: int) -> Settings:
        """Those of a reader of one version."""
        given = {
            "figures_dsn": self.reads.writer_dsn,
            "kafka": self.servers.kafka.bootstrap,
            "coordinator": COLLECTIVE.coordinator,
            "root_key": self.folder / "keys" / "root.pub",
            "version": version,
        }
        return Settings.model_validate(given)

    async def database(self, part: str) -> asyncpg.Connection:
        """A connection to one producer's database; the caller closes it."""
        member, service = self.answering[part]
        return await asyncpg.connect((self.folder / "secrets" / f"{member}_{service}.dsn").read_text().strip())
