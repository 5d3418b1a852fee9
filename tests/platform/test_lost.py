"""A key that is lost is said in one sentence, and nothing is made in its place: only a first start makes keys."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.checks import free_port
from deploy.provision import collective, secrets
from deploy.provision.collective import Collective
from shared.runtime import keyfiles
from shared.runtime.keyfiles import Unusable
from tests.platform.runner import Runner, direct, refused

COORDINATOR = collective.load().coordinator
PRODUCER = (
    "and nothing else can sign for its producer: restore it from a backup, or begin anew without what was recorded"
)
LOST = {
    f"keys/{COORDINATOR}.ideation.key": PRODUCER,
    "keys/cluster-jura.projects.key": PRODUCER,
    "keys/root.pub": "restore it from a backup, or from an auditor, who has pinned the same.",
    "keys/issuer.key": "restore it from a backup, or make a new one by `generateur renew-issuer`",
    "pg/password": "restore it from a backup.",
}


def snapshot(folder: Path) -> dict[str, tuple[int, int, int]]:
    """What every file below holds, as far as its size, mode and time tell."""
    found = {str(one.relative_to(folder)): one.lstat() for one in folder.rglob("*")}
    return {name: (at.st_size, at.st_mode, at.st_mtime_ns) for name, at in found.items()}


@contextmanager
def without(state: Path, *names: str) -> Iterator[None]:
    """These files are away for a while."""
    kept = state.parent / "kept"
    kept.mkdir()
    for number, name in enumerate(names):
        shutil.move(state / name, kept / str(number))
    try:
        yield
    finally:
        for number, name in enumerate(names):
            shutil.move(kept / str(number), state / name)
        kept.rmdir()


@pytest.fixture
def stopped(runner: Runner) -> Runner:
    """A system that has run, and does not now."""
    if not (runner.state / "settings.json").exists():
        runner.start()
    if runner.alive:
        runner.interrupt()
        assert runner.left() == {}
    return runner


@pytest.mark.parametrize("name", LOST)
def test_a_start_without_it_is_refused_and_changes_nothing(stopped: Runner, name: str):
    with without(stopped.state, name):
        before = snapshot(stopped.state)
        code, told = refused(direct(free_port(), stopped.state), stopped.folder)
        assert code == 1
        assert told.count("\n") == 1
        assert str(stopped.state / name) in told
        assert " is lost" in told
        assert LOST[name] in told
        assert snapshot(stopped.state) == before


def test_keys_that_do_not_belong_together_are_refused(stopped: Runner):
    key = stopped.state / "keys" / "cluster-jura.ideation.key"
    with without(stopped.state, "keys/cluster-jura.ideation.key"):
        keyfiles.create(key)
        code, told = refused(direct(free_port(), stopped.state), stopped.folder)
        assert (code, told.count("\n")) == (1, 1)
        assert "cluster-jura.ideation.pub is not the public half of cluster-jura.ideation.key" in told
        key.write_text("something else\n")
        code, told = refused(direct(free_port(), stopped.state), stopped.folder)
        assert (code, told) == (1, f"{key} is not a key file of 64 hexadecimal digits: restore it from a backup.\n")
        key.unlink()


def test_with_all_keys_and_settings_gone_the_databases_still_remember(stopped: Runner):
    with without(stopped.state, "keys", "settings.json"):
        code, told = refused(direct(free_port(), stopped.state), stopped.folder)
        assert code == 1
        assert told.count("\n") == 1, told
        assert PRODUCER in told
        assert not (stopped.state / "keys").exists()


def test_a_service_alone_says_it_too(stopped: Runner):
    state, settings = stopped.state, {"GENERATEUR_KAFKA": "127.0.0.1:1", "GENERATEUR_COORDINATOR": COORDINATOR}
    for words, name in (
        (("services.projects", "--member", "cluster-jura"), "cluster-jura.projects.key"),
        (("services.indicators",), "root.pub"),
        (("services.gateway",), "jwks.json"),
    ):
        given = [sys.executable, "-m", words[0], "--state", str(state), *words[1:]]
        with without(state, f"keys/{name}"):
            code, told = refused(given, stopped.folder, **settings)
        assert code == 66, told
        assert told == f"The key file {state / 'keys' / name} is lost: restore it from a backup.\n"


def test_a_public_half_is_made_again_and_the_issuer_on_demand(stopped: Runner):
    state, half = stopped.state, stopped.state / "keys" / "fdfr-89.projects.pub"
    public, jwks = half.read_text(), (state / "keys" / "jwks.json").read_text()
    half.unlink()
    (state / "keys" / "issuer.key").unlink()
    assert stopped.generateur("token", "--member", COORDINATOR, "--role", "CO").returncode == 69
    assert stopped.generateur("renew-issuer").returncode == 0
    stopped.start()
    assert half.read_text() == public
    assert (state / "keys" / "jwks.json").read_text() != jwks
    assert stopped.generateur("renew-issuer").returncode == 69
    assert stopped.generateur("token", "--member", COORDINATOR, "--role", "CO").returncode == 0
    assert stopped.figure("actors_mobilised") == 1885


def test_a_new_member_gets_keys_beside_those_that_are_there(tmp_path: Path):
    secrets.ensure(tmp_path, Collective("alpha", ("alpha",)))
    root = (tmp_path / "root.pub").read_text()
    grown = Collective("alpha", ("alpha", "beta"))
    secrets.check(tmp_path, grown, {"alpha"})
    secrets.ensure(tmp_path, grown, [("alpha", "ideation")])
    assert (tmp_path / "beta.ideation.key").exists()
    assert (tmp_path / "root.pub").read_text() == root


def test_a_first_start_that_was_cut_off_goes_on(tmp_path: Path):
    of = Collective("alpha", ("alpha", "beta"))
    secrets.ensure(tmp_path, of)
    for name in ("beta.projects.key", "beta.projects.pub", "root.pub", "issuer.key", "jwks.json"):
        (tmp_path / name).unlink()
    secrets.check(tmp_path, of, ())
    secrets.ensure(tmp_path, of)
    assert json.loads((tmp_path / "jwks.json").read_text())["keys"]
    (tmp_path / "alpha.projects.key").unlink()
    with pytest.raises(Unusable, match=r"alpha\.projects\.key is lost"):
        secrets.ensure(tmp_path, of)
