"""What says that PostgreSQL cannot be worked with for a moment, and not that something here is wrong."""

from typing import Final

import asyncpg


class Recovering(Exception):
    """The database may be an older copy: it has not been compared yet with what was published from it."""


# Each is waited for and said; anything else is a bug and must end the process. Nothing was committed by what failed so,
# or it is not known whether it was: whoever asks again does so with the same id.
AWAY: Final = (
    Recovering,
    # A server that restarts or a network that breaks.
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    # What the client says of a connection that was cut in the middle of an answer.
    asyncpg.InternalClientError,
    OSError,
    # A database that is being put back: 3D000 it is not there, 55000 it takes no connections, 57P04 it was dropped.
    asyncpg.InvalidCatalogNameError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.DatabaseDroppedError,
    # The whole class 53: no more connections (53300), disk (53100), memory (53200), or another limit of the server.
    asyncpg.InsufficientResourcesError,
    # 58030: the disk answers with an error, to one file or for a moment.
    asyncpg.PostgresIOError,
    # 25006: a standby that was not promoted, or a server set read-only while somebody mends it.
    asyncpg.ReadOnlySQLTransactionError,
    # 25P03, 57P05 and 57014: the server ended a transaction, a session or a statement that took too long for it.
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.QueryCanceledError,
    # 55P03: somebody else holds what we wait for, longer than the server lets us wait.
    asyncpg.LockNotAvailableError,
    # No answer in the time that a statement is given.
    TimeoutError,
)
