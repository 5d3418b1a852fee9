"""A producer's chain as every reader walks it."""

import pytest

from shared.kernel import keys, record
from shared.kernel.chain import ZERO, Link, advance
from shared.kernel.keys import Signer
from shared.kernel.refusals import Broken
from tests.pure.kernel.making import SIGNER, SOURCE, sealed

FIRST = record.read(sealed())
ONE = Link(1, FIRST.digest)


def _second(**changed):
    return record.read(sealed(ONE, **changed))


def test_the_first_record_begins_the_chain():
    assert advance(ZERO, FIRST, SOURCE) == ONE


def test_the_next_record_moves_the_chain_on():
    second = _second()
    assert advance(ONE, second, SOURCE) == Link(2, second.digest)


def test_a_record_seen_before_is_a_duplicate():
    assert advance(ONE, FIRST, SOURCE) is None


def test_the_same_sequence_with_other_content_is_no_duplicate():
    with pytest.raises(Broken, match=r"chain\.equivocation"):
        advance(ONE, record.read(sealed(actor="someone else")), SOURCE)


def test_a_hole_is_told():
    with pytest.raises(Broken, match=r"chain\.hole"):
        advance(ONE, _second(sequence=3), SOURCE)


def test_another_predecessor_is_told():
    with pytest.raises(Broken, match=r"chain\.prev"):
        advance(ONE, _second(prev="0" * 64), SOURCE)


def test_a_foreign_source_is_told():
    with pytest.raises(Broken, match=r"chain\.owner"):
        advance(ONE, _second(source="/members/fdfr-89/ideation"), SOURCE)


def test_other_data_than_was_signed_is_told():
    second = _second()
    other = second.raw.replace(b"Un garage", b"Un jardin")
    with pytest.raises(Broken, match=r"chain\.digest"):
        advance(ONE, record.read(other), SOURCE)


def test_one_signature_covers_its_predecessors_and_no_other_key_makes_it():
    second = _second()
    assert keys.verify(SIGNER.public, second.signed, second.attributes.signature)
    stranger = Signer(b"\x08" * 32)
    assert not keys.verify(stranger.public, second.signed, second.attributes.signature)
    assert not keys.verify(SIGNER.public, second.signed, "not base64")


def test_a_signer_does_not_show_its_secret():
    assert (b"\x07" * 32).hex() not in repr(SIGNER)
