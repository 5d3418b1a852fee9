"""The packages of Node that these tests run, beside the gateway's own fixtures."""

import pytest

from tests.conformance.node import install
from tests.gateway.conftest import client, keys, passing, read_side, token

__all__ = ["client", "keys", "passing", "read_side", "token"]


@pytest.fixture(scope="session", autouse=True)
async def packages() -> None:
    """The audit and the clients, as locked."""
    await install()
