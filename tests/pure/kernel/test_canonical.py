"""Canonical JSON, held against RFC 8785's reference implementation."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import canonical
from shared.kernel.refusals import Unreadable

_TEXT = st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=30)
_KEY = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=12)
_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEY, inner, max_size=4),
    max_leaves=20,
)


@given(_VALUE)
def test_under_the_profile_our_bytes_are_those_of_rfc_8785(value):
    assert canonical.encode(value) == rfc8785.dumps(value)


@given(_VALUE)
def test_what_was_encoded_is_decoded_to_the_same_value(value):
    assert canonical.decode(canonical.encode(value)) == value


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1.5}',
        b'{"a":1e3}',
        b'{"a":[1,2.0]}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b'{"a":"\\u0000"}',
        b'{"a":"\\u00e9"}',
        b'{"a":9007199254740993}',
        b'{"a":-0}',
        '{"é":1}'.encode(),
        '{"a":{"é\\"x":1}}'.encode(),
        b'{"a":1}\n',
    ],
)
def test_other_spellings_are_not_canonical(raw):
    with pytest.raises(Unreadable, match=r"record\.not_canonical"):
        canonical.decode(raw)


@pytest.mark.parametrize("raw", [b"", b"{", b'{"a":"\\ud800"}', b"[NaN]", b'{"a":"\xff"}', b"[" * 5000])
def test_bytes_that_are_no_json_are_unreadable(raw):
    with pytest.raises(Unreadable, match=r"record\.not_canonical"):
        canonical.decode(raw)


@pytest.mark.parametrize(
    "value", [1.5, {"a": float("nan")}, {"é": 1}, "a\x00b", {"a": 2**53}, {1: 2}, b"x", {"a": "\ud800"}]
)
def test_values_outside_the_profile_are_refused(value):
    with pytest.raises(canonical.NotCanonical):
        canonical.encode(value)


def test_a_text_that_looks_like_a_number_is_a_text():
    raw = canonical.encode({"a": "x,1.5 and [2e3"})
    assert canonical.decode(raw) == {"a": "x,1.5 and [2e3"}


@given(_VALUE.filter(lambda value: type(value) is dict), st.binary(max_size=3), st.integers(0, 300))
def test_the_quick_way_finds_what_the_careful_way_finds_or_leaves_it(value, noise, at):
    raw = canonical.encode(value)
    assert canonical.decode_object(raw) in (None, value)
    spoilt = raw[: at % len(raw)] + noise + raw[at % len(raw) + len(noise) :]
    quick = canonical.decode_object(spoilt)
    if quick is not None:
        assert canonical.decode(spoilt) == quick


@pytest.mark.parametrize(
    "value", [{"a": {"b": ["é", {"c": 1}]}}, {"title": "Un garage à vélos", "n": None, "ok": True}]
)
def test_payloads_as_they_are_go_the_quick_way(value):
    assert canonical.decode_object(canonical.encode(value)) == value


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1.0}',
        b'{"a":1.5}',
        '{"é":1}'.encode(),
        '{"a":{"é\\"x":1}}'.encode(),
        b'{"a":"\\u0000"}',
        b'{"a":9007199254740993}',
        b"[1]",
        b'{"a":-0}',
    ],
)
def test_what_is_outside_the_profile_never_goes_the_quick_way(raw):
    assert canonical.decode_object(raw) is None
