"""What a running system wrote about itself in its state folder, and clear words when it is not there."""

import json
import os
from pathlib import Path
from typing import Any, Final

USAGE: Final = 64
UNAVAILABLE: Final = 69
INTERNAL: Final = 70


class Unhappy(Exception):
    """The command cannot be done; the message is one sentence for a person, `code` the exit code."""

    def __init__(self, message: str, code: int = UNAVAILABLE) -> None:
        super().__init__(message)
        self.code = code


def settings(state: Path) -> dict[str, Any]:
    """The content of settings.json. Raises Unhappy if nothing was ever started here."""
    return _read(state / "settings.json", f"There is no system in {state}: start one with `make run`.")


def running(state: Path) -> dict[str, Any]:
    """The content of run.json of a system whose runner is alive. Raises Unhappy if there is none."""
    found = alive(state)
    if found is None:
        raise Unhappy("The system is not running: start it with `make run`, or say --url.")
    return found


def alive(state: Path) -> dict[str, Any] | None:
    """The content of run.json if the process it names is alive, else None."""
    try:
        found = _read(state / "run.json", "")
    except Unhappy:
        return None
    pid = found.get("pid")
    return found if isinstance(pid, int) and _lives(pid) else None


def gateway(state: Path, given: str | None) -> str:
    """The gateway's address: the one given, else the environment's, else that of the running system."""
    url = given or os.environ.get("GENERATEUR_URL")
    if url is None:
        found = running(state)
        url = found.get("url") or f"http://127.0.0.1:{found['port']}"
    return str(url).rstrip("/")


def kafka(state: Path) -> str:
    """The broker's address as host:port."""
    given = os.environ.get("GENERATEUR_KAFKA")
    return given if given is not None else str(settings(state)["kafka"])


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _read(file: Path, missing: str) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unhappy(missing) from None
    except (OSError, ValueError) as error:
        raise Unhappy(f"{file} cannot be read: {error}.") from None
    if not isinstance(found, dict):
        raise Unhappy(f"{file} does not hold what the runner writes there.")
    return found
