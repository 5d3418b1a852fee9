"""The README's commands, run as they stand: only the address, the state folder and the program's path differ."""

import json
import os
import re
import subprocess
import sys

import pytest

from .conftest import ROOT

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"<!-- tested: (\w+) -->\n```sh\n(.*?)```", TEXT, re.DOTALL))


def run(system, script):
    given = script.replace("http://127.0.0.1:8000", system.url)
    given = given.replace(".venv/bin/generateur", f"{sys.executable} -m deploy.cli")
    given = given.replace("audit replay", f"audit replay --state {system.state}")
    env = {**os.environ, "GENERATEUR_STATE": str(system.state)}
    return subprocess.run(["sh", "-eu", "-c", given], cwd=ROOT, env=env, text=True, capture_output=True, timeout=120)


def test_the_readme_has_the_blocks_that_are_tested_here():
    assert set(BLOCKS) == {"query", "mutation", "commands"}
    assert "make run" in TEXT
    assert "make test" in TEXT


def test_its_query_answers_the_five_figures(system):
    told = run(system, BLOCKS["query"])
    found = json.loads(told.stdout)["data"]["figures"]
    assert found["complete"] is True
    assert [item["value"] for item in found["items"]] == [15, 22, 27, 1885, 35]


def test_its_mutation_is_accepted_and_can_be_repeated(system):
    first = json.loads(run(system, BLOCKS["mutation"]).stdout)["data"]["proposeIdea"]
    again = json.loads(run(system, BLOCKS["mutation"]).stdout)["data"]["proposeIdea"]
    assert (first["__typename"], first["repeated"]) == ("ProposeIdeaAccepted", False)
    assert (again["__typename"], again["repeated"]) == ("ProposeIdeaAccepted", True)
    assert again["position"] == first["position"]


@pytest.mark.parametrize("line", BLOCKS["commands"].strip().splitlines())
def test_its_commands_end_well(system, line):
    told = run(system, line)
    assert told.returncode == 0, told.stderr
    assert told.stdout
