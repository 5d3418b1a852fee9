"""One runner for the whole folder; a test that ended it costs the next one a start."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.checks import free_port
from tests.platform.runner import ROOT, Runner


def opened(folder: Path) -> Path:
    """PostgreSQL is another user when the tests run as root, and must reach its folder."""
    for above in (folder, *folder.parents[:2]):
        above.chmod(above.stat().st_mode | 0o011)
    return folder


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """A runner that was killed in the midst of its first start, while both servers prepare their data."""
    folder = opened(tmp_path_factory.mktemp("platform"))
    (folder / ".venv").symlink_to(ROOT / ".venv")
    made = Runner(folder, free_port())
    try:
        made.start(until="· starting PostgreSQL")
        made.kill()
        assert made.left() == {}
        yield made
    finally:
        made.end()


@pytest.fixture
def running(runner: Runner) -> Runner:
    """The same, ready: by `make run`, as a newcomer does."""
    if not runner.alive:
        runner.start(by_make=True)
    return runner
