"""Kafka's jars: fetched in parallel by Maven coordinates, each checked against the committed SHA-256.

To renew kafka.lock for another version: resolve `org.apache.kafka:kafka_2.13:<version>` with jgo (all jars, on one
class path), keep those the broker loads, and write `group:artifact:version sha256:<digest>` per line.
"""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

LOCK: Final = Path(__file__).with_name("kafka.lock")
_AT_ONCE: Final = 8
_TRIES: Final = 3


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
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in wanted if not (folder / jar.name).exists()]
    if missing:
        say(f"fetching Kafka ({len(missing)} jars)")
        base = _base()
        with httpx.Client(follow_redirects=True, timeout=60) as client, ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda jar: _fetch(client, base, jar, folder), missing))
    return [folder / jar.name for jar in wanted]


def _base() -> str:
    import jgo  # slow to import, and only needed for a fetch

    return os.environ.get("GENERATEUR_MAVEN") or str(getattr(jgo, "MAVEN_CENTRAL_URL"))  # noqa: B009  it is not declared as exported


def _fetch(client: httpx.Client, base: str, jar: Jar, folder: Path) -> None:
    problem = ""
    for _ in range(_TRIES):
        try:
            answer = client.get(f"{base.rstrip('/')}/{jar.path}").raise_for_status()
        except httpx.HTTPError as error:
            problem = f"{jar.name} could not be fetched ({type(error).__name__})"
            continue
        if hashlib.sha256(answer.content).hexdigest() == jar.sha256:
            partial = folder / f".{jar.name}.{os.getpid()}"
            partial.write_bytes(answer.content)
            partial.rename(folder / jar.name)
            return
        problem = f"{jar.name} is not the file that was locked: its SHA-256 differs"
    raise Unfetched(problem)
