"""Tokens a client hands back: positions of the read side, ids of objects, cursors of lists."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

from services.gateway.faults import Fault
from shared.kernel import bounds, canonical
from shared.kernel.refusals import Unreadable

_MAX: Final = 16384


def _pack(value: Any) -> str:
    return urlsafe_b64encode(canonical.encode(value)).rstrip(b"=").decode()


def _unpack(token: str, code: str) -> Any:
    if len(token) > _MAX or not token.isascii():
        raise Fault(code)
    try:
        return canonical.decode(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError, Unreadable):
        raise Fault(code) from None


def position(sequences: Mapping[str, int]) -> str:
    """The token of what was folded: producer source to last sequence."""
    return _pack(dict(sequences))


def read_position(token: str) -> dict[str, int]:
    """What a position token says; raises Fault `position.invalid`."""
    found = _unpack(token, "position.invalid")
    if not isinstance(found, dict):
        raise Fault("position.invalid")
    for sequence in found.values():
        if type(sequence) is not int or not 0 <= sequence <= bounds.WHOLE:
            raise Fault("position.invalid")
    return found


def reached(folded: Mapping[str, int], wanted: Mapping[str, int]) -> bool:
    """Whether every producer's sequence in `wanted` has been folded."""
    return all(folded.get(source, 0) >= sequence for source, sequence in wanted.items())


def node_id(kind: str, code: str) -> str:
    """The opaque id of an object: its format's version, its type and its code."""
    return _pack([1, kind, code])


def read_node_id(token: str) -> tuple[str, str]:
    """Type and code of an id; raises Fault `id.invalid`."""
    match _unpack(token, "id.invalid"):
        case [1, str(kind), str(code)]:
            return kind, code
    raise Fault("id.invalid")


def measure_id(kind: str, indicator: str, *said: str) -> str:
    """The opaque id of a number that an answer shows: its type, its indicator, and all else that its value rests on.

    A store that keeps objects by id would otherwise show one answer's number in another's place.
    """
    return _pack([1, kind, indicator, *said])


def state_digest(version: int, batch: int, sequences: Mapping[str, int]) -> str:
    """A short name of a state of the read side: the rules, the batch, and what was folded."""
    return blake2b(canonical.encode([version, batch, dict(sequences)]), digest_size=9).hexdigest()


def cursor(listing: str, *keys: str | int) -> str:
    """The cursor of one row of a list: the list's name and the row's sort keys."""
    return _pack([listing, *keys])


def read_cursor(token: str, listing: str, *kinds: type) -> tuple[Any, ...]:
    """The sort keys of a cursor of this list, of these types; raises Fault `cursor.invalid`."""
    found = _unpack(token, "cursor.invalid")
    if not isinstance(found, list) or len(found) != 1 + len(kinds) or found[0] != listing:
        raise Fault("cursor.invalid")
    keys = tuple(found[1:])
    if any(type(key) is not kind for key, kind in zip(keys, kinds, strict=True)):
        raise Fault("cursor.invalid")
    return keys
