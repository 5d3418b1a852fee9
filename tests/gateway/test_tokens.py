"""Tokens that clients hand back: what comes out is what went in, and nothing else is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway import positions
from services.gateway.faults import Fault

SEQUENCES = st.dictionaries(st.text("abcdefghijklmnopqrstuvwxyz/-", min_size=1), st.integers(0, 2**53 - 1), max_size=12)


@given(SEQUENCES)
def test_a_position_says_what_was_folded(sequences: dict[str, int]) -> None:
    assert positions.read_position(positions.position(sequences)) == sequences


@given(st.text(max_size=60))
def test_any_other_text_is_no_position(text: str) -> None:
    code = None
    try:
        positions.read_position(text)
    except Fault as fault:
        code = fault.code
    assert code == "position.invalid" or text.rstrip("=") == positions.position(positions.read_position(text))


@pytest.mark.parametrize("value", [[1], {"a": -1}, {"a": "1"}, {"a": True}, {"a": None}, "a", 5])
def test_a_position_holds_whole_sequences_only(value: object) -> None:
    with pytest.raises(Fault, match=r"position\.invalid"):
        positions.read_position(positions._pack(value))


def test_a_cursor_is_of_one_list() -> None:
    made = positions.cursor("Idea", "key")
    assert positions.read_cursor(made, "Idea", str) == ("key",)
    for listing, kinds in (("Project", (str,)), ("Idea", (int,)), ("Idea", (str, str))):
        with pytest.raises(Fault, match=r"cursor\.invalid"):
            positions.read_cursor(made, listing, *kinds)


def test_a_node_id_names_type_and_code() -> None:
    assert positions.read_node_id(positions.node_id("Idea", "x")) == ("Idea", "x")
    with pytest.raises(Fault, match=r"id\.invalid"):
        positions.read_node_id(positions.cursor("Idea", "x"))


@pytest.mark.parametrize(
    ("folded", "wanted", "is_reached"),
    [
        ({"a": 3, "b": 1}, {"a": 3}, True),
        ({"a": 2, "b": 9}, {"a": 3}, False),
        ({}, {"a": 1}, False),
        ({}, {"a": 0}, True),
        ({}, {}, True),
    ],
)
def test_a_position_is_reached_when_every_producer_is(
    folded: dict[str, int], wanted: dict[str, int], is_reached: bool
) -> None:
    assert positions.reached(folded, wanted) is is_reached
