"""The schema as committed, and who may use which of its roots."""

from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLNonNull, Undefined

from services.gateway import policy, schema
from services.gateway.commands import contracts
from services.gateway.documents import Documents
from services.gateway.faults import CODES, Fault
from services.gateway.inputs import camel
from shared.runtime.tokens import ROLES, Claims

COMMITTED = Path(schema.__file__).parent / "schema.graphql"


def test_the_committed_schema_is_the_one_served() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == schema.printed(), "python -m services.gateway print-schema"


def test_every_root_has_a_policy_and_every_policy_a_root() -> None:
    made = schema.engine_schema()
    assert made.query_type is not None
    assert made.subscription_type is not None
    meta = {"__schema", "__type", "__typename"}
    assert set(made.query_type.fields) == set(policy.READS) - meta
    assert set(made.subscription_type.fields) == set(policy.LIVE) - meta


def test_every_command_has_a_mutation_and_a_result_union() -> None:
    made = schema.engine_schema()
    assert made.mutation_type is not None
    assert set(made.mutation_type.fields) == {camel(name) for name in contracts()}
    for name in contracts():
        input_type, union = made.type_map[f"{name}Input"], made.type_map[f"{name}Result"]
        assert str(input_type.fields["commandId"].type) == "ID!"  # type: ignore[attr-defined]
        assert [str(member) for member in union.types] == [  # type: ignore[attr-defined]
            f"{name}Accepted",
            "ValidationProblem",
            "RefusedProblem",
            "ConflictProblem",
            "ForbiddenProblem",
            "IdempotencyConflictProblem",
            "UnavailableProblem",
        ]


def test_every_input_field_of_a_contract_is_in_its_mutation() -> None:
    made = schema.engine_schema()
    for name, contract in contracts().items():
        fields = made.type_map[f"{name}Input"].fields  # type: ignore[attr-defined]
        for field in contract.schema["properties"]:
            shown = str(fields[camel(field)].type)
            assert shown.endswith("!") == (field in contract.schema.get("required", ())), (name, field)


def test_a_correction_has_the_fields_and_the_types_of_the_commands_it_names() -> None:
    types = schema.engine_schema().type_map
    changes: Any = types["CorrectionChangesInput"]
    assert changes.is_one_of
    assert set(changes.fields) == {
        camel(name) for name in contracts()["CorrectRecord"].schema["properties"]["changes"]["properties"]
    }
    for name, one in changes.fields.items():
        command: Any = types[f"{name[0].upper()}{name[1:]}Input"]
        for field, about in one.type.fields.items():
            assert not isinstance(about.type, GraphQLNonNull)
            assert about.default_value is Undefined
            assert str(about.type) == str(command.fields[field].type).removesuffix("!"), (name, field)


SELECTIONS = {
    "state": "state { batch }",
    "figures": "figures { complete }",
    "figuresByMonth": 'figuresByMonth(from: "2019-01-01", to: "2019-02-01") { complete }',
    "members": "members(first: 1) { nodes { id } }",
    "territories": "territories(first: 1) { nodes { id } }",
    "ideas": "ideas(first: 1) { nodes { id } }",
    "projects": "projects(first: 1) { nodes { id } }",
    "member": 'member(code: "a") { id }',
    "territory": 'territory(code: "a") { id }',
    "idea": 'idea(code: "a") { id }',
    "project": 'project(code: "a") { id }',
    "node": 'node(id: "a") { id }',
    "nodes": 'nodes(ids: ["a"]) { id }',
    "history": 'history(of: "idea/a", first: 1) { nodes { type } }',
    "__schema": "__schema { queryType { name } }",
    "__type": '__type(name: "Idea") { name }',
    "__typename": "__typename",
}


def claims(role: str) -> Claims | None:
    return None if role == policy.PUBLIC else Claims("p", "m1", (role,), 2**40)


@pytest.mark.parametrize("role", [policy.PUBLIC, *ROLES])
@pytest.mark.parametrize("root", sorted(policy.READS))
def test_everyone_may_read(root: str, role: str) -> None:
    found = Documents(schema.engine_schema(), 1).get("{ " + SELECTIONS[root] + " }").pick(None)
    policy.check(found, claims(role))


@pytest.mark.parametrize("role", [policy.PUBLIC, *ROLES])
def test_everyone_may_listen(role: str) -> None:
    found = Documents(schema.engine_schema(), 1).get("subscription { figures { complete } }").pick(None)
    policy.check(found, claims(role))


def test_nobody_may_use_a_root_without_a_policy() -> None:
    for role in (policy.PUBLIC, *ROLES):
        assert not policy.allowed(policy.READS, "secrets", claims(role))


def test_no_mutation_runs_without_a_token() -> None:
    for name in contracts():
        text = f"mutation($i: {name}Input!) {{ {camel(name)}(input: $i) {{ __typename }} }}"
        found = Documents(schema.engine_schema(), 1).get(text).pick(None)
        with pytest.raises(Fault, match=r"token\.missing"):
            policy.check(found, None)
        for role in ROLES:
            policy.check(found, claims(role))


def test_every_command_says_its_roles() -> None:
    for contract in contracts().values():
        assert contract.roles
        assert contract.roles <= {*ROLES, "SV"}


def test_every_code_has_words_in_both_languages() -> None:
    for code, known in CODES.items():
        assert known.en.endswith(".")
        assert known.fr.endswith(".")
        assert known.en != known.fr, code
