"""What says that PostgreSQL is away for a moment, and not that something here is wrong."""

from typing import Final

import asyncpg

# A server that restarts or a network that breaks; anything else is a bug and must end the process.
AWAY: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    # Too many connections, a full disk, no memory: the server refuses, and will not for ever.
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresIOError,
    # A standby, or a database that may not be written for now.
    asyncpg.ReadOnlySQLTransactionError,
    # What the client says of a connection that was cut in the middle of an answer.
    asyncpg.InternalClientError,
    OSError,
)
