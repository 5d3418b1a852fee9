"""The audit stands alone: it imports the standard library, Ed25519, a Kafka client, the contracts, and itself."""

import ast
import sys
from pathlib import Path

import pytest

import services.audit

ALLOWED = {"nacl", "aiokafka", *sys.stdlib_module_names}
# The data of the contracts: which events there are, what their payloads and records hold, and where the files lie.
DATA = {"events", "event_schema", "record_schema", "FOLDER"}


def foreign(source: str) -> list[str]:
    """The modules that a text imports and the audit may not: of the contracts it may read the data, and no code."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = str(node.module)
            whole = module == "services" or module.split(".")[0] == "shared"
            names += [f"{module}.{one.name}" for one in node.names] if whole else [module]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "contracts":
            names += [] if node.attr in DATA else [f"shared.contracts.{node.attr}"]
    return [
        name
        for name in names
        if name.split(".")[0] not in ALLOWED
        and name not in ("services.audit", "shared.contracts")
        and not name.startswith("services.audit.")
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
        "from shared.contracts import routing",
        "from shared.contracts.authority import fault",
        "import shared.contracts.routing",
        "from shared import kernel",
        "from shared import contracts\ncontracts.at({}, 'x')",
        "import shared.kernel.record",
        "def f():\n    from shared.kernel import canonical",
        "import orjson",
        "from deploy import provision",
    ],
)
def test_a_planted_import_is_seen(line: str) -> None:
    assert foreign(line)
