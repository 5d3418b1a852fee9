"""However it is stopped, it ends in time, leaves nothing running and says nothing that worries."""

import fcntl
import json
import os
import signal
import socket
from pathlib import Path

from deploy.local import programs
from tests.platform.runner import Runner


def listen_to_figures(running: Runner) -> socket.socket:
    """Somebody who follows the figures and does not leave by themselves."""
    body = json.dumps({"query": "subscription { figures { items { id value } } }"})
    head = "POST /graphql HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\ncontent-type: application/json\r\n"
    made = socket.create_connection(("127.0.0.1", running.port), 10)
    made.sendall(f"{head}content-length: {len(body)}\r\n\r\n{body}".encode())
    assert b" 200 " in made.recv(64)
    return made


def quiet(runner: Runner) -> bool:
    """Nothing but its progress and its log of good news, and `ready` at most once."""
    assert runner.printed[-1] == "· stopping"
    told = [json.loads(line) for line in runner.errors.splitlines()]
    assert [one["message"] for one in told if one["level"] != "info"] == []
    assert sum(line.startswith("ready") for line in runner.printed) <= 1
    return True


def test_after_a_kill_of_the_runner_nothing_survives_and_the_next_start_recovers(running):
    assert {"java", "postgres", "python"} <= set(running.processes().values())
    running.kill()
    assert running.left() == {}
    running.start(by_make=True)
    assert not any("history" in line for line in running.printed)
    assert running.figure("actors_mobilised") == 1885


def test_ctrl_c_in_make_run_ends_everything(running):
    with listen_to_figures(running):
        # Make itself ends as a program does that was interrupted, and says nothing of it.
        assert running.interrupt() == -signal.SIGINT
    assert running.left() == {}
    assert quiet(running)


def test_sigterm_once_it_is_ready_ends_it_well(runner):
    runner.start()
    assert runner.terminate() == 0
    assert runner.left() == {}
    assert quiet(runner)


def test_ctrl_c_while_it_starts_ends_it_well(runner):
    runner.start(until="· starting PostgreSQL")
    assert runner.interrupt() == 0
    assert runner.left() == {}
    assert quiet(runner)


def copies(base: Path) -> list[Path]:
    """Those of PostgreSQL's programs there that nobody runs from."""
    found = []
    for one in base.iterdir():
        held = os.open(one, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            found.append(one)
        except OSError:
            continue
        finally:
            os.close(held)
    return found


def test_reset_asks_and_removes_everything_on_yes(runner):
    kept = runner.generateur("reset", say="no\n")
    assert kept.returncode == 1
    assert str(runner.state) in kept.stdout and kept.stdout.endswith("Nothing was removed.\n")
    assert (runner.state / "keys" / "root.pub").exists()
    done = runner.generateur("reset", say="yes\n")
    assert done.returncode == 0 and done.stderr == ""
    assert not runner.state.exists()
    # What PostgreSQL ran from, too, unless others still do.
    assert not any((place / "generateur").exists() and copies(place / "generateur") for place in programs._PLACES)
    assert runner.generateur("reset", say="yes\n").stdout == f"There is nothing in {runner.state}.\n"
