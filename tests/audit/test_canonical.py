"""The canonical form: the quick look at plain bytes says what writing the value again says."""

import json
import random
from typing import Any

import pytest

from services.audit import canonical
from services.audit.canonical import _is_plain
from services.audit.findings import Altered
from tests.audit.making import canonical as written

MANY = 1500


def value(dice: random.Random, depth: int = 0) -> Any:
    """Any JSON value of the profile, small and full of what may go wrong."""
    lot = dice.randrange(8 if depth < 4 else 5)
    if lot < 5:
        return dice.choice(
            [None, True, False, 0, -1, 2**53 - 1, "", "a:b", "a , b", " ", "é", "{}", '"', "\\", "\n", "\u2028"]
        )
    if lot == 5:
        return [value(dice, depth + 1) for _ in range(dice.randrange(3))]
    return {
        dice.choice("abcdé") + dice.choice(["", " ", ":", '"']): value(dice, depth + 1)
        for _ in range(dice.randrange(4))
    }


def forms(dice: random.Random, found: Any) -> list[bytes]:
    """The canonical bytes, others that mean the same, and bytes with something changed at some place."""
    raw = written(found)
    loose = json.dumps(found, ensure_ascii=False, sort_keys=dice.random() < 0.5, indent=dice.choice([None, 1])).encode()
    close = json.dumps(found, ensure_ascii=dice.random() < 0.5, separators=(",", ":")).encode()
    at = dice.randrange(len(raw) + 1)
    put = dice.choice([b" ", b"\t", b"\n", b"-0", b"0", b",", b":", b'"', b'"a":1,', b"\\", b"\x00"])
    return [raw, loose, close, raw[:at] + put + raw[at:], raw[:at] + raw[at + 1 :]]


def told(raw: bytes) -> str:
    try:
        canonical.read(raw)
    except Altered as why:
        return why.code
    return "fits"


def test_the_quick_look_never_says_more_than_writing_again() -> None:
    plain = 0
    for seed in range(MANY):
        dice = random.Random(seed)
        for raw in forms(dice, value(dice)):
            try:
                found = canonical._READER.decode(raw.decode())
            except (Altered, ValueError):
                continue
            if _is_plain(raw, found):
                plain += 1
                assert canonical.write(found) == raw, raw
    assert plain > MANY


def test_every_form_is_judged_as_without_the_quick_look(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [raw for seed in range(MANY) for raw in forms(random.Random(seed), value(random.Random(seed)))]
    quick = [told(raw) for raw in every]
    assert {*quick} == {"fits", "record.not_canonical"}
    monkeypatch.setattr(canonical, "_is_plain", lambda raw, value: False)
    assert [told(raw) for raw in every] == quick


@pytest.mark.parametrize("key", ["é", "éa", "aé", 'é"', '"é', "é\\", "é:", "é,", "€\n"])
def test_a_key_that_is_not_ascii_is_told_wherever_it_stands(key: str) -> None:
    every: list[Any] = [{key: 1}, {"a": [{key: "é"}]}, {"a": {"b": "é", key: []}}]
    assert [told(written(found)) for found in every] == ["record.not_canonical"] * 3
    values: list[Any] = [{"a": key}, {"a": [key, key]}, [key, {"b": key}]]
    assert [told(written(found)) for found in values] == ["fits"] * 3
