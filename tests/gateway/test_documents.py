"""Documents: read once, measured before they are validated, bounded whatever they contain."""

import asyncio
from datetime import date

import pytest
from graphql import get_introspection_query

from deploy.cli.figures import QUERY as COMMAND_LINE
from services.audit import asking
from services.audit.clients import Dice
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
        ("{ state { " + "...f " * 51 + "} } fragment f on ReadState { batch }", "document.too_many_fields"),
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
    ("{ figures { asOf { date } items { value } } }", {}, 1 + 1 + 5),
    ("{ figures { items { parts { value } beside { value } } } }", {}, 1 + 5 + 5 * 3 + 5 * 6),
    ("{ ideas(first: 50) { nodes { id } pageInfo { endCursor } } }", {}, 50 + 50 + 50),
    ("query($n: Int!) { ideas(first: $n) { nodes { id } } }", {"n": 7}, 7 + 7),
    ("query($n: Int!) { ideas(first: $n) { nodes { id } } }", {"n": "all"}, 100 + 100),
    ("query($n: Int!) { ideas(first: $n) { nodes { id } } }", {"n": 10**9}, 100 + 100),
    ('{ history(of: "idea/x", first: 10) { nodes { type } } }', {}, 20 + 20),
    ('{ nodes(ids: ["a", "b"]) { id } }', {}, 2),
    ("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["a"] * 7}, 7),
    ("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": ["a"] * 700}, 50),
    ("query($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": 7}, 50),
    ("query($i: [String!]!) { figures { indicators(ids: $i) { value } } }", {"i": ["a"] * 70}, 1 + 70),
    ("{ ...f ...f } fragment f on Query { state { batch } }", {}, 2),
]


BY_MONTH = """query($from: Date!, $to: Date! = "2019-12-31", $i: [String!]) {
  figuresByMonth(from: $from, to: $to, indicators: $i) { ...f } }
  fragment f on FiguresByMonth { series { ...g } } fragment g on Series { months { total } }"""
WRITTEN = """{ figuresByMonth(from: "2010-03-05", to: "2019-12-31", indicators: ["a", "b"]) {
  series { months { total } undated { change } } } }"""
COSTS += [
    # One for the root, eleven years of each indicator read, a series each, and their months.
    (BY_MONTH, {"from": "2010-01-01", "to": "2019-12-31", "i": ["a", "b"]}, 1 + 2 * 11 + 2 + 2 * 120),
    (BY_MONTH, {"from": "2010-01-01", "to": "2019-12-31", "i": None}, 1 + 5 * 11 + 5 + 5 * 120),
    (BY_MONTH, {"from": "2010-01-01", "to": "2019-12-31"}, 1 + 5 * 11 + 5 + 5 * 120),
    (BY_MONTH, {"from": "2010-01-01", "to": "2059-12-31", "i": ["a"] * 20}, 1 + 20 * 51 + 20 + 20 * 600),
    (BY_MONTH, {"from": "2019-01-01", "to": "9999-12-31", "i": ["a"] * 99}, 1 + 20 * 51 + 20 + 20 * 600),
    (BY_MONTH, {"from": "now", "to": 5, "i": 5}, 1 + 20 * 51 + 20 + 20 * 600),
    (BY_MONTH, {"from": "2019-12-31", "to": "2018-01-01", "i": ["a"]}, 1 + 2 + 1 + 1),
    (WRITTEN, {}, 1 + 2 * 11 + 2 + 2 * 118 + 2 * 11),
    ('{ figuresByMonth(from: "2010-01-01", to: "2019-12-31") { complete } }', {}, 1 + 5 * 11),
]


@pytest.mark.parametrize(("text", "variables", "cost"), COSTS)
def test_cost_follows_page_sizes(documents: Documents, text: str, variables: dict[str, object], cost: int) -> None:
    assert documents.get(text).pick(None).shape.priced(variables) == cost


def test_what_a_variable_is_by_default_is_priced(documents: Documents) -> None:
    operation = documents.get(BY_MONTH).pick(None)
    with pytest.raises(Fault, match=r"document\.too_costly"):
        operation.check(limits.Limits(aliases=0, roots=1, cost=660), {"from": "2010-01-01"})
    operation.check(limits.Limits(aliases=0, roots=1, cost=661), {"from": "2010-01-01"})


def test_years_of_months_of_many_indicators_are_for_those_with_a_token(documents: Documents) -> None:
    operation = documents.get(BY_MONTH).pick(None)
    twelve = {"from": "2014-12-01", "to": "2026-11-30"}
    for asked, allowed in (
        (twelve, limits.PUBLIC),
        ({**twelve, "i": ["a"] * 20}, limits.SIGNED),
        ({"from": "2000-01-01", "to": "2049-12-31"}, limits.SIGNED),
    ):
        operation.check(allowed, asked)
    for asked, allowed in (
        ({**twelve, "i": ["a"] * 20}, limits.PUBLIC),
        ({"from": "2000-01-01", "to": "2049-12-31"}, limits.PUBLIC),
        ({"from": "2000-01-01", "to": "2049-12-31", "i": ["a"] * 20}, limits.SIGNED),
    ):
        with pytest.raises(Fault, match=r"document\.too_costly"):
            operation.check(allowed, asked)


@pytest.mark.parametrize("seed", range(20))
def test_our_own_clients_need_no_token(documents: Documents, seed: int) -> None:
    day = date(2019, 12, 31)
    asked = [(scope, day) for scope in ("region", "member/a", "member/b", "territory/a", "territory/b")]
    audit, variables, *_ = asking.query(asked, Dice(seed))
    for text in (audit, COMMAND_LINE):
        documents.get(text).pick(None).check(limits.PUBLIC, variables)


def test_one_operation_introspects_as_much_as_tools_do(documents: Documents) -> None:
    field = "fields { name type { ofType { name } } args { type { name } } }"
    documents.get(f"{{ __schema {{ types {{ {field} }} }} }}").pick(None).check(limits.PUBLIC, {})
    several = " ".join(f"f{n}: {field}" for n in range(15))
    with pytest.raises(Fault, match=r"document\.too_costly"):
        documents.get(f"{{ __schema {{ types {{ {several} }} }} }}").pick(None).check(limits.SIGNED, {})


async def test_a_long_text_is_read_outside_the_loop_once(documents: Documents) -> None:
    turns, text = 0, "{ state { batch } } #" + "x" * 5_000

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(others())
    first, second = await asyncio.gather(documents.find(text), documents.find(text))
    counting.cancel()
    assert first is second
    assert documents.validations == 1
    assert turns > 3


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
