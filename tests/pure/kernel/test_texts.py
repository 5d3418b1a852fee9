"""Texts that people write are seen, and steer no screen."""

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.kernel import texts
from shared.kernel.fields import Key, Text, Title

INVISIBLE = [
    "\u200b",
    "\u00ad",
    "\ufeff",
    "\u2060\u2061",
    "\u3164",
    "\u115f\u1160",
    "\u2800",
    "\u00a0\u2003",
    "\u0301",
    "\u202e",
]
CONTROL = ["\x00", "\x07", "\x1b[2J", "\x7f", "\x85", "\x9b31m", "\r"]
SEEN = ["Bread", "é", "e\u0301", "面包", "👍🏽", "١", "a\u200db", "Atelier \u00ab pain \u00bb", "—", "0"]


def taken(kind: Any, text: str) -> str:
    found: str = TypeAdapter(Annotated[kind, None]).validate_python(text)
    return found


@pytest.mark.parametrize("text", SEEN)
def test_what_is_seen_is_taken_as_it_is(text):
    assert texts.line(text) == texts.lines(text) == text


@pytest.mark.parametrize("text", INVISIBLE)
@pytest.mark.parametrize("kind", [Title, Key, Text])
def test_a_text_that_shows_nothing_is_none(kind, text):
    with pytest.raises(ValidationError):
        taken(kind, text)
    assert taken(kind, text + "a")


@pytest.mark.parametrize("text", CONTROL)
@pytest.mark.parametrize("kind", [Title, Key, Text])
def test_no_text_holds_a_control_character(kind, text):
    with pytest.raises(ValidationError):
        taken(kind, f"a{text}b")


@pytest.mark.parametrize("mark", ["\n", "\t"])
def test_only_a_text_of_several_lines_has_line_ends_and_tabs(mark):
    assert taken(Text, f"a{mark}b") == f"a{mark}b"
    for kind in (Title, Key):
        with pytest.raises(ValidationError):
            taken(kind, f"a{mark}b")


def test_line_ends_alone_show_nothing():
    with pytest.raises(ValueError, match="visible"):
        texts.lines("\n\t\n")


@given(st.text(max_size=40))
def test_what_a_terminal_is_given_steers_nothing(text):
    shown = texts.shown(text)
    assert not any(char in shown for char in "\x00\x1b\x07\r\x7f\x9b\u202e\u2066\u200b\u2028")
    assert texts.shown(shown) == shown


def test_what_is_harmless_is_shown_as_it_is():
    assert texts.shown("Légumerie — 面包\n\t👍") == "Légumerie — 面包\n\t👍"
    assert texts.shown("a\x1b[31mb\u202e") == "a\\u001b[31mb\\u202e"


def test_names_are_sorted_as_french_sorts_them():
    names = ["Zoé", "Œuvres", "eau", "Étang", "oeil", "école", "Ode", "etage"]
    assert sorted(names, key=texts.sort_key) == ["eau", "école", "etage", "Étang", "Ode", "oeil", "Œuvres", "Zoé"]
