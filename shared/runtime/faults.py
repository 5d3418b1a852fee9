"""Named points where a test may kill the process: the only way to die exactly between two steps."""

import os
import signal
from typing import Final

# GENERATEUR_FAULT="relay.after_ack:3" dies at the third passage; unset, a point costs one comparison.
_WANTED, _, _COUNT = os.environ.get("GENERATEUR_FAULT", "").partition(":")
_left: Final = [int(_COUNT or 1)]


def point(name: str) -> None:
    """Kills this process by SIGKILL if GENERATEUR_FAULT names this point and its count has run down."""
    if name == _WANTED:
        _left[0] -= 1
        if _left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
