"""What the kernel says of processes: what they hold in memory, and where they listen."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_LISTENS: Final = "0A"
_LOOPBACK: Final = re.compile(r"[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F")


def pss(pids: Iterable[int]) -> int:
    """Kilobytes they hold together, shared pages counted once."""
    return sum(_pss(pid) for pid in pids)


def _pss(pid: int) -> int:
    found = re.search(r"^Pss:\s+(\d+) kB$", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])


def listening(pids: Iterable[int]) -> list[str]:
    """The addresses they listen on, as the kernel writes them, each `address:port`."""
    ours = {name for pid in pids for name in _sockets(pid)}
    rows = [line.split() for file in ("tcp", "tcp6") for line in _lines(Path("/proc/net") / file)]
    return [row[1] for row in rows if row[3] == _LISTENS and row[9] in ours]


def on_loopback(address: str) -> bool:
    """Whether `address:port` is reached from this machine only."""
    return _LOOPBACK.fullmatch(address.partition(":")[0]) is not None


def _sockets(pid: int) -> list[str]:
    links = (str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir() if one.is_symlink())
    return [link[8:-1] for link in links if link.startswith("socket:[")]


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines()[1:] if file.exists() else []
