"""The canonical form, checked by reading strictly and writing again: the same bytes must come out."""

import json
from typing import Any, Final, NoReturn

from services.audit.findings import Altered

_SAFE: Final = 2**53 - 1
_LONGEST: Final = len(str(-_SAFE))


def _refuse_float(text: str) -> NoReturn:
    raise Altered("record.float", f"{text[:40]} is no whole number")


def _whole(text: str) -> int:
    if len(text) > _LONGEST or not -_SAFE <= (number := int(text)) <= _SAFE:
        raise Altered("record.integer", f"{text[:40]} is beyond 2^53 - 1")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Altered("record.duplicate_key", "an object names a key twice")
    return found


_READER: Final = json.JSONDecoder(parse_float=_refuse_float, parse_constant=_refuse_float, parse_int=_whole)
_NAMING: Final = json.JSONDecoder(object_pairs_hook=_object, parse_float=_refuse_float, parse_int=_whole)
_WRITER: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
)


def write(value: Any) -> bytes:
    """The one canonical form of a JSON value. Raises Altered for what UTF-8 cannot hold, or is nested too deep."""
    try:
        return _WRITER.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise Altered("record.surrogate", "a text holds half a surrogate pair") from None
    except RecursionError:
        raise Altered("record.depth", "nested too deep") from None


def read(raw: bytes) -> Any:
    """The JSON value of canonical bytes. Raises Altered with a code `record.…` for anything else."""
    try:
        value = _READER.decode(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Altered("record.utf8", "not UTF-8") from None
    except RecursionError:
        raise Altered("record.depth", "nested too deep") from None
    except ValueError as why:
        raise Altered("record.json", str(why)[:120]) from None
    if write(value) != raw:
        _NAMING.decode(raw.decode("utf-8"))  # a key named twice also ends here, and is told as such
        raise Altered("record.not_canonical", "keys, spaces or escapes are not in canonical form")
    if not raw.isascii() or b"\\u0000" in raw:
        _check(value)
    return value


def _check(value: Any) -> None:
    """Raises Altered for NUL anywhere and for keys that are not ASCII."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not key.isascii() or "\0" in key:
                raise Altered("record.key", f"the key {key!r:.60} is not ASCII")
            _check(inner)
    elif isinstance(value, list):
        for inner in value:
            _check(inner)
    elif isinstance(value, str) and "\0" in value:
        raise Altered("record.nul", "a text holds NUL")
