"""What a document may ask at most; measured once when it is first seen, before it is validated."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_introspection_query,
    parse,
)

from services.gateway import sizes
from services.gateway.faults import Fault

TOKENS: Final = 2000
DEPTH: Final = 15
FIELDS: Final = 400
# Validation compares each fragment of a selection with each other.
SPREADS: Final = 50
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
    """An operation's size: `cost` is how many objects it may answer, `types` how many of the schema's own."""

    depth: int
    fields: int
    aliases: int
    cost: sizes.Amount
    types: int = 0

    def priced(self, variables: Mapping[str, Any]) -> int:
        """The price with these variables: one for each object that the answer may have."""
        return sizes.priced(self.cost, variables)


@dataclass(slots=True)
class _Walk:
    fragments: Mapping[str, FragmentDefinitionNode]
    known: dict[str, Shape] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)

    def shape(self, selections: SelectionSetNode, level: int) -> Shape:
        """The shape of a selection; fragments are measured once, so nested spreads cost no time here."""
        if level > DEPTH:
            raise Fault("document.too_deep")
        depth, fields, aliases, types = level, 0, 0, 0
        cost: Counter[sizes.Product] = Counter()
        if sum(isinstance(one, FragmentSpreadNode) for one in selections.selections) > SPREADS:
            raise Fault("document.too_many_fields")
        for selection in selections.selections:
            found = self._one(selection, level)
            depth = max(depth, found.depth)
            fields += found.fields
            aliases += found.aliases
            types += found.types
            cost.update(found.cost)
        if len(cost) > _TERMS:
            raise Fault("document.too_costly")
        return Shape(depth, fields, aliases, cost, types)

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
        return Shape(level + inner.depth, inner.fields, inner.aliases, inner.cost, inner.types)

    def _field(self, node: FieldNode, level: int) -> Shape:
        alias = int(node.alias is not None)
        if node.selection_set is None:
            return Shape(level, 1, alias, {})
        inner = self.shape(node.selection_set, level + 1)
        if node.name.value in ("__schema", "__type"):
            types = sizes.priced(inner.cost, {})
            return Shape(inner.depth, inner.fields + 1, inner.aliases + alias, {(): 1}, types)
        cost = sizes.field(node, inner.cost)
        return Shape(inner.depth, inner.fields + 1, inner.aliases + alias, cost, inner.types)


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


@cache
def introspection() -> int:
    """How many of the schema's own objects one operation may ask for: as many as tools do."""
    query = get_introspection_query(specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True)
    return next(iter(measure(parse(query)).values())).types


def check(shape: Shape, roots: int, kind: str, limits: Limits, variables: Mapping[str, Any]) -> None:
    """Raises Fault `document.too_…` when a caller with these limits may not run the operation."""
    if roots > min(limits.roots, _ROOTS[kind]):
        raise Fault("document.too_many_roots")
    if shape.aliases > limits.aliases:
        raise Fault("document.too_many_aliases")
    if shape.priced(variables) > limits.cost or shape.types > introspection():
        raise Fault("document.too_costly")
