"""What is looked at before anything is started: one clear sentence each."""

import random
import shutil
import socket
from pathlib import Path
from typing import Final

NEEDED_BYTES: Final = 1_000_000_000
_LAST_PORT: Final = 65535
_TRIES: Final = 200


class Unfit(Exception):
    """This machine cannot run the system as asked; the message is one sentence for a person."""


class Broken(Unfit, RuntimeError):
    """A server could not be started, or has ended by itself; the message is one sentence and names its log."""


def disk(folder: Path, needed: int = NEEDED_BYTES) -> None:
    """Enough room below `folder`."""
    existing = next(p for p in (folder, *folder.resolve().parents) if p.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise Unfit(f"The disk is nearly full: {needed // 10**6} MB are needed, {free // 10**6} MB are free.")


def port(host: str, number: int) -> None:
    """Nobody listens on the port we are to answer on, and we may."""
    if not 0 < number <= _LAST_PORT:
        raise Unfit(f"{number} is no port: choose one up to {_LAST_PORT}, like make run PORT=8001.")
    other = 8001 if number != 8001 else 8002
    try:
        _bind(host, number)
    except PermissionError:
        raise Unfit(f"Port {number} may not be used by this user; choose another: make run PORT={other}.") from None
    except OSError:
        raise Unfit(f"Port {number} is taken; choose another: make run PORT={other}.") from None


def taken(number: int) -> bool:
    """Whether the port on 127.0.0.1 is in use."""
    try:
        _bind("127.0.0.1", number)
    except OSError:
        return True
    return False


def _bind(host: str, number: int) -> None:
    with socket.socket() as probe:
        # As servers do: connections that have just ended on that port do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, number))


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lasting_port() -> int:
    """A free port to keep: one that the kernel gives to no outgoing connection while our server is away."""
    first = _first_outgoing()
    for _ in range(_TRIES):
        number = random.randrange(max(1024, first // 2), first) if first > 2048 else free_port()
        if not taken(number):
            return number
    return free_port()


def _first_outgoing() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except (OSError, ValueError):
        return 0
