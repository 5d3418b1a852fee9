"""One rig for all scenarios: what one leaves behind, the next goes on with. What each counted is printed at the end."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Final

import pytest

from tests.faults.checker import check
from tests.faults.load import Load
from tests.faults.rig import PARTS, Rig

_SAID: Final[list[str]] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _SAID:
        terminalreporter.section("kills")
        for line in _SAID:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
async def laid(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    rig = await Rig.laid(tmp_path_factory.mktemp("faults"))
    try:
        yield rig
    finally:
        rig.stop()


@pytest.fixture(scope="session")
def one_load(laid: Rig) -> Load:
    return Load(laid)


@pytest.fixture
async def rig(laid: Rig) -> Rig:
    """Every part runs."""
    laid.killed.clear()
    for part in PARTS:
        if part not in laid.running:
            laid.start(part)
    return laid


@pytest.fixture
async def load(rig: Rig, one_load: Load) -> AsyncIterator[Load]:
    """Writers at work until the test calls `end`."""
    await one_load.begin()
    yield one_load
    await asyncio.wait_for(one_load.end(), 120)


@pytest.fixture
def said(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """What a scenario counted; printed when all tests are over."""
    lines: list[str] = []
    yield lines
    _SAID.extend(f"{request.node.name}: {line}" for line in lines)


async def ended_and_checked(rig: Rig, load: Load, said: list[str]) -> None:
    """Ends the writers and checks everything."""
    await load.end()
    said.append(await check(rig, load))
