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
    # What the client says of a connection that was cut in the middle of an answer.
    asyncpg.InternalClientError,
    OSError,
)
