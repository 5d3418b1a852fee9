"""`make soak`: an hour of faults, or as many SECONDS; a SEED tells the same story again."""

import argparse
import asyncio
import random
import tempfile
import time
from pathlib import Path

from tests.soak.faults import FAULTS
from tests.soak.soak import Soak


def main() -> int:
    """0 if everything held; otherwise it raises what did not."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--fault", action="append", choices=sorted(FAULTS), help="only these; may be given often")
    given = parser.parse_args()
    seed = random.randrange(10**6) if given.seed is None else given.seed
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {line}", flush=True)

    say(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        Path(folder).chmod(0o711)
        print(asyncio.run(Soak(given.seconds, seed, Path(folder), say, given.fault or tuple(FAULTS)).run()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
