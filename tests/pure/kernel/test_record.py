"""A record's bytes: joined and split by position, never serialised twice."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import canonical, keys, record
from shared.kernel.chain import ZERO, advance
from shared.kernel.refusals import Broken, Unreadable
from tests.pure.kernel.making import SIGNER, SOURCE, sealed

# Names and texts that imitate the marks by which a record is cut.
_TRAPS = st.sampled_from(
    [
        "data",
        "datacontenttype",
        "signature",
        "source",
        ',"data":',
        ',"datacontenttype":"',
        ',"signature":"',
        "é\n\u2028",
    ]
)
_DATA = st.dictionaries(
    _TRAPS.filter(str.isascii), _TRAPS | st.dictionaries(_TRAPS.filter(str.isascii), _TRAPS, max_size=3), max_size=4
)


@given(_DATA, _TRAPS, _TRAPS)
def test_data_and_signed_part_are_found_again_whatever_the_texts(data, actor, subject):
    raw = sealed(data=data, actor=actor, subject=subject)
    read = record.read(raw)
    assert read.data_bytes == canonical.encode(data)
    assert read.data == data
    assert keys.verify(SIGNER.public, read.signed, read.attributes.signature)
    assert record.join(read.signed, read.data_bytes, read.attributes.signature) == raw


@given(st.integers(0, 1500), st.integers(1, 255))
def test_a_changed_byte_is_unreadable_or_broken_or_unsigned(at, flip):
    raw = bytearray(sealed())
    raw[at % len(raw)] ^= flip
    try:
        read = record.read(bytes(raw))
        advance(ZERO, read, SOURCE)
    except (Unreadable, Broken):
        return
    assert not keys.verify(SIGNER.public, read.signed, read.attributes.signature)


@pytest.mark.parametrize("gone", ["actor", "prev", "role", "origin"])
def test_no_attribute_is_optional(gone):
    value = canonical.decode(sealed())
    del value[gone]
    with pytest.raises(Unreadable, match=r"record\.attributes"):
        record.read(canonical.encode(value))


def test_an_unknown_attribute_is_refused():
    value = canonical.decode(sealed())
    with pytest.raises(Unreadable, match=r"record\.attributes"):
        record.read(canonical.encode({**value, "extra": "x"}))


def test_a_record_is_bounded():
    with pytest.raises(Unreadable, match=r"record\.too_large"):
        record.read(b" " * (record.MAX_RECORD + 1))


def test_a_topic_is_named_after_its_producer():
    assert record.topic_of(SOURCE) == "events.cluster-jura.ideation"
    for other in ("/members/../ideation", "/members/A/ideation", "events.a.b", "/members/ab/ideation/x"):
        with pytest.raises(Unreadable):
            record.topic_of(other)


_SPOILS = st.sampled_from(
    [b"", b" ", b"1.0", b"9007199254740993", b"\xff", b"\\u0000", b"\\u00e9", "é".encode(), b'"', b"{}"]
)


@given(st.integers(0, 1500), st.integers(0, 3), _SPOILS)
def test_the_quick_way_finds_what_the_careful_way_finds_or_leaves_it(at, cut, spoil):
    raw = sealed(subject="idea/é")
    at %= len(raw)
    spoilt = raw[:at] + spoil + raw[at + cut :]
    quick = record._quickly(spoilt)
    if quick is not None:
        attributes, data = record._carefully(spoilt)
        assert (msgspec.structs.astuple(attributes), data) == (msgspec.structs.astuple(quick[0]), quick[1])


def test_a_record_as_it_is_goes_the_quick_way():
    assert record._quickly(sealed(subject="idea/é")) is not None


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"sequence": 2**53}, "record.not_canonical"),
        ({"actor": "a\x00b"}, "record.not_canonical"),
        ({"sequence": "1"}, "record.attributes"),
        ({"extra": "1"}, "record.attributes"),
        ({"specversion": "1.1"}, "record.attributes"),
    ],
)
def test_what_is_wrong_with_an_attribute_is_said(changed, code):
    with pytest.raises(Unreadable) as caught:
        record.read(sealed(**changed))
    assert caught.value.code == code


def test_data_is_an_object():
    with pytest.raises(Unreadable, match=r"record\.attributes"):
        record.read(sealed(data=[1]))
