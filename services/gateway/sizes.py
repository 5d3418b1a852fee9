"""How many objects a field of a document may answer, told from its name and arguments before anything runs.

An amount is a sum of products: tuples of sizes that only the variables tell, each with a whole factor.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from graphql import FieldNode, IntValueNode, ListValueNode, StringValueNode, ValueNode, VariableNode

from services.gateway.figures import HEADLINES

# The most that each argument may ask for: its resolver refuses more, so a price never counts more.
PAGE: Final = 100
NODES: Final = 50
INDICATORS: Final = 100
SERIES: Final = 20
MONTHS: Final = 600
_LISTS: Final = {"nodes": NODES, "indicators": INDICATORS}
_SOME: Final = 8
# Lists without arguments, by the longest that they are or by how long they are in practice; the last ones are the
# engine's own, of types and their fields.
_FIXED: Final = {
    "items": len(HEADLINES),
    "parts": max(len(one.parts) for one in HEADLINES),
    "beside": max(len(one.beside) for one in HEADLINES),
    "setAside": _SOME,
    "stopped": _SOME,
    "amendedBy": 2,
    "types": 300,
    "fields": 6,
    "inputFields": 6,
    "enumValues": 2,
    "possibleTypes": 2,
    "directives": 6,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page size that a variable tells; anything but a whole number counts as a full page."""

    name: str

    def of(self, variables: Mapping[str, Any]) -> int:
        """The size with these variables."""
        size = variables.get(self.name)
        return min(max(size, 1), PAGE) if type(size) is int else PAGE


@dataclass(frozen=True, slots=True)
class Length:
    """The length of a list that a variable tells: `absent` if it is null, `most` if it is no list."""

    name: str
    most: int
    absent: int

    def of(self, variables: Mapping[str, Any]) -> int:
        """The size with these variables."""
        found = variables.get(self.name)
        if found is None:
            return self.absent
        return min(max(len(found), 1), self.most) if isinstance(found, list) else self.most


@dataclass(frozen=True, slots=True)
class Months:
    """Months (`per` 1) or years (`per` 12) from a day to another: as written, or `$` and the variable that tells it.

    Days that cannot be read count as the longest span.
    """

    first: str = ""
    last: str = ""
    per: int = 1

    def of(self, variables: Mapping[str, Any]) -> int:
        """The size with these variables."""
        first, last = (_day(said, variables) for said in (self.first, self.last))
        count = MONTHS if first is None or last is None else months(first, last)
        return -(-min(max(count, 1), MONTHS) // self.per) + (self.per > 1)


Size = Page | Length | Months
# What `series`, `months` and `undated` hold is told by the arguments of a field above them, maybe in another fragment.
Above = str
Product = tuple[Size | Above, ...]
Amount = Mapping[Product, int]
_ABOVE: Final[Mapping[Above, Size]] = {
    "series": Length("", SERIES, SERIES),
    "months": Months(),
    "undated": Months(per=12),
}


def months(first: date, last: date) -> int:
    """How many months there are from that of `first` to that of `last`."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _day(said: str, variables: Mapping[str, Any]) -> date | None:
    text = variables.get(said[1:]) if said.startswith("$") else said
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _said(node: ValueNode | None) -> str:
    if isinstance(node, VariableNode):
        return f"${node.name.value}"
    return node.value if isinstance(node, StringValueNode) else ""


def priced(amount: Amount, variables: Mapping[str, Any]) -> int:
    """An amount with these variables."""
    total = 0
    for product, factor in amount.items():
        for size in product:
            factor *= (_ABOVE[size] if isinstance(size, str) else size).of(variables)
        total += factor
    return total


def _times(amount: Amount, product: Product, factor: int) -> Counter[Product]:
    found: Counter[Product] = Counter()
    for below, count in amount.items():
        found[_sorted((*product, *below))] += count * factor
    return found


def field(node: FieldNode, inner: Amount) -> Counter[Product]:
    """The objects of a field that answers objects, and of all below it."""
    name = node.name.value
    if name == "figuresByMonth":
        return _by_month(node, inner)
    product, factor = _own(node)
    if name == "history":
        factor *= 2
    return Counter({product: factor}) + _times(inner, product, factor)


def _own(node: FieldNode) -> tuple[Product, int]:
    name = node.name.value
    if name in _ABOVE:
        return (name,), 1
    for argument in node.arguments or ():
        match argument.name.value, argument.value:
            case "first", VariableNode():
                return (Page(argument.value.name.value),), 1
            case "first", IntValueNode(value=text):
                return (), min(max(int(text), 1), PAGE) if len(text) < 4 else PAGE
            case "ids", ListValueNode(values=values):
                return (), max(len(values), 1)
            case "ids", VariableNode():
                most = _LISTS.get(name, PAGE)
                return (Length(argument.value.name.value, most, most),), 1
    return (), _FIXED.get(name, 1)


def _by_month(node: FieldNode, inner: Amount) -> Counter[Product]:
    """A series for each indicator, a month for each of its months. Reading them costs a twelfth, shown or not."""
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    first, last, listed = _said(given.get("from")), _said(given.get("to")), given.get("indicators")
    several: tuple[Product, int] = ((), len(HEADLINES))
    if isinstance(listed, VariableNode):
        several = ((Length(listed.name.value, SERIES, len(HEADLINES)),), 1)
    elif isinstance(listed, ListValueNode):
        several = ((), min(max(len(listed.values), 1), SERIES))
    told: dict[Above, tuple[Product, int]] = {
        "series": several,
        "months": ((Months(first, last),), 1),
        "undated": ((Months(first, last, 12),), 1),
    }
    found: Counter[Product] = Counter({(): 1})
    for product, factor in (*inner.items(), (("series", "undated"), 1)):
        sizes: list[Size | Above] = []
        for size in product:
            known, more = told[size] if isinstance(size, str) else ((size,), 1)
            sizes += known
            factor *= more
        found[_sorted(sizes)] += factor
    return found


def _sorted(sizes: Iterable[Size | Above]) -> Product:
    return tuple(sorted(sizes, key=repr))
