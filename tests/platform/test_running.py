"""What a running system shows, holds and hides."""

import json
import re
import stat

import asyncpg
import httpx
import pytest

from deploy.local.checks import free_port
from tests.platform.runner import direct, refused
from tests.platform.system import listening, on_loopback, pss

CEILING = 500 * 1024
# A token of these letters, as long as the shortest secret.
SECRET = re.compile(r"[A-Za-z0-9_-]{30,}")


def secrets(state):
    """Every password and private key of the state folder."""
    keys = [file for file in (state / "keys").glob("*.key") if file.name != "issuer.key"]
    found = [file.read_text().strip() for file in (*keys, *(state / "secrets").glob("*.password"))]
    found += [(state / "pg" / "password").read_text().strip()]
    found += [json.loads((state / "keys" / "issuer.key").read_text())["d"]]
    assert len(found) > 25 and all(SECRET.fullmatch(one) for one in found)
    return found


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_killed_half_way_the_first_time_it_begins_anew_and_is_whole(running):
    assert running.figure("actors_mobilised") == 1885
    assert not list(running.state.rglob("*.partial"))


def test_a_start_prints_its_progress_the_figures_and_one_line_ready(running):
    printed = running.printed
    assert printed[-1] == f"ready {running.url}"
    assert sum(line.startswith("ready") for line in printed) == 1
    title = next(at for at, line in enumerate(printed) if not line.startswith("· "))
    assert printed[title].startswith(("Figures at ", "Chiffres au "))
    # The rest is the table: amounts, and what is read with them.
    table = re.compile(r"|\s*\S.* [\d.,\u202f]+(  \(\w+\))?|  \S.*")
    assert [line for line in printed[title + 1 : -1] if not table.fullmatch(line)] == []


def test_metrics_are_told_where_they_are_and_are_not_where_the_gateway_is(running):
    told = next(line for line in running.printed if line.startswith("· metrics on "))
    found = httpx.get(told.removeprefix("· metrics on "), trust_env=False).text
    assert "generateur_commands_total{" in found and "gateway_operations_total{" in found
    assert httpx.get(f"{running.url}/metrics", trust_env=False).status_code == 404


def test_a_start_complains_of_nothing(running):
    told = [json.loads(line) for line in running.errors.splitlines()]
    assert [one for one in told if one["level"] != "info"] == []


def test_keys_and_passwords_are_their_owners_alone(running):
    for name in ("keys", "secrets"):
        assert mode(running.state / name) == 0o700
    hidden = [*(running.state / "keys").glob("*.key"), *(running.state / "secrets").iterdir()]
    hidden += [running.state / "pg" / "password"]
    assert len(hidden) > 25
    assert [file for file in hidden if mode(file) != 0o600] == []
    assert mode(running.state / "pg" / "data") == 0o700
    assert mode(running.state / "kafka") == 0o700
    assert mode(running.state) == 0o700


async def test_no_secret_is_printed_logged_or_given_in_a_command_line(running):
    admin = f"postgresql://postgres@127.0.0.1:{json.loads((running.state / 'ports.json').read_text())['postgres']}"
    password = (running.state / "pg" / "password").read_text().strip()
    link = await asyncpg.connect(f"{admin}/postgres", password=password)
    try:
        # A role that cannot be made is the way a password comes into a server's log.
        with pytest.raises(asyncpg.DuplicateObjectError):
            await link.execute("create role postgres password 'word-of-a-statement-that-fails'")
    finally:
        await link.close()
    words = [*secrets(running.state), "word-of-a-statement-that-fails"]
    told = {file: file.read_text() for file in running.state.rglob("*") if _is_open(running.state, file)}
    assert {"log", "settings.json", "server.properties"} <= {file.name for file in told}
    told |= {running.folder / name: (running.folder / name).read_text() for name in ("out.txt", "err.txt")}
    told |= {pid: _command(pid) for pid in running.processes()}
    assert [where for where, text in told.items() if any(word in text for word in words)] == []


def _is_open(state, file):
    """Whether the file is neither where secrets belong nor the servers' own data."""
    inside = file.relative_to(state).parts
    return (
        file.is_file()
        and inside[0] not in ("keys", "secrets")
        and inside != ("pg", "password")
        and inside[1:2] != ("data",)
    )


def _command(pid):
    with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
        return file.read()


def test_everything_listens_on_loopback_only(running):
    addresses = listening(running.processes())
    # Gateway, services, metrics, PostgreSQL, Kafka and its controller.
    assert len(addresses) == 6
    assert [one for one in addresses if not on_loopback(one)] == []


def test_the_whole_holds_no_more_than_promised(running):
    processes = running.processes()
    assert {"java", "postgres", "python"} <= set(processes.values())
    assert pss(processes) <= CEILING


def test_a_second_runner_of_the_same_state_is_refused(running):
    before = running.processes()
    code, told = refused(direct(free_port(), running.state), running.folder)
    assert (code, told) == (1, "The system is already running here; stop it first (Ctrl-C where it runs).\n")
    assert before.keys() <= running.processes().keys()
    assert running.figure("actors_mobilised") == 1885


def test_a_taken_port_is_refused_before_anything_is_made(running, tmp_path):
    code, told = refused(direct(running.port, tmp_path / "other"), tmp_path)
    assert (code, told) == (1, f"Port {running.port} is taken; choose another: make run PORT=8001.\n")
    assert not (tmp_path / "other").exists()


def test_it_is_not_reset_while_it_runs(running):
    done = running.generateur("reset", "--yes")
    assert done.returncode == 69
    assert done.stderr == "The system is running: stop it first (Ctrl-C in `make run`).\n"
    assert running.figure("actors_mobilised") == 1885
