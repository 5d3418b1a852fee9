"""What a person sees while the audit runs: a line on the error stream each second, none for what takes no time."""

import sys
import time
from typing import Final, TextIO

_EACH: Final = 1.0
_LOOK: Final = 500


class Progress:
    """Counts records, and says how many were read; on a terminal each line takes the place of the one before."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = sys.stderr if out is None else out
        self._begun = self._said = time.monotonic()
        self._records = 0
        self._shown = 0

    def record(self, where: str) -> None:
        """One more record, of this producer or topic."""
        self._records += 1
        if self._records % _LOOK == 0:
            self._say(where, f"  {self._records / (time.monotonic() - self._begun):,.0f}/s")

    def step(self, what: str) -> None:
        """Says what is being done, if a second has passed since something was said."""
        self._say(what)

    def _say(self, what: str, speed: str = "") -> None:
        now = time.monotonic()
        if now - self._said < _EACH:
            return
        self._said = now
        self._write(f"{now - self._begun:.0f} s  {self._records:,} records{speed}  {what}")

    def close(self) -> None:
        """Leaves an empty line on a terminal."""
        if self._shown and self._out.isatty():
            self._write("")
            self._out.write("\r")
            self._out.flush()

    def _write(self, line: str) -> None:
        text = f"\r{line.ljust(self._shown)}" if self._out.isatty() else f"{line}\n"
        self._shown = len(line)
        self._out.write(text)
        self._out.flush()
