"""The audit stands alone: it imports the standard library, Ed25519, a Kafka client, and itself."""

import ast
import sys
from pathlib import Path

import pytest

import services.audit

ALLOWED = {"nacl", "aiokafka", *sys.stdlib_module_names}


def foreign(source: str) -> list[str]:
    """The modules that a text imports and the audit may not."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [
                f"{node.module}.{one.name}" if node.module == "services" else str(node.module) for one in node.names
            ]
    return [
        name
        for name in names
        if name.split(".")[0] not in ALLOWED and name != "services.audit" and not name.startswith("services.audit.")
    ]


def test_the_audit_imports_nothing_that_it_checks() -> None:
    folder = Path(services.audit.__path__[0])
    files = sorted(folder.glob("**/*.py"))
    assert len(files) > 20
    assert {file.name: foreign(file.read_text(encoding="utf-8")) for file in files} == {file.name: [] for file in files}


@pytest.mark.parametrize(
    "line",
    [
        "from services.indicators import fold",
        "from services import indicators",
        "import shared.kernel.record",
        "def f():\n    from shared.kernel import canonical",
        "import orjson",
        "from deploy import provision",
    ],
)
def test_a_planted_import_is_seen(line: str) -> None:
    assert foreign(line)
