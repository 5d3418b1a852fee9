"""What is said while the audit runs."""

import io

import pytest

from services.audit import progress
from services.audit.progress import Progress


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_takes_no_second_says_nothing() -> None:
    out = io.StringIO()
    shown = Progress(out)
    for _ in range(5000):
        shown.record("x")
    shown.close()
    assert out.getvalue() == ""


@pytest.mark.parametrize("out", [io.StringIO(), Screen()])
def test_what_takes_longer_says_how_far_it_is(out: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_EACH", 0)
    shown = Progress(out)
    for _ in range(1000):
        shown.record("/members/a/ideation")
    shown.step("asking for figures")
    shown.close()
    said = out.getvalue()
    assert "500 records" in said
    assert "1,000 records" in said
    # What is asked has no speed in records.
    assert "1,000 records  asking for figures" in said
    assert said.endswith("\r" if out.isatty() else "\n")
