"""`make bench`: speed as ratios of runs side by side; build/bench.json, a table, and 1 if a limit is broken."""

import argparse
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

import uvloop

from tests.bench import append, audit, growth, hold, project, query, relay, seal, whole
from tests.bench.rig import Rig, rig
from tests.bench.table import Entry, printed, write

FILE: Final = Path("build/bench.json")
BENCHES: Final[Mapping[str, Callable[[Rig], Awaitable[dict[str, Entry]]]]] = {
    "append": append.bench,
    "seal": seal.bench,
    "relay": relay.bench,
    "project": project.bench,
    "audit": audit.bench,
    "query": query.bench,
    "hold": hold.bench,
    "whole": whole.bench,
    "growth": growth.bench,
}


def main() -> int:
    """Runs all benches, or those named."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], help="which; all unless told")
    parser.add_argument("--to", type=Path, default=FILE)
    given = parser.parse_args()
    entries: dict[str, Entry] = {}
    with rig() as servers:
        for name in given.names or BENCHES:
            began = time.monotonic()
            entries |= uvloop.run(_run(name, servers))
            print(f"· {name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    write(given.to, entries)
    print(printed(entries))
    return 1 if any(entry.broken for entry in entries.values()) else 0


async def _run(name: str, servers: Rig) -> dict[str, Entry]:
    return await BENCHES[name](servers)


if __name__ == "__main__":
    sys.exit(main())
