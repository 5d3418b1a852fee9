"""What the soak drew and counted is printed at the end, also when all went well."""

import pytest

from tests.soak.soak import TOLD


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if TOLD:
        terminalreporter.section("soak")
        for line in TOLD:
            terminalreporter.line(line)
