"""The rules of the house, as functions from source text to breaches: each is also run on a planted breach."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from shared import contracts

SERVICES: Final = ("ideation", "projects", "indicators", "gateway", "audit")
# What a pure module may not touch: servers, loops, clocks, chance, files, environment.
IMPURE: Final = frozenset(
    (
        "aiohttp",
        "aiokafka",
        "asyncio",
        "asyncpg",
        "faststream",
        "httpx",
        "os",
        "pathlib",
        "random",
        "requests",
        "secrets",
    )
    + ("socket", "starlette", "subprocess", "threading", "time", "uuid.uuid4", "uvicorn", "uvloop")
)
CLOCKS: Final = frozenset({"now", "today", "utcnow", "time", "time_ns", "monotonic", "uuid4", "uuid1", "urandom"})
DOMAIN_WORDS: Final = re.compile(
    r"\b((?:adviser|territor(?:y|ie)|accompaniment|workshop|interview|headcount|participation|shortlist)\w*|"
    r"(?:project|idea|job|need|activity|batch)_ids?|jobs?|ideas|actors_mobilised)\b",
    re.IGNORECASE,
)
# Which rooms of `shared` a room may know, besides itself. The runtime knows all.
ROOMS: Final = {
    "kernel": frozenset[str](),
    "contracts": frozenset[str](),
    "ports": frozenset[str](),
    "amending": frozenset({"kernel", "contracts"}),
    "replicas": frozenset({"kernel", "amending"}),
    "adapters": frozenset({"kernel", "ports"}),
}
MAX_LINES: Final = 400
MAX_FUNCTION: Final = 60
EVENT_NAMES: Final = frozenset(kind.split(".")[1] for kind in contracts.events())


def imports(source: str) -> Iterator[str]:
    """Every module that the source imports, by its full name; `from a import b` gives `a` and `a.b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def directions(path: str, source: str) -> list[str]:
    """No service imports another, shared imports none, and nothing but deploy and tests imports deploy."""
    parts = path.split("/")
    inside = parts[1] if parts[0] == "services" and len(parts) > 2 else None
    breaches = []
    for name in imports(source):
        head = name.split(".")
        to_service = head[1] if head[0] == "services" and len(head) > 1 else None
        if to_service and inside and to_service != inside:
            breaches.append(f"{path}: {inside} imports {name}")
        if head[0] == "services" and parts[0] == "shared":
            breaches.append(f"{path}: shared imports {name}")
        if head[0] == "deploy" and parts[0] in ("shared", "services"):
            breaches.append(f"{path}: {parts[0]} imports {name}")
        if head[0] == "tests" and parts[0] != "tests":
            breaches.append(f"{path}: imports {name}")
        if inside == "audit" and head[0] == "shared" and len(head) > 1 and head[1] != "contracts":
            breaches.append(f"{path}: the audit shares {name}")
    return breaches


def rooms(path: str, source: str) -> list[str]:
    """Within `shared` imports go one way: the kernel knows nothing else, least of all contracts."""
    room = path.split("/")[1].removesuffix(".py")
    known = ROOMS.get(room)
    if known is None:
        return [] if room in ("runtime", "__init__") else [f"{path}: {room} is no room that the rules know"]
    found = []
    for name in imports(source):
        head = name.split(".")
        if (
            head[0] == "shared"
            and len(head) > 1
            and head[1] not in known | {room}
            and head[1] in ROOMS | {"runtime": 0}
        ):
            found.append(f"{path}: {room} imports {name}")
    return found


def closed(path: str, source: str) -> list[str]:
    """Where a module names the events of an aggregate, each of its matches ends in `assert_never`."""
    tree = ast.parse(source)
    names = {ast.unparse(node.target) for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)}
    if "EVENTS" not in names:
        return []
    breaches = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Match) and not _never(node.cases[-1]):
            breaches.append(f"{path}:{node.lineno}: passes over what it does not know")
    return breaches


def _never(case: ast.match_case) -> bool:
    catches = isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None
    return catches and ast.unparse(case.body[0]).startswith("assert_never(")


def type_names(path: str, source: str) -> list[str]:
    """What decides asks for classes of events, never for their names: a misspelt name would match nothing."""
    breaches = []
    for node in ast.walk(ast.parse(source)):
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        sides += (
            [node.pattern.value]
            if isinstance(node, ast.match_case) and isinstance(node.pattern, ast.MatchValue)
            else []
        )
        for side in sides:
            if isinstance(side, ast.Constant) and EVENT_NAMES & set(str(side.value).split(".")):
                breaches.append(f"{path}:{side.lineno}: compares with {side.value!r}")
    return breaches


def purity(path: str, source: str) -> list[str]:
    """A pure module imports no server, loop, clock or chance, awaits nothing and reads no clock."""
    breaches = [f"{path}: imports {name}" for name in imports(source) if _impure(name)]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            breaches.append(f"{path}:{node.lineno}: awaits")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            breaches.append(f"{path}:{node.lineno}: asks for {node.func.attr}()")
    return breaches


def _impure(name: str) -> bool:
    return any(name == impure or name.startswith(impure + ".") for impure in IMPURE)


def sizes(path: str, source: str) -> list[str]:
    """No file over 400 lines, no function over 60."""
    lines = source.count("\n") + 1
    breaches = [f"{path}: {lines} lines"] if lines > MAX_LINES else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION:
                breaches.append(f"{path}:{node.lineno}: {node.name} has {length} lines")
    return breaches


def domain_words(path: str, source: str) -> list[str]:
    """No word of the domain in shared code: it knows mechanisms, never meanings."""
    return [
        f"{path}:{number}: {match[0]}"
        for number, line in enumerate(source.splitlines(), 1)
        if (match := DOMAIN_WORDS.search(line))
    ]


def policies(path: str, source: str) -> list[str]:
    """Every FastStream subscriber says its acknowledgement policy, and it is NACK_ON_ERROR."""
    breaches = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "subscriber":
            said = {k.arg: ast.unparse(k.value) for k in node.keywords if k.arg}
            if said.get("ack_policy") != "AckPolicy.NACK_ON_ERROR":
                breaches.append(f"{path}:{node.lineno}: ack_policy is {said.get('ack_policy')}")
            if said.get("auto_offset_reset") not in ("'earliest'", '"earliest"'):
                breaches.append(f"{path}:{node.lineno}: auto_offset_reset is not said")
    return breaches


def floats(path: str, source: str) -> list[str]:
    """No float in what decides or counts."""
    return [
        f"{path}:{node.lineno}: {node.value!r}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
