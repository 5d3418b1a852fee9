"""The whole system as `make run` starts it, once for all stories: its own process, servers and state folder."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx
import pytest

from deploy.local.checks import free_port
from shared.runtime import tokens

ROOT = Path(__file__).parents[2]
COORDINATOR = "france-active-franche-comte"
_PATIENCE = 180
_HEARD = 20


@dataclass
class Running:
    """A started system: its address, its state folder and what it has printed so far."""

    state: Path
    port: int
    printed: list[str] = field(default_factory=list)
    process: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Starts the runner and waits for its line `ready`."""
        self.printed.clear()
        words = [sys.executable, "-m", "deploy.local.run", "--port", str(self.port), "--state", str(self.state)]
        self.process = subprocess.Popen(
            words, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=(self.state.parent / "errors.txt").open("a")
        )
        ready = threading.Event()
        threading.Thread(target=self._read, args=(self.process.stdout, ready), daemon=True).start()
        if not ready.wait(_PATIENCE) or self.process.poll() is not None:
            self.process.kill()
            said = (self.state.parent / "errors.txt").read_text()[-3000:]
            pytest.fail(f"the system did not get ready: {self.printed} {said}")
        return self

    def _read(self, stream: Any, ready: threading.Event) -> None:
        for line in stream:
            self.printed.append(line.rstrip("\n"))
            if line.startswith("ready "):
                ready.set()
        ready.set()

    def stop(self) -> int:
        """Ctrl-C, and its exit code."""
        self.process.send_signal(signal.SIGINT)
        code: int = self.process.wait(30)
        return code

    def generateur(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The command line, on this system."""
        given = [sys.executable, "-m", "deploy.cli", "--state", str(self.state), *words]
        if words[0] == "audit":
            given = [sys.executable, "-m", "deploy.cli", *words, "--state", str(self.state)]
        env = {name: value for name, value in os.environ.items() if not name.startswith("GENERATEUR_")}
        return subprocess.run(given, cwd=ROOT, env=env, text=True, capture_output=True, timeout=120)

    def token(self, member: str, *roles: str) -> str:
        return tokens.issue(self.state / "keys" / "issuer.key", "story", member, roles, hours=1)

    def ask(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """The data of one GraphQL operation; an error fails the story."""
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        body = {"query": query, "variables": variables}
        answer = httpx.post(f"{self.url}/graphql", json=body, headers=headers, timeout=30, trust_env=False).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def tell(self, token: str, command: str, **given: Any) -> dict[str, Any]:
        """One command by its mutation: the member of its result union."""
        root = command[:1].lower() + command[1:]
        query = (
            f"mutation($input: {command}Input!) {{ {root}(input: $input) {{ __typename "
            "... on Accepted { position changed repeated subject version } ... on Problem { code path } } }"
        )
        result: dict[str, Any] = self.ask(query, token, input={"commandId": str(uuid4()), **given})[root]
        return result

    def eventually(self, look: Callable[[], Any]) -> Any:
        """What `look` gives once it gives something: what one service does on hearing another takes a moment."""
        until = time.monotonic() + _HEARD
        while True:
            found = look()
            if found or time.monotonic() > until:
                assert found, "it did not happen"
                return found
            time.sleep(0.05)

    def settled(self) -> bool:
        """Whether the projects of the two choices that the history tells are open: the last that follows from it."""

        def nine() -> bool:
            beside = self.figures(date="2019-12-31")["projects_completed_or_nearing"]["beside"]
            return parts(beside)["projects_opened"] == 9

        return bool(self.eventually(nine))

    def figures(self, **as_of: Any) -> dict[str, dict[str, Any]]:
        """The region's figures by indicator id, with their parts by id; `date`, `atLeast` as in the schema.

        They are complete: a reader that has just started says so in a moment.
        """
        query = """query($asOf: AsOfInput) { figures(asOf: $asOf) { complete
          items { id: indicator value low high precision
            parts { id: indicator value } beside { id: indicator value } } } }"""

        def complete() -> Any:
            told = self.ask(query, asOf=as_of)["figures"]
            return told if told["complete"] else None

        found = self.eventually(complete)
        return {item["id"]: {**item, "parts": parts(item["parts"])} for item in found["items"]}


def parts(found: Sequence[dict[str, Any]]) -> dict[str, int]:
    return {one["id"]: one["value"] for one in found}


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The system with the white paper's history, ready."""
    folder = tmp_path_factory.mktemp("story")
    # PostgreSQL runs as another user when the tests run as root, and must reach its folder.
    for above in (folder, *folder.parents[:2]):
        above.chmod(above.stat().st_mode | 0o011)
    made = Running(folder / "state", free_port()).start()
    try:
        yield made
    finally:
        if made.process.poll() is None:
            assert made.stop() == 0
