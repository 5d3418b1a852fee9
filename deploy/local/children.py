"""Child processes that never outlive us: own process group, and a signal from the kernel when we die.

The kernel sends it when the *thread* that started the child ends, so children are started from the main thread.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


def _prepare(number: int, parent: int, uid: int | None, gid: int | None) -> Callable[[], None]:
    def prepare() -> None:
        # Changing the user clears the request, so the user is changed here and the request made after it.
        if uid is not None and gid is not None:
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)
        if _LIBC.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0) != 0 or os.getppid() != parent:
            os._exit(70)

    return prepare


def spawn(
    argv: Sequence[str],
    log: IO[bytes],
    death: signal.Signals,
    user: tuple[int, int] | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    files: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Starts a child that gets `death` when this process dies. Raises RuntimeError off the main thread.

    `files` are open files that it is handed, under the same numbers.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children are started from the main thread, or they die with the one that started them")
    uid, gid = user if user else (None, None)
    return subprocess.Popen(
        list(argv),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        preexec_fn=_prepare(death.value, os.getpid(), uid, gid),
        env=dict(env) if env is not None else None,
        cwd=cwd,
        pass_fds=files,
    )


def ask(child: subprocess.Popen[bytes] | None, number: signal.Signals) -> None:
    """Asks the child to end, without waiting."""
    if child is not None and child.poll() is None:
        child.send_signal(number)


def end(child: subprocess.Popen[bytes], number: signal.Signals, patience: float) -> None:
    """Asks the child to end, kills its group if it has not within `patience` seconds, and reaps it."""
    if child.poll() is None:
        child.send_signal(number)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            kill(child)
    child.wait()


def kill(child: subprocess.Popen[bytes]) -> None:
    """Kills the child and its group at once, and reaps it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def end_orphan(pid_file: Path, words: str, patience: float = 10) -> bool:
    """Ends a process left from before: the one `pid_file` names, if its command line holds `words` or it works there.

    True if there was one. A pid that now belongs to something else is left alone.
    """
    try:
        pid = int(pid_file.read_text().split()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        command += f" in {os.readlink(f'/proc/{pid}/cwd')}"
    except (OSError, ValueError, IndexError):
        return False
    if words not in command:
        return False
    for number in (signal.SIGINT, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        until = time.monotonic() + patience
        while time.monotonic() < until and _alive(pid):
            time.sleep(0.05)
    return True


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
