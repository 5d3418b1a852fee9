"""Checking signatures beside the reading: a signature costs as much as all else about a record.

Where there are other cores, programs of their own check them: threads would wait for one another at each call.
"""

import contextlib
import os
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

_HEAD: Final = struct.Struct("<I")
# Fewer are checked before a program has started.
_WORTHWHILE: Final = 2000
_MOST: Final = 3


class Ended(RuntimeError):
    """A program that checks signatures has ended on its own."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What is signed, by whom, and the signature (64 bytes)."""

    public: bytes
    signature: bytes
    message: bytes

    def holds(self) -> bool:
        """Whether the signature fits."""
        try:
            crypto_sign_open(self.signature + self.message, self.public)
        except BadSignatureError:
            return False
        return True


@dataclass(slots=True)
class Verdict:
    """Which of some signatures hold, once it is known."""

    _found: list[bool] | None = None
    _from: "_Worker | None" = None

    def found(self) -> list[bool]:
        """In the order in which they were given; waits for it."""
        while self._found is None:
            assert self._from is not None
            self._from.receive()
        return self._found

    def tell(self, found: list[bool]) -> None:
        """Says it."""
        self._found = found


class Checker:
    """Checks signatures in `workers` other programs, started once there are many; in this one without any."""

    def __init__(self, workers: int | None = None) -> None:
        """Without a number: one for each core but this program's own, three at most."""
        cores = len(os.sched_getaffinity(0))
        self._most = min(_MOST, cores - 1) if workers is None else workers
        self._workers: list[_Worker] = []
        self._given = 0

    def check(self, these: Sequence[Signed]) -> Verdict:
        """Begins to check these. Raises Ended if a worker has ended."""
        self._given += len(these)
        if self._most == 0 or self._given < _WORTHWHILE:
            return Verdict([one.holds() for one in these])
        self.begin()
        return min(self._workers, key=lambda worker: len(worker.waiting)).send(these)

    def begin(self) -> None:
        """Starts the other programs, if there are to be any."""
        if not self._workers:
            self._workers = [_Worker() for _ in range(self._most)]
            self._given = max(self._given, _WORTHWHILE)

    def close(self) -> None:
        """Ends the other programs; more can be checked afterwards, in this one."""
        for worker in self._workers:
            worker.close()
        self._workers, self._most = [], 0


@dataclass(slots=True)
class _Worker:
    process: "subprocess.Popen[bytes]" = field(
        default_factory=lambda: subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    )
    waiting: deque[tuple[Verdict, int]] = field(default_factory=deque)

    def send(self, these: Sequence[Signed]) -> Verdict:
        verdict = Verdict(None, self)
        assert self.process.stdin is not None
        parts = [_HEAD.pack(len(these))]
        for one in these:
            parts += (_HEAD.pack(len(one.message)), one.public, one.signature, one.message)
        try:
            self.process.stdin.write(b"".join(parts))
            self.process.stdin.flush()
        except OSError:
            raise Ended from None
        self.waiting.append((verdict, len(these)))
        return verdict

    def receive(self) -> None:
        verdict, count = self.waiting.popleft()
        assert self.process.stdout is not None
        found = self.process.stdout.read(count)
        if len(found) != count:
            raise Ended
        verdict.tell([one == 1 for one in found])

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def _serve(given: BinaryIO, out: BinaryIO) -> None:
    """Answers each lot of signatures with a byte for each: 1 if it holds."""
    while head := given.read(_HEAD.size):
        found = bytearray()
        for _ in range(_HEAD.unpack(head)[0]):
            size = _HEAD.unpack(given.read(_HEAD.size))[0]
            found.append(Signed(given.read(32), given.read(64), given.read(size)).holds())
        out.write(found)
        out.flush()


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
