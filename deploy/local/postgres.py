"""PostgreSQL 18 from a wheel: its own programs, our own data folder, one port on loopback."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Final

from deploy.local import children
from deploy.local.checks import Broken
from deploy.local.programs import Programs
from deploy.local.programs import find as find_programs

_PAUSE: Final = 0.3
# Of the log, what a start that fails at once has written: three lines.
_TAIL: Final = 600
_READY_WITHIN: Final = 60.0
_SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "220",
    "shared_buffers": "40MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "io_method": "sync",
    # A statement that fails is told by whoever sent it; here it could carry a password into the log.
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "idle_in_transaction_session_timeout": "60s",
}


class Postgres:
    """One server. `folder` holds its data and password; `port` is its port on 127.0.0.1."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder.resolve()
        self.host = "127.0.0.1"
        self.port = port
        self._child: subprocess.Popen[bytes] | None = None
        self._programs: Programs | None = None

    @property
    def admin_dsn(self) -> str:
        """The administrator's connection address."""
        password = (self.folder / "password").read_text().strip()
        return f"postgresql://postgres:{password}@{self.host}:{self.port}/postgres"

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._child.pid if self._child else 0

    def start(self) -> None:
        """Launches and waits until it takes connections; recovers after a kill. Raises Broken."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Prepares the data folder if it is new and starts the server, without waiting. Raises Broken."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "data").exists():
            self._init()
        children.end_orphan(self._pid_file, str(self.folder / "data"))
        self._spawn()

    def _spawn(self) -> None:
        self._pid_file.unlink(missing_ok=True)
        options = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        # Immediate shutdown, without a checkpoint that a slow disk would draw out: the next start recovers.
        self._child = self._run("postgres", self.folder / "data", signal.SIGQUIT, ["-p", str(self.port), *options])

    def _run(
        self, program: str, data: Path, death: signal.Signals, options: list[str], password: Path | None = None
    ) -> subprocess.Popen[bytes]:
        """Starts one of the programs on a data folder, as the user that it runs as.

        Another user is handed the folder and the password's file open, and finds them by their numbers: the folders
        above stay closed.
        """
        user = _user()
        programs = self._programs = self._programs or find_programs(user is not None)
        files = [os.open(one, os.O_RDONLY) for one in (data, password) if one is not None and user]
        named = [f"/proc/self/fd/{one}" for one in files] or [str(one) for one in (data, password) if one is not None]
        argv = [str(programs.bin / program), "-D", named[0], *options]
        argv += [] if password is None else [f"--pwfile={named[1]}"]
        kept = [] if programs.held is None else [programs.held]
        try:
            with (self.folder / "log").open("ab") as log:
                return children.spawn(argv, log, death, user, cwd=data, files=[*files, *kept])
        finally:
            for one in files:
                os.close(one)

    def ask(self) -> None:
        """Asks the server to end, without waiting."""
        children.ask(self._child, signal.SIGINT)

    def stop(self) -> None:
        """Ends the server: at most 4 seconds, then it is killed, and recovers when it is started again."""
        if self._child is not None:
            children.end(self._child, signal.SIGINT, 4)
            self._child = None
        if self._programs is not None:
            self._programs.close()
            self._programs = None

    def kill(self) -> None:
        """Kills the server with all its processes, as a power cut would."""
        if self._child is not None:
            children.kill(self._child)
            self._child = None

    def restart(self) -> None:
        """Starts again on the same port and data."""
        self.stop()
        self.start()

    def failed(self) -> str | None:
        """Why the server ended by itself, or None while it runs."""
        if self._child is None or self._child.poll() is None:
            return None
        return f"PostgreSQL ended by itself with code {self._child.returncode}: {self.folder / 'log'} says why."

    def _init(self) -> None:
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24) + "\n")
        # Killed half-way, a folder that already looks like a database would be left: so it gets its name at the end.
        data = self.folder / "data.partial"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(mode=0o700)
        given = self.folder / "password.init"
        given.touch(mode=0o600)
        given.write_text(password.read_text())
        if user := _user():
            os.chown(data, *user)
            os.chown(given, *user)
        options = ["-U", "postgres", "-A", "scram-sha-256", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += ["-E", "UTF8", "--no-instructions"]
        code = self._run("initdb", data, signal.SIGKILL, options, given).wait()
        given.unlink()
        if code != 0:
            shutil.rmtree(data, ignore_errors=True)
            raise Broken(f"PostgreSQL could not be prepared: {self.folder / 'log'} says why.")
        data.rename(self.folder / "data")

    @property
    def _pid_file(self) -> Path:
        return self.folder / "data" / "postmaster.pid"

    def wait(self) -> None:
        """Until the server takes connections. Raises Broken if it ends or takes too long."""
        pid_file = self._pid_file
        until = time.monotonic() + _READY_WITHIN
        while time.monotonic() < until:
            problem = self.failed()
            if problem and self._held_by_the_last():
                # A killed server's processes end when the disk lets them: its memory is free soon after.
                time.sleep(_PAUSE)
                self._spawn()
            elif problem:
                raise Broken(problem)
            # The server itself says so, in its own pid file: no talking to somebody else's server by mistake.
            lines = pid_file.read_text().splitlines() if pid_file.exists() else []
            if len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.02)
        raise Broken(f"PostgreSQL was not ready after {_READY_WITHIN:.0f} s: {self.folder / 'log'} says why.")

    def _held_by_the_last(self) -> bool:
        """Whether the server ended because processes of the one before it still have its memory."""
        with (self.folder / "log").open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - _TAIL))
            return b"is still in use" in log.read()


def _user() -> tuple[int, int] | None:
    """PostgreSQL refuses to run as root: then it runs as `nobody`."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid
