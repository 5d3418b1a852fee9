"""The digest of the rules covers all that counts."""

import ast
from pathlib import Path

import pytest

from services.indicators import catalogue, rules_digest
from services.indicators.rules_digest import CODE, digest
from shared import contracts

ROOT = Path(__file__).parents[3]
# What counting is made of; a record's own form is not a rule of counting.
BEGIN = ("services/indicators/door.py", "services/indicators/drawn.py")
OF_RECORDS = {"shared/kernel/record.py", "shared/kernel/canonical.py", "shared/kernel/refusals.py"}


def _imported(path: Path) -> set[Path]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    own = [name.replace(".", "/") for name in names if name.startswith(("services.", "shared."))]
    files = {ROOT / f"{name}{end}" for name in own for end in (".py", "/__init__.py")}
    return {file for file in files if file.is_file() and file.stat().st_size > 200}


def test_every_module_that_counts_is_covered():
    reached, waiting = set(), {ROOT / name for name in BEGIN}
    while waiting:
        path = waiting.pop()
        reached.add(path)
        waiting |= _imported(path) - reached
    assert {path.relative_to(ROOT).as_posix() for path in reached - set(CODE)} == OF_RECORDS


@pytest.fixture
def fresh():
    digest.cache_clear()
    yield
    digest.cache_clear()


def test_a_rule_more_is_another_digest(fresh, monkeypatch, tmp_path):
    before = digest()
    other = tmp_path / "tally.py"
    other.write_text(next(path for path in CODE if path.stem == "tally").read_text() + "\n")
    monkeypatch.setattr(rules_digest, "CODE", [other if path.stem == "tally" else path for path in CODE])
    digest.cache_clear()
    assert digest() != before


@pytest.mark.parametrize(("field", "counts"), [("amendable", True), ("hangs_on", True), ("says", False)])
def test_what_contracts_say_to_people_is_no_rule(fresh, monkeypatch, field, counts):
    before = digest()
    events = {kind: {**about, field: "other"} for kind, about in contracts.events().items()}
    monkeypatch.setattr(contracts, "events", lambda: events)
    digest.cache_clear()
    assert (digest() != before) is counts


def test_an_indicators_name_is_no_rule_and_its_scale_is(fresh, monkeypatch):
    before, found = digest(), catalogue.indicators()
    for field, counts in (("fr", False), ("scale", True)):
        changed = {name: {**about, field: 9} for name, about in found.items()}
        monkeypatch.setattr(catalogue, "indicators", lambda changed=changed: changed)
        digest.cache_clear()
        assert (digest() != before) is counts
