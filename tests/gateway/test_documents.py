"""Documents: read once, measured before they are validated, bounded whatever they contain."""

import pytest
from graphql import get_introspection_query

from services.gateway import limits, schema
from services.gateway.documents import RULES, Documents, Invalid
from services.gateway.faults import Fault

FRAGMENT_BOMB = " ".join(f"fragment f{n} on Figures {{ ...f{n + 1} ...f{n + 1} }}" for n in range(30))
FRAGMENT_BOMB += " fragment f30 on Figures { complete }"


@pytest.fixture
def documents() -> Documents:
    """A small store."""
    return Documents(schema.engine_schema(), 3)


def test_the_same_text_is_validated_once(documents: Documents) -> None:
    first = documents.get("{ state { batch } }")
    assert documents.get("{ state { batch } }") is first
    assert documents.validations == 1


def test_the_least_used_document_goes_first(documents: Documents) -> None:
    texts = [f"{{ state {{ batch parked{n}: parked }} }}" for n in range(4)]
    for text in (*texts[:3], texts[0], texts[3]):
        documents.get(text)
    assert documents.validations == 4
    documents.get(texts[0])
    assert documents.validations == 4
    documents.get(texts[1])
    assert documents.validations == 5


def test_rules_are_made_once() -> None:
    from services.gateway import documents as module

    assert module.RULES is RULES
    assert len(set(RULES)) == len(RULES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{ state { " + "batch " * 3000 + "} }", "document.too_long"),
        ("{ figures { " + "complete " * 500 + "} }", "document.too_many_fields"),
        ("{ figures { ...f0 } } " + FRAGMENT_BOMB, "document.too_many_fields"),
        ('{ __type(name: "Idea") ' + "{ ofType " * 20 + "{ name }" + "}" * 20 + "}", "document.too_deep"),
        ("{ ...f } fragment f on Query { ...f }", "document.invalid"),
        ("{ ...nowhere }", "document.invalid"),
        ("{ state { batch } } fragment f on Query { ...g } fragment g on Query { ...f }", "document.invalid"),
    ],
)
def test_size_is_refused_before_validation(documents: Documents, text: str, code: str) -> None:
    with pytest.raises(Fault) as refused:
        documents.get(text)
    assert refused.value.code == code
    assert documents.validations == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "document.syntax"),
        ("", "document.syntax"),
        ("{ }", "document.syntax"),
        ("{ nothing }", "document.invalid"),
        ('{ figures(territory: "a\\u0000") { complete } }', "document.invalid"),
        ('{ figures(territory: "\\ud800") { complete } }', "document.syntax"),
        ("{ figures(nothing: 1) { complete } }", "document.invalid"),
        ("{ territories { nodes { id } } }", "document.invalid"),
        ('{ ideas(first: "1") { nodes { id } } }', "document.invalid"),
        ("subscription { a: figures { complete } b: figures { complete } }", "document.invalid"),
        ("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }", "document.invalid"),
        ("[" * 600, "document.syntax"),
        ("{ figures(territory: " + "[" * 600 + "]" * 600 + ") { complete } }", "document.syntax"),
    ],
)
def test_what_does_not_fit_is_said(documents: Documents, text: str, code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        documents.get(text)
    assert invalid.value.code == code
    with pytest.raises(Invalid):
        documents.get(text)


def test_tools_may_introspect(documents: Documents) -> None:
    documents.get(get_introspection_query()).pick(None).check(limits.PUBLIC, {})


def test_an_operation_is_picked_by_name(documents: Documents) -> None:
    found = documents.get("query a { state { batch } } query b { state { parked } }")
    assert found.pick("b").name == "b"
    for name in (None, "", "c"):
        with pytest.raises(Fault, match=r"operation\.unknown"):
            found.pick(name)


COSTS = [
    ("{ state { batch } }", {}, 1),
    ("{ figures { asOf { date } items { value } } }", {}, 3),
    ("{ ideas(first: 50) { nodes { id } pageInfo { endCursor } } }", {}, 50 + 50 + 50),
    ("query($n: Int!) { ideas(first: $n) { nodes { id } } }", {"n": 7}, 7 + 7),
    ("query($n: Int!) { ideas(first: $n) { nodes { id } } }", {"n": "all"}, 100 + 100),
    ("query($n: Int!) { ideas(first: $n) { nodes { id } } }", {"n": 10**9}, 100 + 100),
    ('{ history(of: "idea/x", first: 10) { nodes { type } } }', {}, 20 + 20),
    ('{ nodes(ids: ["a", "b"]) { id } }', {}, 2),
    ("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": []}, 50),
    ("{ ...f ...f } fragment f on Query { state { batch } }", {}, 2),
]


@pytest.mark.parametrize(("text", "variables", "cost"), COSTS)
def test_cost_follows_page_sizes(documents: Documents, text: str, variables: dict[str, object], cost: int) -> None:
    assert documents.get(text).pick(None).shape.priced(variables) == cost


def test_a_caller_has_limits(documents: Documents) -> None:
    page = "n{}: ideas(first: 100) {{ nodes {{ id }} edges {{ cursor }} }}"
    costly = documents.get("{" + " ".join(page.format(n) for n in range(8)) + "}").pick(None)
    roots = documents.get("{" + " ".join(f"a{n}: state {{ batch }}" for n in range(6)) + "}").pick(None)
    aliases = documents.get("{ state { " + " ".join(f"a{n}: batch" for n in range(16)) + "} }").pick(None)
    for operation, code in ((costly, "roots"), (roots, "roots"), (aliases, "aliases")):
        with pytest.raises(Fault, match=f"document.too_many_{code}"):
            operation.check(limits.PUBLIC, {})
        operation.check(limits.SIGNED, {})
    with pytest.raises(Fault, match=r"document\.too_costly"):
        limits.check(costly.shape, 1, "query", limits.PUBLIC, {})
