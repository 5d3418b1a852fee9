"""The document store: each distinct text is parsed, measured and validated once."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    StringValueNode,
    parse,
    specified_rules,
    validate,
    value_from_ast_untyped,
)

from services.gateway import limits
from services.gateway.faults import Fault

_ERRORS: Final = 20
_SHORT: Final = 1000
# Of text for each document that may be kept, on average: each character of a long one is an object and more, and all
# of them are looked through when garbage is collected.
_BYTES: Final = 512


class PlainTexts(ASTValidationRule):
    """A literal text holds no NUL: nothing behind this edge could store it."""

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        """Reports the literal."""
        if "\x00" in node.value:
            self.report_error(GraphQLError("A text may not hold the character U+0000.", node))


# Made once at import: a rule class made per request would be new to every cache of validations.
RULES: Final[tuple[type[ASTValidationRule], ...]] = (*specified_rules, PlainTexts)


class Invalid(Exception):
    """The document does not parse (`document.syntax`) or does not fit the schema (`document.invalid`)."""

    def __init__(self, code: str, errors: list[GraphQLError]) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document, ready to run."""

    document: DocumentNode
    node: OperationDefinitionNode
    name: str | None
    kind: str
    roots: tuple[str, ...]
    shape: limits.Shape
    defaults: Mapping[str, Any]

    def check(self, allowed: limits.Limits, variables: Mapping[str, Any]) -> None:
        """Raises Fault `document.too_…` when it asks more than is allowed."""
        limits.check(self.shape, len(self.roots), self.kind, allowed, {**self.defaults, **variables})


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document's operations by name."""

    operations: Mapping[str | None, Operation]

    def pick(self, name: str | None) -> Operation:
        """The operation to run; raises Fault `operation.unknown`."""
        if name is None or name == "":
            if len(self.operations) == 1:
                return next(iter(self.operations.values()))
            raise Fault("operation.unknown", ("operationName",))
        found = self.operations.get(name)
        if found is None:
            raise Fault("operation.unknown", ("operationName",))
        return found


class Documents:
    """A bounded store of valid documents by their text; the least used goes first. `validations` counts the work."""

    def __init__(self, schema: GraphQLSchema, most: int) -> None:
        self._schema = schema
        self._most = most
        self._bytes = 0
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._turn = asyncio.Lock()
        self.validations = 0

    def get(self, text: str) -> Document:
        """The document of a text; raises Invalid, or Fault `document.too_…`."""
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
            return found
        return self._keep(text, self._read(text))

    async def find(self, text: str) -> Document:
        """As `get`, but a long text that is new is read in a thread: some take a fifth of a second. One at a time."""
        if len(text) <= _SHORT or text in self._kept:
            return self.get(text)
        async with self._turn:
            if text in self._kept:
                return self.get(text)
            return self._keep(text, await asyncio.to_thread(self._read, text))

    def _keep(self, text: str, found: Document) -> Document:
        self._kept[text] = found
        self._bytes += len(text)
        while len(self._kept) > self._most or (self._bytes > self._most * _BYTES and len(self._kept) > 1):
            gone, _ = self._kept.popitem(last=False)
            self._bytes -= len(gone)
        return found

    def _read(self, text: str) -> Document:
        try:
            document = parse(text, max_tokens=limits.TOKENS, allow_empty_selection_sets=False)
        except GraphQLSyntaxError as error:
            if "token" in error.message and str(limits.TOKENS) in error.message:
                raise Fault("document.too_long") from None
            raise Invalid("document.syntax", [error]) from None
        except GraphQLError as error:
            raise Invalid("document.syntax", [error]) from None
        shapes = limits.measure(document)
        self.validations += 1
        errors = validate(self._schema, document, RULES, max_errors=_ERRORS, hide_suggestions=True)
        if errors:
            raise Invalid("document.invalid", errors)
        return Document(_operations(document, shapes))


def _operations(document: DocumentNode, shapes: Mapping[int, limits.Shape]) -> dict[str | None, Operation]:
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    found: dict[str | None, Operation] = {}
    for index, shape in shapes.items():
        node = document.definitions[index]
        assert isinstance(node, OperationDefinitionNode)
        name = node.name.value if node.name is not None else None
        roots = tuple(_roots(node.selection_set.selections, fragments))
        found[name] = Operation(document, node, name, node.operation.value, roots, shape, _defaults(node))
    return found


def _defaults(node: OperationDefinitionNode) -> dict[str, Any]:
    return {
        one.variable.name.value: value_from_ast_untyped(one.default_value)
        for one in node.variable_definitions or ()
        if one.default_value is not None
    }


def _roots(selections: Any, fragments: Mapping[str, FragmentDefinitionNode]) -> list[str]:
    names: list[str] = []
    for one in selections:
        if isinstance(one, FieldNode):
            names.append(one.name.value)
        elif isinstance(one, FragmentSpreadNode):
            names += _roots(fragments[one.name.value].selection_set.selections, fragments)
        elif isinstance(one, InlineFragmentNode):
            names += _roots(one.selection_set.selections, fragments)
    return names
