"""Names of objects: codes, node ids and entities, each checked before anything is asked of the read side."""

import re
from typing import Final

from services.gateway import positions
from services.gateway.faults import Fault
from shared.contracts.routing import owned_kinds
from shared.kernel import bounds

_NAMED: Final = re.compile(rf"{bounds.CODE}\Z")
_OWNED: Final = re.compile(rf"{bounds.CODE}/{bounds.UUID}\Z")
_ENTITY: Final = re.compile(r"([a-z]{2,32})/([A-Za-z0-9._/-]{1,200})\Z")
# The types of objects with a sheet. Ideas and projects belong to a member: their code begins with it.
CODES: Final = {"Territory": _NAMED, "Member": _NAMED, "Idea": _OWNED, "Project": _OWNED}
# In node ids, which answers give: an id in a record may be any text within its bounds, though no service makes such.
_SHOWN: Final = re.compile(rf"{bounds.CODE}/{bounds.plain(bounds.ID)}\Z")
_GIVEN: Final = {**CODES, "Idea": _SHOWN, "Project": _SHOWN}


def node(id: str) -> tuple[str, str]:
    """Type and code of a node id; raises Fault `id.invalid` for any other text."""
    kind, code = positions.read_node_id(id)
    if kind not in _GIVEN or not _GIVEN[kind].match(code):
        raise Fault("id.invalid")
    return kind, code


def code(value: str, kind: str) -> str:
    """The code of an object of this type, from itself or from its node id; raises Fault `id.invalid`."""
    if CODES[kind].match(value):
        return value
    found, inner = node(value)
    if found != kind:
        raise Fault("id.invalid")
    return inner


def plain(value: str, kind: str) -> str:
    """The code in a node id of this type; any other text as it is, for its reader to judge."""
    try:
        return code(value, kind)
    except Fault:
        return value


def entity(of: str) -> str:
    """An entity's name as events have it, from itself or from a node id; raises Fault `id.invalid`.

    An owned object is named with its owner, `project/<member>/<uuid>`: without it there may be several.
    """
    if "/" not in of:
        kind, inner = node(of)
        return f"{kind.lower()}/{inner}"
    found = _ENTITY.match(of)
    if found is None or (found[1] in owned_kinds() and not _OWNED.match(found[2])):
        raise Fault("id.invalid", ("of",))
    return of
