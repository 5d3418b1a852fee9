"""Which rules these are: one digest over the code that counts, the catalogue, and what is read of the contracts.

A version of the read side is written by one set of rules: figures of two would add up to nothing that anyone decided.
"""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from services.indicators import catalogue
from shared import contracts

_HERE: Final = Path(__file__).parent
_SHARED: Final = contracts.FOLDER.parent
CODE: Final = (
    *(
        _HERE / f"{name}.py"
        for name in ("amended", "door", "drawn", "facts", "fold", "heard", "heard_ideation", "heard_projects", "lifts")
        + ("portfolio", "reading", "rules_people", "rules_places", "rules_projects", "rules_things", "sheets", "tally")
    ),
    *(
        _SHARED / f"{name}.py"
        for name in ("contracts/__init__", "contracts/authority", "contracts/routing")
        + ("kernel/attributes", "kernel/bounds", "kernel/dates", "kernel/living", "kernel/texts")
    ),
)
# What a contract says for people and for its emitter.
_UNREAD: Final = frozenset({"says", "stream"})


@cache
def digest() -> str:
    """The digest of the rules of this program, in hexadecimal."""
    found = sha256()
    for file in CODE:
        found.update(b"%s %d\n" % (file.stem.encode(), file.stat().st_size))
        found.update(file.read_bytes())
    found.update(json.dumps([_contracts(), _catalogue()], sort_keys=True).encode())
    return found.hexdigest()


def _contracts() -> dict[str, dict[str, object]]:
    return {
        kind: {name: value for name, value in about.items() if name not in _UNREAD}
        for kind, about in contracts.events().items()
    }


def _catalogue() -> dict[str, tuple[int, int]]:
    return {name: (about["number"], about["scale"]) for name, about in catalogue.indicators().items()}
