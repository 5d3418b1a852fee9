"""The command line's words: figures as a table and as JSON, events as lines, and what it refuses in one sentence."""

import json
import subprocess
import sys

import orjson
import pytest

from deploy.cli import events, figures
from deploy.cli.main import main


def amount(name, value, precision="EXACT", scale=0, **more):
    return {"id": name, "name": name.replace("_", " "), "value": value, "precision": precision, "scale": scale, **more}


FOUND = {
    "asOf": {"date": "2019-12-31", "position": "p", "recordedAt": "2026-11-23T10:00:00.000000Z"},
    "complete": False,
    "parked": 2,
    "stopped": [{"source": "/members/cluster-jura/ideation", "sequence": 7, "reason": "chain.prev"}],
    "current": False,
    "behind": [{"source": "/members/fdfr-89/ideation", "sequence": 3, "reason": "topic.gone"}],
    "items": [
        amount(
            "actors_mobilised",
            1885,
            "APPROX",
            low=1212,
            high=1885,
            parts=[amount("actors_identified", 12), amount("actors_declared", 1873, "APPROX")],
            beside=[amount("jobs_fte_alive", 12500, scale=4), amount("actor_organisations", 0)],
        )
    ],
}


def test_a_figure_is_shown_with_its_parts_its_bounds_and_what_to_read_with_it():
    told = "\n".join(figures.lines(FOUND, figures.Asked(lang="en")))
    assert "actors mobilised" in told
    assert "1,885  (about)  between 1,212 and 1,885" in told
    assert "actors declared" in told
    assert "read with it: jobs fte alive 1.25" in told
    assert "actor organisations" not in told


def test_what_is_missing_from_a_figure_is_said_below_it():
    told = "\n".join(figures.lines(FOUND, figures.Asked(lang="fr")))
    assert "2 enregistrement(s) mis de côté" in told
    assert "/members/cluster-jura/ideation n'est plus compté depuis le n° 7" in told
    assert "/members/fdfr-89/ideation n'est compté que jusqu'au n° 3 : topic.gone." in told
    assert "Le comptage est en retard ou arrêté" in told
    assert "1\u202f885" in told


def test_as_json_each_indicator_has_its_value_its_parts_and_its_day():
    assert figures.as_json(FOUND) == {
        "actors_mobilised": {
            "value": 1885,
            "parts": {"actors_identified": 12, "actors_declared": 1873},
            "asOf": "2019-12-31",
        }
    }


def test_an_event_is_one_readable_line():
    record = {
        "time": "2026-11-23T10:00:00.123456Z",
        "source": "/members/cluster-jura/ideation",
        "sequence": 12,
        "type": "ideation.IdeaProposed.v1",
        "subject": "idea/1",
        "occurredon": "2026-11-01",
        "occurredprecision": "month",
        "data": {"title": "Un atelier"},
    }
    assert events.line(orjson.dumps(record)) == (
        "2026-11-23T10:00:00  cluster-jura/ideation #12  IdeaProposed  idea/1 2026-11-01 (month) “Un atelier”"
    )


def test_bytes_that_are_no_event_are_told_as_such():
    assert events.line(b"\x00\x01") == "(a record that cannot be read, 2 bytes)"


@pytest.mark.parametrize(
    "command", [[], ["figures"], ["token"], ["events"], ["reset"], ["release"], ["parked"], ["producers"], ["audit"]]
)
def test_help_of_each_command_can_be_read(command, capsys):
    if command == ["audit"]:
        assert main([*command, "--help"]) == 0
    else:
        with pytest.raises(SystemExit) as ended:
            main([*command, "--help"])
        assert ended.value.code == 0
    assert "usage: generateur" in capsys.readouterr().out


def test_without_a_running_system_a_command_says_so_in_one_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("GENERATEUR_URL", raising=False)
    assert main(["--state", str(tmp_path), "figures"]) == 69
    assert capsys.readouterr().err == "The system is not running: start it with `make run`.\n"


@pytest.mark.parametrize("joined", [False, True])
def test_the_audit_too_takes_a_state_that_is_named_before_it(tmp_path, capsys, joined):
    state = [f"--state={tmp_path}"] if joined else ["--state", str(tmp_path)]
    main([*state, "audit", "replay"])
    assert str(tmp_path) in capsys.readouterr().err


def test_a_usage_error_ends_with_64(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["figures", "--lang", "de"])
    assert ended.value.code == 64
    assert "invalid choice" in capsys.readouterr().err


def test_a_token_is_for_members_and_roles_that_exist(tmp_path, capsys):
    from shared.runtime.tokens import Verifier, create_issuer

    (tmp_path / "keys").mkdir()
    create_issuer(tmp_path / "keys")
    given = ["--state", str(tmp_path), "token", "--member"]
    assert main([*given, "nobody", "--role", "AD"]) == 64
    assert main([*given, "cluster-jura", "--role", "KING"]) == 64
    capsys.readouterr()
    assert main([*given, "cluster-jura", "--role", "AD", "--role", "ME", "--subject", "someone"]) == 0
    claims = Verifier(tmp_path / "keys" / "jwks.json").claims(capsys.readouterr().out.strip())
    assert (claims.sub, claims.member, claims.roles) == ("someone", "cluster-jura", ("AD", "ME"))


def test_reset_removes_the_folder_only_when_told_and_only_if_it_is_one(tmp_path, monkeypatch):
    state = tmp_path / "state"
    (state / "keys").mkdir(parents=True)
    words = [sys.executable, "-m", "deploy.cli", "--state", str(state), "reset"]
    assert subprocess.run(words, input="no\n", text=True, capture_output=True).returncode == 1
    assert state.is_dir()
    assert subprocess.run(words, input="yes\n", text=True, capture_output=True).returncode == 0
    assert not state.exists()
    assert main(["--state", str(tmp_path), "reset", "--yes"]) == 64
    assert tmp_path.is_dir()


def test_json_is_what_other_programs_read(monkeypatch, capsys):
    monkeypatch.setattr(figures, "fetch", lambda url, asked: FOUND)
    assert main(["figures", "--json", "--url", "http://127.0.0.1:9"]) == 0
    assert json.loads(capsys.readouterr().out)["actors_mobilised"]["value"] == 1885


def test_reset_refuses_while_the_system_runs(tmp_path, capsys):
    from deploy.local.state import State

    with State(tmp_path / "state"):
        assert main(["--state", str(tmp_path / "state"), "reset", "--yes"]) == 69
    assert (tmp_path / "state").is_dir()
    assert "stop it first" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"kty": "OKP"}'])
def test_an_issuers_key_that_is_none_is_told_in_one_sentence_that_names_the_way_on(tmp_path, capsys, content):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "issuer.key").write_bytes(content)
    assert main(["--state", str(tmp_path), "token", "--member", "cluster-jura", "--role", "AD"]) == 69
    assert "holds no key of a token issuer: restore it" in (said := capsys.readouterr().err)
    assert "generateur renew-issuer" in said


def test_events_of_nobody_are_refused_in_one_sentence(tmp_path, capsys):
    assert main(["--state", str(tmp_path), "events", "--member", "nobody"]) == 64
    assert capsys.readouterr().err.startswith("nobody is no member: they are ")
