"""In a folder that its owner alone may enter everything runs as elsewhere, and no folder above it is opened.

Root's PostgreSQL runs as another user, from a copy of its programs; anybody else's as themselves, where they lie.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from deploy.local import programs
from deploy.local.checks import Broken
from tests.platform.conftest import modes, wheel
from tests.platform.runner import ROOT, Runner, environment

AS_ROOT: Final = os.geteuid() == 0
NOBODY: Final = pwd.getpwnam("nobody")
NEEDED: Final = [programs._INSTALLED / name for name in programs._KINDS]
POSTGRES: Final = programs._INSTALLED / "bin" / "postgres"


def server(runner: Runner) -> Path:
    """The program that the running PostgreSQL is."""
    (found,) = {os.readlink(f"/proc/{pid}/exe") for pid, name in runner.processes().items() if name == "postgres"}
    return Path(found)


def test_make_run_runs_there_and_opens_no_folder(running: Runner, before: Mapping[str, int]):
    assert running.figure("actors_mobilised") == 1885
    program = server(running)
    if AS_ROOT:
        assert running.folder not in program.parents
        assert {folder.stat().st_uid for folder in program.parents} == {0}
    else:
        assert program == running.folder / "site" / POSTGRES
    assert modes(running.folder, ROOT / ".venv", *programs._PLACES) == before


def test_the_tests_run_there_too(closed: Path, before: Mapping[str, int]):
    (closed / "tmp").mkdir(mode=0o700)
    told = some_tests(closed, closed / "site", "tests/integration/road/test_append.py", "-k", "command")
    assert told.returncode == 0, told.stdout[-3000:]
    assert " passed" in told.stdout
    assert modes(closed, ROOT / ".venv", *programs._PLACES) == before


def test_servers_that_cannot_be_started_are_said_once(closed: Path, tmp_path: Path):
    wheel(tmp_path, NEEDED)
    (tmp_path / programs._INSTALLED / "bin" / "initdb").write_text("#!/bin/sh\nexit 9\n")
    road = "tests/integration/road"
    told = some_tests(closed, tmp_path, f"{road}/test_append.py", f"{road}/test_guards.py")
    assert told.returncode == 1
    said = "The servers that the tests run on cannot be started: PostgreSQL could not be prepared:"
    assert (told.stdout + told.stderr).count(said) == 1
    assert " error" not in told.stdout


def some_tests(closed: Path, site: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """A few tests of that checkout, as `make test` runs them all."""
    given = environment(PYTHONPATH=f"{closed}:{site}", PYTEST_DEBUG_TEMPROOT=str(closed))
    return subprocess.run(
        [".venv/bin/pytest", "-q", *words], cwd=closed, env=given, text=True, capture_output=True, timeout=240
    )


@pytest.fixture
def place() -> Iterator[Path]:
    """A place like /var/cache."""
    made = Path(tempfile.mkdtemp(dir="/var/tmp"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs that another user cannot reach."""
    made = tmp_path / "site"
    wheel(made, NEEDED)
    monkeypatch.setattr(programs, "_site", lambda: made)
    return made


def test_ones_own_programs_are_run_where_they_lie(site: Path, place: Path):
    found = programs.find(False, [place])
    assert (found.bin / "postgres", found.held) == (site / POSTGRES, None)
    assert list(place.iterdir()) == []


def test_a_copy_is_made_once_checked_and_renewed(site: Path, place: Path):
    if not AS_ROOT:
        # What others may change is run by nobody else, and this place is theirs: nothing is laid there.
        with pytest.raises(Broken, match=r"there is no place for a copy in "):
            programs.find(True, [place])
        assert list(place.iterdir()) == []
        return
    first = programs.find(True, [place])
    kept = first.bin / "postgres"
    asked = subprocess.run([kept, "--version"], user=NOBODY.pw_uid, group=NOBODY.pw_gid, capture_output=True)
    assert asked.returncode == 0
    inode = kept.stat().st_ino
    again = programs.find(True, [place])
    assert (again.bin / "postgres").stat().st_ino == inode
    # One that was changed is laid anew; the old one stays for whoever runs from it.
    kept.write_bytes(b"something else")
    renewed = programs.find(True, [place])
    assert (renewed.bin / "postgres").read_bytes() == (site / POSTGRES).read_bytes()
    assert len(list((place / "generateur").iterdir())) == 2
    first.close()
    again.close()
    programs.remove_unused([place])
    assert len(list((place / "generateur").iterdir())) == 1
    # Another version's copy goes when this one's is laid, unless it is held.
    (site / programs._INSTALLED / "share" / "more").touch()
    other = programs.find(True, [place])
    assert other.bin != renewed.bin
    assert renewed.bin.exists()
    renewed.close()
    programs.find(True, [place]).close()
    assert not renewed.bin.exists()
    other.close()
    programs.remove_unused([place])
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("attack", ["link", "foreign", "writable", "file", "closed", "open place"])
def test_a_place_that_others_may_change_is_not_used(site: Path, place: Path, tmp_path: Path, attack: str):
    base, elsewhere = place / "generateur", tmp_path / "elsewhere"
    elsewhere.mkdir()
    if attack == "link":
        base.symlink_to(elsewhere)
    elif attack == "file":
        base.touch()
    else:
        base.mkdir()
    if attack == "foreign" and AS_ROOT:
        os.chown(base, NOBODY.pw_uid, NOBODY.pw_gid)
    if attack == "writable":
        base.chmod(0o777)
    if attack == "closed":
        place.chmod(0o700)
    if attack == "open place":
        place.chmod(0o777)
    with pytest.raises(Broken, match=r"^PostgreSQL runs as another user, who may not enter .*, and there is no place"):
        programs.find(True, [place])
    programs.remove_unused([place])
    assert list(elsewhere.iterdir()) == []
