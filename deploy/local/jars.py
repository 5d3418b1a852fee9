"""Kafka's jars: fetched in parallel by Maven coordinates, each checked against the committed SHA-256.

To renew kafka.lock for another version: resolve `org.apache.kafka:kafka_2.13:<version>` with jgo (all jars, on one
class path), keep those the broker loads, and write `group:artifact:version sha256:<digest>` per line.
"""

import asyncio
import hashlib
import os
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

LOCK: Final = Path(__file__).with_name("kafka.lock")
_AT_ONCE: Final = 8
_TRIES: Final = 3
_PATIENCE: Final = 20.0


class Unfetched(Exception):
    """A jar could not be had, or is not the one that was locked; the message is for a person."""


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        """Its file name."""
        return f"{self.artifact}-{self.version}.jar"

    @property
    def path(self) -> str:
        """Its path below a Maven repository's base."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.name}"


def read_lock(file: Path = LOCK) -> list[Jar]:
    """The jars of a lock file, in its order, which is also that of the class path."""
    jars = []
    for line in file.read_text().splitlines():
        if line and not line.startswith("#"):
            coordinates, _, digest = line.partition(" sha256:")
            group, artifact, version = coordinates.split(":")
            jars.append(Jar(group, artifact, version, digest))
    return jars


def cache_folder() -> Path:
    """Where jars are kept between runs, shared by every checkout of one user."""
    base = os.environ.get("GENERATEUR_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "generateur" / "jars"


def ensure(folder: Path, jars: list[Jar] | None = None, say: Callable[[str], None] = lambda line: None) -> list[Path]:
    """The jars as files in `folder`, fetching those that are missing; raises Unfetched."""
    wanted = read_lock() if jars is None else jars
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unfetched(f"The folder for Kafka's jars, {folder}, cannot be made ({error.strerror}).") from None
    # Every jar is read again at each start (0.1 s): one that was cut short or changed since is fetched anew.
    missing = [jar for jar in wanted if _digest(folder / jar.name) != jar.sha256]
    if missing:
        say(f"fetching Kafka ({len(missing)} jars)")
        try:
            _complete(_fetch_all(_base(), missing, folder))
        except ExceptionGroup as failed:
            # The first that could not be had ended the others.
            raise failed.exceptions[0] from None
    return [folder / jar.name for jar in wanted]


def _server(base: str) -> str:
    """The server that jars are asked of, without the path and without what an address may keep to itself."""
    return httpx.URL(base).host


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def _base() -> str:
    import jgo  # slow to import, and only needed for a fetch

    return os.environ.get("GENERATEUR_MAVEN") or str(getattr(jgo, "MAVEN_CENTRAL_URL"))  # noqa: B009  it is not declared as exported


def _complete(work: Coroutine[None, None, None]) -> None:
    """Runs it to its end: here, where Ctrl-C cancels it at once, or beside the loop that runs here already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work)
        return
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def _fetch_all(base: str, wanted: list[Jar], folder: Path) -> None:
    gate = asyncio.Semaphore(_AT_ONCE)
    async with httpx.AsyncClient(follow_redirects=True, timeout=_PATIENCE) as client, asyncio.TaskGroup() as group:
        for jar in wanted:
            group.create_task(_fetch(client, gate, base, jar, folder))


async def _fetch(client: httpx.AsyncClient, gate: asyncio.Semaphore, base: str, jar: Jar, folder: Path) -> None:
    problem = ""
    for _ in range(_TRIES):
        try:
            async with gate:
                answer = (await client.get(f"{base.rstrip('/')}/{jar.path}")).raise_for_status()
        except httpx.HTTPError as error:
            problem = f"{jar.name} could not be had from {_server(base)} ({type(error).__name__})"
            continue
        if hashlib.sha256(answer.content).hexdigest() == jar.sha256:
            _keep(answer.content, folder / jar.name)
            return
        problem = f"{jar.name} is not the file that was locked: its SHA-256 differs"
    raise Unfetched(f"Kafka could not be fetched: {problem}.")


def _keep(content: bytes, file: Path) -> None:
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        partial.write_bytes(content)
        partial.rename(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise Unfetched(f"{file.name} could not be kept in {file.parent} ({error.strerror}).") from None
