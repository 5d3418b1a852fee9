"""On a machine that cannot run it, one clear sentence is all that happens."""

import hashlib
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.local import checks, jars
from deploy.local.checks import Unfit, free_port
from deploy.local.state import State
from tests.platform.runner import ROOT, Runner, direct, refused

OLD = """#!/bin/sh
# Python 3.9, as far as anybody who asks for its version can see.
exec {python} -c 'import sys; sys.version_info = (3, 9, 18, "final", 0); exec(sys.argv[1])' "$2"
"""


@contextmanager
def repository(content: bytes) -> Iterator[str]:
    """A Maven repository on loopback which gives the same bytes for every file."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/maven2"
    finally:
        server.shutdown()
        server.server_close()


def jar(content: bytes) -> jars.Jar:
    return jars.Jar("org.example", "good", "1.0", hashlib.sha256(content).hexdigest())


def test_a_python_that_is_too_old_is_named_with_what_to_do(tmp_path):
    old = tmp_path / "python3.9"
    old.write_text(OLD.format(python=sys.executable))
    old.chmod(0o755)
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    code, told = refused(["make", "-f", str(ROOT / "Makefile"), "run", f"PYTHON={old}"], tmp_path)
    assert code != 0
    said = [line for line in told.splitlines() if not re.match(r"make(\[\d+\])?: \*\*\*", line)]
    assert said == ["Python 3.11 or later is needed; this is 3.9. Try: make run PYTHON=python3.12"]
    assert not (tmp_path / ".venv").exists()


def test_a_jar_that_is_not_the_locked_one_stops_the_start(tmp_path):
    cache = tmp_path / "cache" / "generateur" / "jars"
    cache.mkdir(parents=True)
    wrong = jars.read_lock()[0].name
    for one in jars.ensure(jars.cache_folder()):
        (cache / one.name).symlink_to(one)
    (cache / wrong).unlink()
    (cache / wrong).write_bytes(b"changed after it was kept")
    runner = Runner(tmp_path, free_port())
    with repository(b"and another on the way") as base:
        given = {"GENERATEUR_CACHE": str(tmp_path / "cache"), "GENERATEUR_MAVEN": base}
        code, told = refused(direct(runner.port, runner.state), tmp_path, **given)
    assert code == 1
    assert told == f"Kafka could not be fetched: {wrong} is not the file that was locked: its SHA-256 differs.\n"
    assert runner.left() == {}


def test_a_jar_that_was_changed_in_the_cache_is_fetched_anew(tmp_path):
    locked = jar(b"good")
    (tmp_path / locked.name).write_bytes(b"bad")
    with repository(b"good") as base, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENERATEUR_MAVEN", base)
        assert jars.ensure(tmp_path, [locked]) == [tmp_path / locked.name]
    assert (tmp_path / locked.name).read_bytes() == b"good"


def test_a_repository_that_is_not_reached_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("GENERATEUR_MAVEN", f"http://user:word@127.0.0.1:{free_port()}/maven2")
    with pytest.raises(jars.Unfetched, match=r"^Kafka could not be fetched: good-1.0.jar could not be had from 127"):
        jars.ensure(tmp_path, [jar(b"good")])


def test_a_full_disk_is_one_sentence(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", small]).returncode != 0:
        # An ordinary user mounts nothing: then the same look, with more asked than any disk has.
        with pytest.raises(Unfit, match=r"^The disk is nearly full: \d+ MB are needed, \d+ MB are free\.$"):
            checks.disk(small, 10**18)
        return
    try:
        code, told = refused(direct(free_port(), small / "state"), tmp_path)
        assert (code, told) == (1, "The disk is nearly full: 1000 MB are needed, 8 MB are free.\n")
        assert not list(small.iterdir())
        # Jars that do not fit are one sentence too.
        with repository(b"x" * 10**7) as base, pytest.MonkeyPatch.context() as patch:
            patch.setenv("GENERATEUR_MAVEN", base)
            with pytest.raises(jars.Unfetched, match=r"^good-1.0.jar could not be kept in .* \(No space left on dev"):
                jars.ensure(small, [jar(b"x" * 10**7)])
        assert not list(small.iterdir())
    finally:
        subprocess.run(["umount", small], check=True)


@pytest.mark.parametrize("number", [0, -1, 65536, 10**9])
def test_a_number_that_is_no_port_is_one_sentence(number):
    with pytest.raises(Unfit, match=rf"^{number} is no port: choose one up to 65535"):
        checks.port("127.0.0.1", number)


def test_a_servers_port_that_another_program_took_is_chosen_anew(tmp_path, monkeypatch):
    monkeypatch.setattr("deploy.local.state._LEAVING", 0.2)
    with State(tmp_path / "state") as state:
        first = state.ports()
        assert state.ports() == first
        with socket.create_server(("127.0.0.1", first["kafka"])):
            second = state.ports()
    assert second["kafka"] != first["kafka"]
    assert {**second, "kafka": 0} == {**first, "kafka": 0}


def test_only_one_holds_a_state_folder(tmp_path: Path):
    with State(tmp_path / "state"), pytest.raises(Unfit, match="already running"), State(tmp_path / "state"):
        pass
