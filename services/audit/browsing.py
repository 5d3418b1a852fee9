"""Reading the gateway's lists and sheets as a dashboard does: page by page, and one object here and there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from services.audit import canonical
from services.audit.asking import position
from services.audit.clients import Dice
from services.audit.findings import Missing
from services.audit.pages import Page, sheet, text
from services.audit.posting import Gateway, Unknown, readable
from services.audit.sheets import FIELDS, NODES, Sheet

_PAGE: Final = 100
_SINGLES: Final = 6
_FILTERS: Final = 2
_LISTS: Final = {"Member": "members", "Territory": "territories", "Idea": "ideas", "Project": "projects"}
_FILTERED: Final = ("Idea", "Project")
# By type and code.
Known = Mapping[str, Sequence[str]]


def browse(gateway: Gateway, view: str, known: Known, dice: Dice) -> Iterator[Page]:
    """Every list to its end, some lists of one territory or member, and some objects by their codes.

    `known`: the codes of what the records tell of, seen in this view or not. Raises Missing when nothing is given.
    """
    lists = [(kind, "") for kind in _LISTS]
    for by in ("Territory", "Member"):
        drawn = dice.mixed(known[by])[:_FILTERS]
        lists += [(kind, f"{by.lower()}/{code}") for kind in _FILTERED for code in drawn]
    for kind, where in dice.mixed(lists):
        yield from _list(gateway, view, kind, where, dice)
    singles = [(kind, code) for kind in FIELDS for code in dice.mixed(known[kind])[:_SINGLES]]
    for kind, code in dice.mixed(singles):
        yield _single(gateway, view, kind, code, dice)


def _list(gateway: Gateway, view: str, kind: str, where: str, dice: Dice) -> Iterator[Page]:
    by, _, code = where.partition("/")
    dice = dice.form(kind, by)
    size, operation, after = dice.random.randint(_PAGE // 4, _PAGE), dice.operation(lists=True), None
    given, more = (f", {by}: $code", ", $code: String!") if by else ("", "")
    nodes = dice.fields("id", *FIELDS[kind])
    shown = f"edges {dice.fields('cursor', f'node {nodes}')}" if dice.random.random() < 1 / 2 else f"nodes {nodes}"
    parts = dice.fields(f"asOf {dice.fields('position')}", f"pageInfo {dice.fields('hasNextPage', 'endCursor')}", shown)
    asked = f"query {operation}($first: Int!, $after: String{more}) "
    asked += f"{{ {_LISTS[kind]}(first: $first, after: $after{given}) {parts} }}"
    while True:
        variables = {"first": size, "after": after, **({"code": code} if by else {})}
        try:
            data = gateway.post(asked, variables, operation)
        except Unknown:
            raise Missing("gateway.refused", f"{where} is unknown to the gateway") from None
        with readable("a page"):
            found = data[_LISTS[kind]]
            page = _page(view, kind, where, found)
        yield page
        if page.last:
            return
        after = found["pageInfo"]["endCursor"]


def _page(view: str, kind: str, where: str, found: Mapping[str, Any]) -> Page:
    nodes = found["nodes"] if "nodes" in found else [edge["node"] for edge in found["edges"]]
    last = found["pageInfo"]["hasNextPage"] is False
    if not last and not (nodes and isinstance(found["pageInfo"]["endCursor"], str)):
        raise ValueError("a page that goes on without an end")
    at = position(found["asOf"]["position"])
    return Page(view, kind, where, at, last, [_sheet(kind, one) for one in nodes])


def _single(gateway: Gateway, view: str, kind: str, code: str, dice: Dice) -> Page:
    """One object, by its code or by its node id, with the position at which it was shown."""
    dice = dice.form(kind)
    operation, fields = dice.operation(lists=True), dice.fields("id", *FIELDS[kind])
    asked, variables = f"{kind.lower()}(code: $code) {fields}", {"code": code}
    declared = "$code: String!"
    if dice.random.random() < 1 / 2:
        asked, variables = f"node(id: $id) {{ ... on {kind} {fields} }}", {"id": node_id(kind, code)}
        declared = "$id: ID!"
    state = f"state {{ asOf {dice.fields('position')} }}"
    whole = f"query {operation}({declared}) {{ {' '.join(dice.mixed([asked, state]))} }}"
    try:
        found = gateway.post(whole, variables, operation)
    except Unknown:
        raise Missing("gateway.refused", f"{kind.lower()}/{code} is unknown to the gateway") from None
    one = found.get("node", found.get(kind.lower()))
    with readable("a page"):
        sheets = [] if one is None else [_sheet(kind, one)]
        return Page(view, kind, f"code/{code}", position(found["state"]["asOf"]["position"]), True, sheets)


def _sheet(kind: str, node: Mapping[str, Any]) -> Sheet:
    """A sheet as shown, with codes for node ids. Raises ValueError where an id names something else."""
    nodes = NODES[kind]
    found = {**node, **{field: [_code(of, one) for one in node[field]] for field, of in nodes.items()}}
    if _code(kind, node["id"]) != node["code"]:
        raise ValueError(f"the id of {text(node['code'])} is that of another object")
    return sheet(kind, found)


def node_id(kind: str, code: str) -> str:
    """The opaque id of an object, as docs/audit.md has it."""
    return canonical.packed([1, kind, code])


def _code(kind: str, token: Any) -> str:
    match canonical.unpacked(text(token)):
        case [1, str(of), str(code)] if of == kind:
            return code
    raise ValueError(f"{token!r:.60} is no id of a {kind}")
