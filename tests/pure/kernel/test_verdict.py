"""Whose fault it is when a record cannot be handled."""

import asyncpg
import pytest

from shared.kernel.refusals import Broken, Conflict, Refused, Unreadable
from shared.runtime.verdict import whose


class ClientSide(asyncpg.InterfaceError, ValueError):
    """As the client says of a value that a column does not take."""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Refused("project.exists", "…"), "record"),
        (Refused("stream.conflict", "…"), "moment"),
        (Refused("service.recovering", "…"), "moment"),
        (Conflict("…"), "moment"),
        (Unreadable("record.not_canonical", "…"), "record"),
        (Broken("chain.hole", "…"), "record"),
        (ClientSide("…"), "record"),
        (RecursionError(), "record"),
        (OverflowError(), "record"),
        (TypeError("unhashable"), "record"),
        (MemoryError(), "ours"),
        (KeyboardInterrupt(), "ours"),
        (TimeoutError(), "moment"),
        (ConnectionResetError(), "moment"),
        (asyncpg.InterfaceError("the connection is closed"), "moment"),
        (asyncpg.CannotConnectNowError(), "moment"),
        (asyncpg.TooManyConnectionsError(), "moment"),
        (asyncpg.DiskFullError(), "moment"),
        (asyncpg.ReadOnlySQLTransactionError(), "moment"),
        (asyncpg.QueryCanceledError(), "moment"),
        (asyncpg.InvalidCatalogNameError(), "moment"),
        (asyncpg.DeadlockDetectedError(), "moment"),
        (asyncpg.CharacterNotInRepertoireError(), "record"),
        (asyncpg.CheckViolationError(), "record"),
        (asyncpg.ProgramLimitExceededError(), "record"),
        (asyncpg.UndefinedTableError(), "ours"),
        (asyncpg.InsufficientPrivilegeError(), "ours"),
        (asyncpg.InternalServerError(), "ours"),
    ],
)
def test_what_failed_tells_who_is_at_fault(error, expected):
    assert whose(error) == expected
