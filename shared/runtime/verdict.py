"""Whose fault is it when a record cannot be handled: that of the moment, of the record, or ours (docs/adr/0018)."""

from typing import Final, Literal

import asyncpg

from shared.adapters.postgres.away import AWAY
from shared.kernel.refusals import PASSING, Conflict, Refused

Whose = Literal["moment", "record", "ours"]
# By the first two characters of PostgreSQL's SQLSTATE. Of the values it was given: data, constraints, limits of size.
_VALUES: Final = frozenset({"22", "23", "54"})
# Of itself, for now: connections, read-only transactions, conflicts, resources, locks, operators, input and output.
_FOR_NOW: Final = frozenset({"08", "25", "40", "53", "55", "57", "58"})


def whose(error: BaseException) -> Whose:
    """`moment`: it is tried again for as long as it takes. `record`: the record is set aside. `ours`: the process ends.

    Reading and deciding are functions of the record and of what is stored: what they raise comes again with the record,
    whatever it is, and with no other. What the database says of its tables and our rights is of no record's making.
    """
    match error:
        case Refused():
            return "moment" if error.code in PASSING else "record"
        case Conflict():
            return "moment"
        case asyncpg.InterfaceError() if isinstance(error, ValueError):
            # The client's own word for a value that no column of that type takes.
            return "record"
        # What every part of a service waits for; then the database's other words.
        case _ if isinstance(error, AWAY):
            return "moment"
        case asyncpg.PostgresError():
            return _told(error.sqlstate or "")
        case MemoryError():
            return "ours"
    return "record" if isinstance(error, Exception) else "ours"


def _told(sqlstate: str) -> Whose:
    kind = sqlstate[:2]
    if kind in _FOR_NOW:
        return "moment"
    return "record" if kind in _VALUES else "ours"
