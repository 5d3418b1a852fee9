"""What is looked at before anything is started: one clear sentence each."""

import shutil
import socket
from pathlib import Path
from typing import Final

NEEDED_BYTES: Final = 1_000_000_000


class Unfit(Exception):
    """This machine cannot run the system as asked; the message is one sentence for a person."""


def disk(folder: Path, needed: int = NEEDED_BYTES) -> None:
    """Enough room below `folder`."""
    existing = next(p for p in (folder, *folder.resolve().parents) if p.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise Unfit(f"The disk is nearly full: {needed // 10**6} MB are needed, {free // 10**6} MB are free.")


def port(host: str, number: int) -> None:
    """Nobody listens on the port we are to answer on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError:
            raise Unfit(f"Port {number} is taken; choose another: make run PORT=8001.") from None


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
