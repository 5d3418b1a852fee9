"""What a document may ask at most; measured once when it is first seen, before it is validated."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from services.gateway.faults import Fault

TOKENS: Final = 2000
DEPTH: Final = 15
FIELDS: Final = 400
PAGE: Final = 100
IDS: Final = 50
_TERMS: Final = 128
_ROOTS: Final = {"query": 10, "mutation": 10, "subscription": 1}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one kind of caller may ask."""

    aliases: int
    roots: int
    cost: int


PUBLIC: Final = Limits(aliases=15, roots=5, cost=2_000)
SIGNED: Final = Limits(aliases=30, roots=10, cost=10_000)


@dataclass(frozen=True, slots=True)
class Shape:
    """An operation's size. `cost` is a sum of products: (names of page variables) to a factor."""

    depth: int
    fields: int
    aliases: int
    cost: Mapping[tuple[str, ...], int]

    def priced(self, variables: Mapping[str, Any]) -> int:
        """The cost with these page sizes; a size that is not a whole number counts as a full page."""
        total = 0
        for names, factor in self.cost.items():
            for name in names:
                size = variables.get(name)
                factor *= min(max(size, 1), PAGE) if type(size) is int else PAGE
            total += factor
        return total


@dataclass(slots=True)
class _Walk:
    fragments: Mapping[str, FragmentDefinitionNode]
    known: dict[str, Shape] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def shape(self, selections: SelectionSetNode, level: int) -> Shape:
        """The shape of a selection; fragments are measured once, so nested spreads cost no time here."""
        if level > DEPTH:
            raise Fault("document.too_deep")
        depth, fields, aliases = level, 0, 0
        cost: Counter[tuple[str, ...]] = Counter()
        for selection in selections.selections:
            found = self._one(selection, level)
            depth = max(depth, found.depth)
            fields += found.fields
            aliases += found.aliases
            cost.update(found.cost)
        if len(cost) > _TERMS:
            raise Fault("document.too_costly")
        return Shape(depth, fields, aliases, cost)

    def _one(self, selection: Any, level: int) -> Shape:
        if isinstance(selection, FieldNode):
            return self._field(selection, level)
        if isinstance(selection, FragmentSpreadNode):
            return self.spread(selection.name.value, level)
        return self.shape(selection.selection_set, level)

    def spread(self, name: str, level: int) -> Shape:
        definition = self.fragments.get(name)
        if definition is None or name in self.open:
            raise Fault("document.invalid")  # validation would say the same, after more work
        if name not in self.known:
            self.open.add(name)
            self.known[name] = self.shape(definition.selection_set, 0)
            self.open.discard(name)
        inner = self.known[name]
        if level + inner.depth > DEPTH:
            raise Fault("document.too_deep")
        return Shape(level + inner.depth, inner.fields, inner.aliases, inner.cost)

    def _field(self, node: FieldNode, level: int) -> Shape:
        alias = int(node.alias is not None)
        if node.selection_set is None:
            return Shape(level, 1, alias, {})
        inner = self.shape(node.selection_set, level + 1)
        names, factor = _size(node)
        weight = factor * (2 if node.name.value == "history" else 1)
        cost = Counter({names: weight})
        for below, times in inner.cost.items():
            cost[tuple(sorted((*names, *below)))] += times * weight
        return Shape(inner.depth, inner.fields + 1, inner.aliases + alias, cost)


def _size(node: FieldNode) -> tuple[tuple[str, ...], int]:
    """How many objects a field answers: the variable that tells it, or the number itself."""
    for argument in node.arguments or ():
        if argument.name.value == "first":
            match argument.value:
                case VariableNode():
                    return (argument.value.name.value,), 1
                case IntValueNode():
                    text = argument.value.value
                    return (), min(max(int(text), 1), PAGE) if len(text) < 4 else PAGE
        if argument.name.value == "ids":
            return (), len(argument.value.values) if isinstance(argument.value, ListValueNode) else IDS
    return (), 1


def measure(document: DocumentNode) -> dict[int, Shape]:
    """The shape of each operation by its place in the document; raises Fault `document.…` beyond the hard limits."""
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    walk = _Walk(fragments)
    found: dict[int, Shape] = {}
    for name in fragments:
        if walk.spread(name, 0).fields > FIELDS:
            raise Fault("document.too_many_fields")
    for index, one in enumerate(document.definitions):
        if isinstance(one, OperationDefinitionNode):
            found[index] = walk.shape(one.selection_set, 0)
            if found[index].fields > FIELDS:
                raise Fault("document.too_many_fields")
    return found


def check(shape: Shape, roots: int, kind: str, limits: Limits, variables: Mapping[str, Any]) -> None:
    """Raises Fault `document.too_…` when a caller with these limits may not run the operation."""
    if roots > min(limits.roots, _ROOTS[kind]):
        raise Fault("document.too_many_roots")
    if shape.aliases > limits.aliases:
        raise Fault("document.too_many_aliases")
    if shape.priced(variables) > limits.cost:
        raise Fault("document.too_costly")
