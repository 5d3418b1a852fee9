"""The canonical form, checked by reading strictly and writing again: the same bytes must come out."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final, NoReturn

from services.audit.findings import Altered

NOT_CANONICAL: Final = "record.not_canonical"
_SAFE: Final = 2**53 - 1
_DEEPEST: Final = 32
_SPACES: Final = b" \t\r\n"
# Less than any record has keys.
_DISORDER: Final = -(2**40)
_LONGEST: Final = len(str(-_SAFE))


def _refuse_float(text: str) -> NoReturn:
    raise Altered(NOT_CANONICAL, f"{text[:40]} is no whole number")


def _whole(text: str) -> int:
    if len(text) > _LONGEST or not -_SAFE <= (number := int(text)) <= _SAFE:
        raise Altered(NOT_CANONICAL, f"{text[:40]} is beyond 2^53 - 1")
    if text == "-0":
        raise Altered(NOT_CANONICAL, "-0 is written 0")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Altered(NOT_CANONICAL, "an object names a key twice")
    return found


_READER: Final = json.JSONDecoder(parse_float=_refuse_float, parse_constant=_refuse_float, parse_int=_whole)
_NAMING: Final = json.JSONDecoder(object_pairs_hook=_object, parse_float=_refuse_float, parse_int=_whole)
_WRITER: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
)
# From a letter that is not ASCII to the end of its text, which is a key's if a colon follows.
_FOREIGN_KEY: Final = re.compile(rb'[\x80-\xff](?:[^"\\]|\\.)*":')


def write(value: Any) -> bytes:
    """The one canonical form of a JSON value. Raises Altered for what UTF-8 cannot hold, or is nested too deep."""
    try:
        return _WRITER.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise Altered(NOT_CANONICAL, "a text holds half a surrogate pair") from None
    except RecursionError:
        raise Altered(NOT_CANONICAL, "nested too deep") from None


def read(raw: bytes) -> Any:
    """The JSON value of canonical bytes. Raises Altered `record.not_canonical` for anything else."""
    try:
        value = _READER.decode(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Altered(NOT_CANONICAL, "not UTF-8") from None
    except RecursionError:
        raise Altered(NOT_CANONICAL, "nested too deep") from None
    except ValueError as why:
        raise Altered(NOT_CANONICAL, str(why)[:120]) from None
    if not _is_plain(raw, value) and write(value) != raw:
        _NAMING.decode(raw.decode("utf-8"))  # a key named twice also ends here, and is told as such
        raise Altered(NOT_CANONICAL, "keys, spaces or escapes are not in canonical form")
    if b"\\u0000" in raw or (not raw.isascii() and _FOREIGN_KEY.search(raw)):
        _check(value)
    if raw.count(b"[") + raw.count(b"{") > _DEEPEST:
        _measure(value)
    return value


def packed(value: Any) -> str:
    """A JSON value as the gateway's opaque texts hold it: base64url, without padding, of its canonical form."""
    return urlsafe_b64encode(write(value)).rstrip(b"=").decode()


def unpacked(text: str) -> Any:
    """The JSON value in an opaque text. Raises Altered or ValueError for another text."""
    return read(urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def _measure(value: Any) -> None:
    """Raises Altered for a value nested deeper than records may be."""
    level, depth = [value], 0
    while level := [one for one in level if isinstance(one, dict | list)]:
        if depth > _DEEPEST:
            raise Altered(NOT_CANONICAL, f"nested deeper than {_DEEPEST}")
        level = [item for one in level for item in (one.values() if isinstance(one, dict) else one)]
        depth += 1


def _is_plain(raw: bytes, value: Any) -> bool:
    """Whether bytes without escapes, which mean this value, are in canonical form; False where that is not clear.

    Says the same as writing the value again, in less than half the time: what stands outside of texts holds no space,
    as many keys as the value, and keys stand in their order. Numbers have one form already.
    """
    if b"\\" in raw:
        return False
    outside = b"".join(raw.split(b'"')[::2])
    if outside.translate(None, _SPACES) != outside:
        return False
    if not isinstance(value, dict | list):
        return True
    try:
        return _keys(value) == outside.count(b":")
    except RecursionError:
        raise Altered(NOT_CANONICAL, "nested too deep") from None


def _keys(value: Any) -> int:
    """How many keys a value has in all its objects; -1 or less where some are not in order."""
    if isinstance(value, dict):
        names = list(value)
        if names != sorted(names):
            return _DISORDER
        count, values = len(names), value.values()
    else:
        count, values = 0, value
    for inner in values:
        if type(inner) is dict or type(inner) is list:
            count += _keys(inner)
    return count


def _check(value: Any) -> None:
    """Raises Altered for NUL anywhere and for keys that are not ASCII."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not key.isascii() or "\0" in key:
                raise Altered(NOT_CANONICAL, f"the key {key!r:.60} is not ASCII")
            _check(inner)
    elif isinstance(value, list):
        for inner in value:
            _check(inner)
    elif isinstance(value, str) and "\0" in value:
        raise Altered(NOT_CANONICAL, "a text holds NUL")
