"""The rules hold for the whole tree, and each was seen to refuse a planted breach."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture import rules

ROOT = Path(__file__).parents[2]
# Modules that decide or count. Everything else meets a server, a file or a clock somewhere.
PURE = ("shared/kernel", "shared/amending", "shared/replicas")
# The parts of a service that are wiring, by file name.
WIRING = frozenset({"service.py", "__main__.py", "contracts.py"})
PURE_SERVICES = ("services/ideation", "services/projects")
# From facts to figures: no database, no loop, no clock.
PURE_FOLD = frozenset(
    {
        "facts",
        "fold",
        "heard",
        "heard_ideation",
        "heard_projects",
        "portfolio",
        "reading",
        "rules_people",
        "rules_places",
    }
    | {"rules_projects", "tally"}
)


def _sources(*roots: str) -> Iterator[tuple[str, str]]:
    for root in roots:
        for file in sorted((ROOT / root).rglob("*.py")):
            yield file.relative_to(ROOT).as_posix(), file.read_text()


def _pure() -> Iterator[tuple[str, str]]:
    yield from _sources(*PURE)
    for path, source in _sources(*PURE_SERVICES):
        if Path(path).name not in WIRING:
            yield path, source
    for path, source in _sources("services/indicators"):
        if Path(path).stem in PURE_FOLD:
            yield path, source


def _all(rule: Callable[[str, str], list[str]], files: Iterator[tuple[str, str]]) -> list[str]:
    seen = [breach for path, source in files for breach in rule(path, source)]
    return seen


def test_imports_go_one_way():
    assert _all(rules.directions, _sources("shared", "services", "deploy")) == []


def test_the_rooms_of_shared_know_each_other_one_way():
    assert _all(rules.rooms, _sources("shared")) == []


def test_every_fold_is_closed():
    files = list(_sources(*PURE_SERVICES))
    assert sum("EVENTS: Final" in source for _, source in files) > 8
    assert _all(rules.closed, iter(files)) == []


def test_what_decides_names_no_event_as_a_text():
    assert _all(rules.type_names, _pure()) == []


def test_what_decides_is_pure():
    assert _all(rules.purity, _pure()) == []


def test_what_decides_holds_no_float():
    assert _all(rules.floats, _pure()) == []


def test_files_and_functions_stay_small():
    assert _all(rules.sizes, _sources("shared", "services", "deploy", "tests")) == []


def test_shared_knows_no_word_of_the_domain():
    assert _all(rules.domain_words, _sources("shared")) == []


def test_every_subscriber_keeps_what_it_could_not_handle():
    found = list(_sources("shared", "services", "deploy"))
    assert any(".subscriber(" in source for _, source in found)
    assert _all(rules.policies, iter(found)) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("services/ideation/idea.py", "from services.projects.job import Job"),
        ("services/gateway/reads.py", "import services.indicators"),
        ("shared/runtime/handle.py", "from services.ideation import idea"),
        ("services/projects/job.py", "from deploy.provision import topics"),
        ("shared/kernel/chain.py", "import deploy.system"),
        ("services/ideation/idea.py", "from tests.pure import making"),
        ("services/audit/verify.py", "from shared.kernel import chain"),
        ("services/audit/verify.py", "from services.indicators import fold"),
    ],
)
def test_the_rule_of_directions_refuses(path, line):
    assert rules.directions(path, line)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("shared/kernel/living.py", "from shared import contracts"),
        ("shared/kernel/living.py", "from shared.contracts import authority"),
        ("shared/kernel/living.py", "import shared.amending.streams"),
        ("shared/contracts/routing.py", "from shared.kernel import canonical"),
        ("shared/amending/deciding.py", "from shared.runtime.handle import Handler"),
        ("shared/amending/deciding.py", "from shared.ports import EventStore"),
        ("shared/replicas/__init__.py", "from shared.adapters.postgres import store"),
        ("shared/adapters/postgres/store.py", "from shared.runtime import faults"),
        ("shared/ports.py", "from shared.kernel import decider"),
        ("shared/attic/old.py", "x = 1"),
    ],
)
def test_the_rule_of_rooms_refuses(path, line):
    assert rules.rooms(path, line)


@pytest.mark.parametrize(
    "case",
    ["case A(): ...", "case _: ...", "case _ if x: assert_never(fact)", "case other: raise TypeError"],
)
def test_the_rule_of_closed_folds_refuses(case):
    fold = f"EVENTS: Final = (A,)\ndef f(fact):\n    match fact:\n        case B(): ...\n        {case}\n"
    assert rules.closed("services/ideation/idea.py", fold)
    whole = fold.replace(case, "case _: assert_never(fact)")
    assert not rules.closed("services/ideation/idea.py", whole)


@pytest.mark.parametrize(
    "line",
    [
        "event.type == 'ideation.IdeaProposed.v1'",
        "name_of(event.type) != 'ideation.IdeaProposed'",
        "type(fact).__name__ in 'IdeaProposed'",
        "match event.type:\n    case 'ideation.IdeaProposed.v1': ...",
    ],
)
def test_the_rule_of_type_names_refuses(line):
    assert rules.type_names("services/ideation/idea.py", line)


@pytest.mark.parametrize("room", PURE)
def test_every_room_that_decides_is_looked_at(room):
    looked_at = [path for path, _ in _pure()]
    assert any(path.startswith(room) for path in looked_at)
    assert {path for path, _ in _sources(room)} <= set(looked_at)


@pytest.mark.parametrize(
    "line",
    [
        "import asyncpg",
        "import random",
        "import os",
        "from time import time",
        "async def decide(): ...",
        "datetime.now()",
        "date.today()",
        "x = uuid.uuid4()",
    ],
)
def test_the_rule_of_purity_refuses(line):
    assert rules.purity("services/ideation/idea.py", line)


def test_the_rule_of_sizes_refuses():
    assert rules.sizes("a.py", "x = 1\n" * 401)
    assert rules.sizes("a.py", "def f():\n" + "    x = 1\n" * 61)


@pytest.mark.parametrize(
    "line", ["adviser = 1", "# an idea's territory", "def jobs(): ...", "x = ('project_id',)", "a = 'accompaniment_id'"]
)
def test_the_rule_of_words_refuses(line):
    assert rules.domain_words("shared/amending/changes.py", line)


@pytest.mark.parametrize(
    "line",
    [
        "broker.subscriber('t', auto_offset_reset='earliest')",
        "broker.subscriber('t', ack_policy=AckPolicy.ACK, auto_offset_reset='earliest')",
        "broker.subscriber('t', ack_policy=AckPolicy.REJECT_ON_ERROR, auto_offset_reset='earliest')",
        "broker.subscriber('t', ack_policy=AckPolicy.NACK_ON_ERROR)",
    ],
)
def test_the_rule_of_policies_refuses(line):
    assert rules.policies("shared/runtime/reactions.py", line)


def test_the_rule_of_floats_refuses():
    assert rules.floats("services/projects/job.py", "hours = 17.5")
