"""Corrections: an input with one field for each command, whose nulls are said and whose absences are not."""

from collections.abc import Mapping
from typing import Any

import pytest
import strawberry
from graphql import GraphQLSchema, execute_sync, parse, validate
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.tools import create_type

from services.gateway.commands import Contract
from services.gateway.documents import RULES
from services.gateway.inputs import Inputs, UnknownShape
from services.gateway.positions import node_id
from services.gateway.scalars import SCALARS
from services.gateway.schema import mark_one_of
from services.gateway.wire import body

QTY = {"type": "object", "properties": {"value": {"type": "integer"}}, "required": ["value"]}
TEXT = {"anyOf": [{"type": "string"}, {"type": "null"}]}
FORMAT = {"enum": ["creative", "meeting"]}
TERRITORIES = {"type": "array", "items": {"type": "string"}}
OCCURRED = {"$ref": "#/$defs/Occurred"}
HOLD = {"title": {"type": "string"}, "format": FORMAT, "headcount": {"$ref": "#/$defs/Qty"}, "place": TEXT}
CHANGES = {
    "ProposeIdea": {
        "type": "object",
        "properties": {"title": {"type": "string"}, "description": TEXT, "territory_ids": TERRITORIES},
    },
    "HoldWorkshop": {"type": "object", "properties": {**HOLD, "occurred_on": OCCURRED}},
}


def contract(name: str, properties: Mapping[str, Any], *required: str) -> Contract:
    schema = {"$defs": {"Qty": QTY}, "properties": properties, "required": list(required)}
    return Contract(name, "target", frozenset({"AD"}), {"en": name, "fr": name}, schema)


CORRECT = contract("CorrectRecord", {"changes": {"type": "object", "x-one-of": True, "properties": CHANGES}}, "changes")


@strawberry.type
class Query:
    heard: int = 0


@pytest.fixture(scope="module")
def heard() -> list[Any]:
    """The bodies that the schema below would have sent."""
    return []


@pytest.fixture(scope="module")
def made(heard: list[Any]) -> strawberry.Schema:
    """A schema of two commands from made-up contracts."""
    inputs = Inputs()

    def field(one: Contract) -> Any:
        def resolve(input: Any) -> str:
            heard.append(body(input))
            return one.name

        resolve.__annotations__ = {"input": inputs.command(one), "return": str}
        resolve.__name__ = one.name
        return strawberry.mutation(resolver=resolve, name=one.name)

    fields = [field(contract("HoldWorkshop", HOLD, "title", "format")), field(CORRECT)]
    found = strawberry.Schema(
        query=Query, mutation=create_type("Mutation", fields), config=StrawberryConfig(scalar_map=SCALARS)
    )
    mark_one_of(found._schema)
    return found


def sent(schema: GraphQLSchema, heard: list[Any], changes: Any) -> Any:
    """The changes as a service hears them, or the message of the error."""
    document = parse("mutation($c: CorrectionChangesInput!) { CorrectRecord(input: {commandId: 1, changes: $c}) }")
    assert validate(schema, document, RULES) == []
    found = execute_sync(
        schema, document, variable_values={"c": changes}, executor_class=StrawberryGraphQLCoreExecutionContext
    )
    return found.errors[0].message if found.errors else heard.pop()["input"]["changes"]


def test_the_input_has_one_field_for_each_command_and_takes_one(made: strawberry.Schema) -> None:
    assert (
        "input CorrectionChangesInput @oneOf {\n"
        "  proposeIdea: ProposeIdeaChangesInput\n  holdWorkshop: HoldWorkshopChangesInput\n}" in made.as_str()
    )
    introspected = made.execute_sync('{ __type(name: "CorrectionChangesInput") { isOneOf } }')
    assert introspected.data == {"__type": {"isOneOf": True}}


def test_what_may_change_has_the_commands_own_types_and_nothing_compulsory(made: strawberry.Schema) -> None:
    types = made._schema.type_map
    own, changed = types["HoldWorkshopInput"].fields, types["HoldWorkshopChangesInput"].fields  # type: ignore[attr-defined]
    assert {name: str(field.type) for name, field in changed.items()} == {
        "title": "String",
        "format": "HoldWorkshopFormat",
        "headcount": "QtyInput",
        "place": "String",
        "occurredOn": "OccurredOnInput",
    }
    assert str(own["format"].type) == "HoldWorkshopFormat!"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"proposeIdea": {}}, {"ProposeIdea": {}}),
        ({"proposeIdea": {"description": None}}, {"ProposeIdea": {"description": None}}),
        ({"proposeIdea": {"title": "x", "description": "y"}}, {"ProposeIdea": {"title": "x", "description": "y"}}),
        ({"proposeIdea": {"territoryIds": None}}, {"ProposeIdea": {"territory_ids": None}}),
        (
            {"proposeIdea": {"territoryIds": ["a", node_id("Territory", "b")]}},
            {"ProposeIdea": {"territory_ids": ["a", "b"]}},
        ),
        (
            {"holdWorkshop": {"format": "MEETING", "headcount": {"value": 4}, "place": None}},
            {"HoldWorkshop": {"format": "meeting", "headcount": {"value": 4}, "place": None}},
        ),
        (
            {"holdWorkshop": {"headcount": None, "occurredOn": {"date": "2019-02-01", "precision": "MONTH"}}},
            {"HoldWorkshop": {"headcount": None, "occurred_on": {"date": "2019-02-01", "precision": "month"}}},
        ),
        ({"holdWorkshop": {"occurredOn": None}}, {"HoldWorkshop": {"occurred_on": None}}),
    ],
)
def test_null_takes_a_value_away_and_what_is_absent_is_not_sent(
    made: strawberry.Schema, heard: list[Any], changes: Any, told: Any
) -> None:
    assert sent(made._schema, heard, changes) == told


@pytest.mark.parametrize("changes", [{}, {"proposeIdea": {}, "holdWorkshop": {}}, {"proposeIdea": None}])
def test_changes_of_no_command_or_of_two_are_refused(made: strawberry.Schema, heard: list[Any], changes: Any) -> None:
    assert "exactly one" in sent(made._schema, heard, changes)
    literal = str(changes).replace("'", "").replace("None", "null")
    document = parse(f"mutation {{ CorrectRecord(input: {{commandId: 1, changes: {literal}}}) }}")
    assert "exactly one" in validate(made._schema, document, RULES)[0].message


def test_a_command_that_names_a_list_otherwise_than_its_correction_is_not_guessed() -> None:
    inputs = Inputs()
    inputs.command(CORRECT)
    with pytest.raises(UnknownShape, match="HoldWorkshopFormat"):
        inputs.command(contract("HoldWorkshop", {**HOLD, "format": {"enum": ["creative"]}}))
