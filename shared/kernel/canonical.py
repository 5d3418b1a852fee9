"""Canonical JSON: one value, one byte string (RFC 8785 under a narrower profile).

Keys are ASCII, numbers are integers within ±(2^53 - 1), strings hold neither NUL nor lone surrogates;
under these rules orjson's sorted output equals RFC 8785, which the tests hold against `rfc8785`.
"""

import re
from typing import Any

import orjson

from shared.kernel.refusals import Unreadable

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_MAX_DEPTH = 32
# In canonical bytes a number follows one of these characters. A match inside a text only costs the slow walk.
_MAYBE_FLOAT = re.compile(rb"[:\[,]-?\d+[.eE]")


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
    """The value of canonical bytes; raises Unreadable(`record.not_json` | `record.not_canonical`) otherwise."""
    try:
        value = orjson.loads(raw)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise Unreadable("record.not_json", str(error)) from None
    try:
        again = orjson.dumps(value, option=_OPTIONS)
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise Unreadable("record.not_canonical", str(error)) from None
    if again != raw:
        raise Unreadable("record.not_canonical", "the bytes are not the canonical form of their value")
    if not raw.isascii() or _MAYBE_FLOAT.search(raw) or b"\\u0000" in raw:
        try:
            _walk(value, 0)
        except NotCanonical as error:
            raise Unreadable("record.not_canonical", str(error)) from None
    return value


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
