"""A secret's file is there whole, or not at all."""

import stat
from pathlib import Path

import pytest

from shared.runtime import keyfiles


def test_a_file_is_laid_once_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "a.key"
    keyfiles.lay(file, b"first")
    keyfiles.lay(file, b"second")
    assert file.read_bytes() == b"first"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["a.key"]


def test_what_a_killed_process_left_half_made_is_not_the_file(tmp_path: Path) -> None:
    (tmp_path / ".a.key.1.partial").write_bytes(b"")
    made = keyfiles.create(tmp_path / "a.key")
    assert keyfiles.create(tmp_path / "a.key").public == made.public


def test_a_file_that_is_no_key_is_said_without_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.key").write_text("very secret")
    with pytest.raises(ValueError, match=r"a\.key is not a key file") as raised:
        keyfiles.load(tmp_path / "a.key")
    assert "very secret" not in str(raised.value)
