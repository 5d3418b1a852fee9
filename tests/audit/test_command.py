"""The command line: what it needs, what it prints, how it ends."""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from services.audit.files import Unwritable, Writer
from services.audit.main import main
from tests.audit.exporting import answer, export, root_hex
from tests.audit.making import JURA
from tests.audit.test_attacks import EXPECTED, replay, small_world

USAGE, INCOMPLETE = 64, 7


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["verify"],
        ["replay", "--unknown"],
        ["replay", "--from", "nowhere"],
        ["replay", "--from", ".", "--root", "abc"],
        ["replay", "--from", "."],
        ["replay", "--as-of", "yesterday"],
        ["replay", "--root", root_hex()],
        ["export"],
        ["replay", "--from", ".", "--root", root_hex(), "--member", "cluster-jura"],
    ],
)
def test_a_command_line_that_says_too_little_is_a_usage_error(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == USAGE
    assert capsys.readouterr().err.startswith("generateur audit: ")


def test_an_export_is_not_written_over_something_else(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    words = ["export", str(tmp_path), "--root", root_hex(), "--kafka", "127.0.0.1:1"]
    assert main([*words, "--state", str(tmp_path)]) == USAGE


def test_an_export_that_cannot_be_written_is_said_before_anything_is_read(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("x")
    with pytest.raises(Unwritable, match=r"letter\.txt: Not a directory"):
        Writer(file)
    with pytest.raises(Unwritable, match="cannot be made: Not a directory"):
        Writer(file / "evidence").begin()


@pytest.mark.parametrize("words", [["--help"], ["replay", "--help"], ["export", "--help"]])
def test_help_is_an_answer(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert "generateur audit" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["replay"], ["replay", "--no-figures"], ["export", "x"]])
def test_a_broker_that_does_not_answer_is_one_sentence_and_no_claim_holds(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [*command, "--root", root_hex(), "--kafka", "127.0.0.1:1", "--state", "none", "--coordinator", "x-y"]
    assert main(words) == INCOMPLETE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("generateur audit: evidence incomplete: 127.0.0.1:1")
    assert said.err.endswith("(kafka.unreachable)\n")
    assert list(tmp_path.iterdir()) == []
    assert main([*words, "--json"]) == INCOMPLETE
    told = json.loads(capsys.readouterr().out)
    assert (told["exit"], told["reason"], told["claims"]) == (INCOMPLETE, "kafka.unreachable", [])


def token(*roles: str) -> str:
    claims = b64encode(json.dumps({"roles": roles}).encode()).rstrip(b"=").decode()
    return f"e30.{claims}.x"


@pytest.mark.parametrize("given", [token("AD"), token(), "nothing", "a.b.c", None])
def test_a_token_that_is_not_an_auditors_is_a_usage_error(
    given: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = export(tmp_path / "e", small_world(), answer(small_world(), EXPECTED))
    if given is not None:
        (tmp_path / "token").write_text(given)
    assert replay(folder, "--token", str(tmp_path / "token")) == USAGE
    assert "token" in capsys.readouterr().err
    (tmp_path / "token").write_text(token("AD", "AU"))
    assert replay(folder, "--token", str(tmp_path / "token")) == 0
    monkeypatch.setenv("GENERATEUR_TOKEN", token("CO"))
    assert replay(folder) == USAGE


def test_a_folder_without_a_manifest_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(tmp_path) == INCOMPLETE
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "export.no_manifest" in said.err


def test_the_report_says_each_claim_and_the_verdict_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(export(tmp_path, small_world(), answer(small_world(), EXPECTED))) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[1:6]] == [
        ["PASS", claim] for claim in ("files", "history", "signatures", "keys", "figures")
    ]
    assert lines[-1].startswith("VERDICT verified")


def test_the_first_failure_names_producer_sequence_stream_and_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = small_world()
    world.change("/members/cluster-jura/ideation", 3, lambda record: record["data"].update(text="x"))
    assert replay(export(tmp_path, world, answer(world, EXPECTED))) == 2
    said = capsys.readouterr().out
    assert "/members/cluster-jura/ideation, sequence 3, stream need/1 version 2: chain.digest" in said
    assert said.splitlines()[-1].startswith("VERDICT history altered")


def test_a_record_that_is_set_aside_is_named_with_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = small_world()
    world.say("ideation.MemberJoined", {"member_id": "m"}, source=JURA)
    aside = {f"{JURA} authority.coordinator": 1}
    folder = export(tmp_path, world, {**answer(world, EXPECTED), "complete": False, "parked": 1, "aside": aside})
    assert replay(folder) == 0
    assert f"note  parked  {JURA}, sequence 5: authority.coordinator" in capsys.readouterr().out.splitlines()
    replay(folder, "--json")
    told = {"source": JURA, "sequence": 5, "reason": "authority.coordinator"}
    assert json.loads(capsys.readouterr().out)["parked"] == [told]


def test_the_same_evidence_gives_the_same_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for folder in ("a", "b"):
        replay(export(tmp_path / folder, small_world(), answer(small_world(), EXPECTED)), "--json")
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert json.loads(printed[0])["verdict"] == "verified"


def test_a_day_whose_figures_were_not_saved_lacks_evidence(tmp_path: Path) -> None:
    folder = export(tmp_path, small_world(), answer(small_world(), EXPECTED))
    assert replay(folder, "--as-of", "2026-11-01") == 0
    assert replay(folder, "--as-of", "2019-12-31") == 7


def test_records_alone_can_be_checked(tmp_path: Path) -> None:
    folder = export(tmp_path, small_world(), answer(small_world(), {}))
    assert replay(folder) == 1
    assert replay(folder, "--no-figures") == 0
