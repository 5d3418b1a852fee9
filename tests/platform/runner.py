"""The real runner in a folder of its own, as a person has it at a terminal; and what the kernel says of its processes.

Its processes are found by where they are: each works inside the folder or names it in its command line.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

ROOT: Final = Path(__file__).parents[2]
STARTED_WITHIN: Final = 120.0
# What is promised for an orderly end.
ENDED_WITHIN: Final = 10.0
# A machine under load may need a while to end a process; one that waits for something never ends.
GONE_WITHIN: Final = 60.0
MAKE: Final = ("make", "--no-print-directory", "-f", str(ROOT / "Makefile"), "-o", ".venv/runtime.stamp", "run")


def _interruptible() -> None:
    """As from a terminal: tests that a script has started in its background ignore SIGINT, and so would this."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass
class Runner:
    """`folder` is where it is started: its state is `.generateur` below, what it prints is kept beside.

    `more` is what its environment says besides ours.
    """

    folder: Path
    port: int
    more: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def state(self) -> Path:
        return self.folder / ".generateur"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def printed(self) -> list[str]:
        """What the last start has printed on standard output."""
        return (self.folder / "out.txt").read_text().splitlines()

    @property
    def errors(self) -> str:
        """What the last start has written to standard error."""
        return (self.folder / "err.txt").read_text()

    def start(self, until: str = "ready ", by_make: bool = False) -> None:
        """Starts it, by `make run` or directly, as the leader of its group, until a line begins with `until`."""
        words = [*MAKE, f"PORT={self.port}"] if by_make else direct(self.port, self.state)
        with (self.folder / "out.txt").open("wb") as out, (self.folder / "err.txt").open("wb") as err:
            self.process = subprocess.Popen(
                words,
                cwd=self.folder,
                stdout=out,
                stderr=err,
                env=environment(**self.more),
                start_new_session=True,
                preexec_fn=_interruptible,
            )
        end = time.monotonic() + STARTED_WITHIN
        while not any(line.startswith(until) for line in self.printed):
            assert self.alive and time.monotonic() < end, f"no line {until!r}: {self.printed} {self.errors[-3000:]}"
            time.sleep(0.05)

    def interrupt(self) -> int:
        """Ctrl-C: the signal goes to the whole group. Its exit code, if it ended in time."""
        return self._ended(signal.SIGINT)

    def terminate(self) -> int:
        """SIGTERM, to itself only, as a service manager does."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(ENDED_WITHIN)

    def kill(self) -> None:
        """SIGKILL, to the runner only: its children are told by nobody but the kernel."""
        assert self.process is not None
        # A child just forked, which is not its own program yet, looks the same and is younger.
        runner = min(pid for pid, _, told in _living() if str(self.folder) in told and "deploy.local.run" in told)
        os.kill(runner, signal.SIGKILL)
        self.process.wait(ENDED_WITHIN)

    def _ended(self, number: signal.Signals) -> int:
        assert self.process is not None
        os.killpg(self.process.pid, number)
        return self.process.wait(ENDED_WITHIN)

    def processes(self) -> Mapping[int, str]:
        """Every process of it that lives, by id: the name of its program."""
        return {pid: name for pid, name, told in _living() if str(self.folder) in told}

    def left(self) -> Mapping[int, str]:
        """The processes that do not go within a minute; none, if all is well."""
        until = time.monotonic() + GONE_WITHIN
        while self.processes() and time.monotonic() < until:
            time.sleep(0.05)
        return self.processes()

    def figure(self, name: str) -> int:
        """The value of one headline figure at the end of 2019."""
        query = '{ figures(asOf: {date: "2019-12-31"}) { items { id: indicator value } } }'
        answer = httpx.post(f"{self.url}/graphql", json={"query": query}, timeout=30, trust_env=False).json()
        return next(int(one["value"]) for one in answer["data"]["figures"]["items"] if one["id"] == name)

    def generateur(self, *words: str, say: str = "") -> "subprocess.CompletedProcess[str]":
        """The command line on this state; `say` is what the person answers."""
        given = [sys.executable, "-m", "deploy.cli", "--state", str(self.state), *words]
        return subprocess.run(given, input=say, env=environment(), text=True, capture_output=True, timeout=60)

    def end(self) -> None:
        """Leaves nothing running, whatever a test has done."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for pid in self.left():
            os.kill(pid, signal.SIGKILL)


def direct(port: int, state: Path) -> list[str]:
    """The command that `make run` ends in."""
    return [sys.executable, "-m", "deploy.local.run", "--port", str(port), "--state", str(state)]


def environment(**more: str) -> dict[str, str]:
    """Ours, without what somebody set for a system of their own."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith("GENERATEUR_")}, **more}


def refused(words: Sequence[str], folder: Path, **more: str) -> tuple[int, str]:
    """Runs what should not start: its exit code and what it wrote to standard error."""
    done = subprocess.run(
        words, cwd=folder, env=environment(**more), text=True, capture_output=True, timeout=STARTED_WITHIN
    )
    return done.returncode, done.stderr


def _living() -> list[tuple[int, str, str]]:
    """Id, program, and where and with what words it runs, of every process but those that only wait to be reaped."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            name, _, rest = (entry / "stat").read_text().partition("(")[2].rpartition(")")
            if rest.split()[0] == "Z":
                continue
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            found.append((int(entry.name), name, f"{words} in {_folder(entry)}"))
        except OSError:
            continue
    return found


def _folder(entry: Path) -> str:
    try:
        return os.readlink(entry / "cwd")
    except OSError:
        return ""
