"""Reads a hash-locked list of requirements and writes it without the packages named: `without.py jgo < in > out`.

The lock stays the only list: what containers do not need is left out by name, nothing is resolved again.
"""

import re
import sys
from collections.abc import Iterable, Iterator

_STARTS = re.compile(r"([A-Za-z0-9._-]+)==")


def without(lines: Iterable[str], names: Iterable[str]) -> Iterator[str]:
    """The lines of a lock less the entries called `names`. Raises ValueError if one of them is not there."""
    missing, keep = set(names), True
    unwanted = frozenset(missing)
    for line in lines:
        found = _STARTS.match(line)
        if found:
            keep = found.group(1) not in unwanted
            missing.discard(found.group(1))
        elif not line.startswith((" ", "\t")):
            keep = True
        if keep:
            yield line
    if missing:
        raise ValueError(f"not in the lock: {', '.join(sorted(missing))}")


if __name__ == "__main__":
    sys.stdout.writelines(without(sys.stdin, sys.argv[1:]))
