"""What a running system wrote about itself in its state folder, and clear words when it is not there."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from deploy.local.state import running as running
from deploy.provision.collective import load

USAGE: Final = 64
REFUSED: Final = 65
UNAVAILABLE: Final = 69
INTERNAL: Final = 70


class Unhappy(Exception):
    """The command cannot be done; the message is one sentence for a person, `code` the exit code."""

    def __init__(self, message: str, code: int = UNAVAILABLE) -> None:
        super().__init__(message)
        self.code = code


def settings(state: Path) -> dict[str, Any]:
    """The content of settings.json of a system that runs. Raises Unhappy if it does not."""
    if not running(state):
        raise Unhappy("The system is not running: start it with `make run`.")
    file = state / "settings.json"
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unhappy("The system is still starting: wait for its line `ready`.") from None
    except (OSError, ValueError) as error:
        raise Unhappy(f"{file} cannot be read: {error}.") from None
    if not isinstance(found, dict):
        raise Unhappy(f"{file} does not hold what the runner writes there.")
    return found


def gateway(state: Path, given: str | None) -> str:
    """The gateway's address: the one given, else GENERATEUR_URL, else that of the running system."""
    return _address(state, "gateway", given or os.environ.get("GENERATEUR_URL")).rstrip("/")


def kafka(state: Path) -> str:
    """The broker's address as host:port: GENERATEUR_KAFKA, else that of the running system."""
    return _address(state, "kafka", os.environ.get("GENERATEUR_KAFKA"))


def services(state: Path) -> str:
    """Where services answer, with {member} and {service}: GENERATEUR_SERVICES_URL, else that of the running system."""
    return _address(state, "services", os.environ.get("GENERATEUR_SERVICES_URL")).rstrip("/")


def members(given: str | None) -> Sequence[str]:
    """The one member that is named, else all of the collective. Raises Unhappy for another name."""
    known = load().members
    if given is not None and given not in known:
        raise Unhappy(f"{given} is no member: they are {', '.join(known)}.", USAGE)
    return known if given is None else (given,)


def _address(state: Path, name: str, given: str | None) -> str:
    if given is not None:
        return given
    found = settings(state).get(name)
    if not isinstance(found, str):
        raise Unhappy(f"{state / 'settings.json'} says nothing of `{name}`.")
    return found


__all__ = [
    *("INTERNAL", "REFUSED", "UNAVAILABLE", "USAGE", "Unhappy"),
    *("gateway", "kafka", "members", "running", "services", "settings"),
]
