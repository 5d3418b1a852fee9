"""The state folder `.generateur/`: data, keys, ports; one runner at a time."""

import fcntl
import json
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from deploy.local.checks import Unfit, lasting_port, taken

_PORTS: Final = ("postgres", "kafka", "controller", "internal", "metrics")
_LEAVING: Final = 5.0


class State:
    """Opens (and makes, mode 700) the folder and holds its lock while in use. Raises Unfit if another holds it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._lock: int | None = None

    def __enter__(self) -> "State":
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise Unfit("The system is already running here; stop it first (Ctrl-C where it runs).") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            os.close(self._lock)

    def check(self) -> None:
        """Looks for what must not be made anew once there is a history. Raises Unfit, and has changed nothing then."""
        # Only a start needs these, and the command line looks at states too.
        from deploy.provision import collective, secrets
        from shared.runtime.keyfiles import Unusable

        file = self.folder / "settings.json"
        begun = json.loads(file.read_text())["members"] if file.exists() else []
        try:
            secrets.check(self.folder / "keys", collective.load(), begun)
        except Unusable as found:
            raise Unfit(str(found)) from None
        password = self.folder / "pg" / "password"
        if (self.folder / "pg" / "data").exists() and not password.exists():
            raise Unfit(f"The password file {password} of PostgreSQL is lost: restore it from a backup.")

    def ports(self) -> dict[str, int]:
        """The servers' ports, kept from start to start, save one that another program took meanwhile."""
        file = self.folder / "ports.json"
        kept: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        # Servers of a killed runner may still be leaving.
        until = time.monotonic() + _LEAVING
        while any(map(taken, kept.values())) and time.monotonic() < until:
            time.sleep(0.1)
        chosen = {name: port for name, port in kept.items() if name in _PORTS and not taken(port)}
        while len(chosen) < len(_PORTS):
            name = next(name for name in _PORTS if name not in chosen)
            port = lasting_port()
            if port not in chosen.values():
                chosen[name] = port
        if chosen != kept:
            self.write("ports.json", chosen)
        return chosen

    def write(self, name: str, value: Any) -> None:
        """A JSON file in the folder, replaced as a whole."""
        partial = self.folder / f".{name}.partial"
        partial.write_text(json.dumps(value, indent=1))
        partial.rename(self.folder / name)


def running(folder: Path) -> bool:
    """Whether a runner holds the folder's lock now."""
    try:
        handle = os.open(folder / "lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
