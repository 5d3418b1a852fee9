"""Canonical JSON: one value, one byte string (RFC 8785 under a narrower profile).

Keys are ASCII, numbers are integers within ±(2^53 - 1), strings hold neither NUL nor lone surrogates;
under these rules orjson's sorted output equals RFC 8785, which the tests hold against `rfc8785`.
"""

import re
from typing import Any

import msgspec
import orjson

from shared.kernel.refusals import Unreadable

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_MAX_DEPTH = 32
_Leaf = str | int | bool | None
_Low = _Leaf | list[_Leaf] | dict[str, _Leaf]
_Mid = _Leaf | list[_Low] | dict[str, _Low]
_High = _Leaf | list[_Mid] | dict[str, _Mid]
# No floats, and no deeper than payloads are in practice.
_SHALLOW = msgspec.json.Decoder(dict[str, _High])
# The end of a key that is not ASCII: its last such byte, and what follows up to its closing quote. Only ASCII follows,
# so that a long text is walked once.
_ODD_KEY = re.compile(rb'[\x80-\xff](?:[\x00-\x21\x23-\x5b\x5d-\x7f]|\\[\x00-\x7f])*+":')


class NotCanonical(ValueError):
    """A value outside the profile: a float, a large integer, a key that is not ASCII, NUL in a text."""


def encode(value: Any) -> bytes:
    """The canonical bytes of a JSON value; raises NotCanonical when the profile does not allow it."""
    _walk(value, 0)
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise NotCanonical(str(error)) from None


def decode(raw: bytes) -> Any:
    """The value of canonical bytes; raises Unreadable(`record.not_canonical`) otherwise."""
    try:
        value = orjson.loads(raw)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise Unreadable("record.not_canonical", f"not JSON: {error}") from None
    try:
        again = orjson.dumps(value, option=_OPTIONS)
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise Unreadable("record.not_canonical", str(error)) from None
    if again != raw:
        raise Unreadable("record.not_canonical", "the bytes are not the canonical form of their value")
    # NUL stands escaped in canonical bytes. A backslash before it costs the slow walk, and no more.
    if b"\\u0000" in raw or not _plain(value):
        try:
            _walk(value, 0)
        except NotCanonical as error:
            raise Unreadable("record.not_canonical", str(error)) from None
    return value


def decode_object(raw: bytes) -> dict[str, Any] | None:
    """The object whose canonical form `raw` is beyond doubt, without NUL; None where `decode` must judge."""
    try:
        value: dict[str, Any] = _SHALLOW.decode(raw)
        if orjson.dumps(value, option=_OPTIONS) != raw:
            return None
    except (msgspec.MsgspecError, orjson.JSONEncodeError, ValueError, RecursionError):
        return None
    if b"\\" in raw and b"\\u0000" in raw:
        return None
    return value if raw.isascii() or _ODD_KEY.search(raw) is None else None


def _plain(value: Any) -> bool:
    """Whether every key is ASCII and no number a float (NUL is left aside): `_walk`, in a tenth of its time."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        deeper: list[Any] = []
        for one in level:
            kind = type(one)
            if kind is dict:
                if not "".join(one).isascii():
                    return False
                one = one.values()
            elif kind is float:
                return False
            elif kind is not list:
                continue
            deeper += [item for item in one if type(item) is not str]
        if not deeper:
            return True
        level = deeper
    return False


def _walk(value: Any, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise NotCanonical(f"nested deeper than {_MAX_DEPTH}")
    kind = type(value)
    if kind is str:
        if "\x00" in value:
            raise NotCanonical("a text holds NUL")
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii() or "\x00" in key:
                raise NotCanonical("a key is not an ASCII text")
            _walk(item, depth + 1)
    elif kind is list or kind is tuple:
        for item in value:
            _walk(item, depth + 1)
    elif kind is float:
        raise NotCanonical("a number is not an integer")
    elif kind not in (int, bool, type(None)):
        raise NotCanonical(f"{kind.__name__} is not a JSON value")
