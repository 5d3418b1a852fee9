"""The white paper's history on the running system: the paper's five figures, whoever plays it and however often."""

import asyncio
import json
import re

from deploy.provision import collective
from deploy.whitepaper import play

from .conftest import parts

END = "2019-12-31"


def test_at_the_end_of_2019_the_figures_are_those_of_the_paper_with_their_parts(system):
    found = system.figures(date=END)
    assert {name: (one["value"], one["parts"]) for name, one in found.items()} == {
        "advisers_mobilised": (15, {"advisers_identified": 0, "advisers_declared": 15}),
        "territories_accompanied": (22, {"territories_epci": 17, "territories_not_epci": 5}),
        "projects_completed_or_nearing": (
            27,
            {"projects_completed": 2, "projects_nearing": 1, "projects_declared": 24},
        ),
        "actors_mobilised": (1885, {"actors_identified": 12, "actors_declared": 1873}),
        "jobs_created": (35, {"jobs_recorded": 0, "jobs_declared": 35}),
    }
    assert found["actors_mobilised"]["precision"] == "APPROX"
    assert (found["actors_mobilised"]["low"], found["actors_mobilised"]["high"]) == (1885, 1885)


def test_the_two_projects_whose_choice_the_paper_tells_are_opened_by_the_projects_service(system):
    assert system.settled()


def test_the_first_figures_printed_count_what_the_history_sets_off_by_itself(system):
    assert any(re.search(r"(Projects opened|Projets ouverts) 9\b", line) for line in system.printed)


def test_before_the_collective_only_the_first_territory_is_accompanied(system):
    assert system.figures(date="2014-12-30")["territories_accompanied"]["value"] == 0
    assert system.figures(date="2014-12-31")["territories_accompanied"]["value"] == 1
    assert system.figures(date="2019-12-30")["jobs_created"]["value"] == 0


def test_a_territory_has_its_own_figures_and_its_ideas(system):
    query = """query($t: String!) { figures(territory: $t, asOf: {date: "2019-12-31"}) { items { id: indicator value }
      indicators(ids: ["ideas_identified", "ideas_declared", "workshops_held", "interviews_held"]) {
      id: indicator value precision } } }"""
    chenove = system.ask(query, t="chenove")["figures"]
    assert parts(chenove["items"])["actors_mobilised"] == 40
    told = {"ideas_identified": 1, "ideas_declared": 2, "workshops_held": 3, "interviews_held": 3}
    assert parts(chenove["indicators"]) == told
    montbeliard = system.ask(query, t="pays-de-montbeliard-agglomeration")["figures"]
    assert parts(montbeliard["items"])["projects_completed_or_nearing"] == 2
    assert montbeliard["indicators"][1] == {"id": "ideas_declared", "value": 96, "precision": "AT_LEAST"}


def test_playing_twice_changes_nothing(system):
    keys = system.state / "keys"
    assert system.settled()
    before = system.ask("{ state { batch asOf { position } } }")["state"]
    assert asyncio.run(play.already_played(system.url))
    again = asyncio.run(play.history(system.url, keys))
    assert (again.commands, again.recorded) == (112, 0)
    assert asyncio.run(play.introduce(system.url, keys, collective.load())).recorded == 0
    assert system.figures(atLeast=again.position, date=END)["actors_mobilised"]["value"] == 1885
    assert system.ask("{ state { batch asOf { position } } }")["state"]["asOf"] == before["asOf"]


def test_the_runner_prints_the_figures_and_then_one_line_ready(system):
    shown = "\n".join(system.printed)
    for number in ("15", "22", "27", "885", "35", "24", "873"):
        assert number in shown
    assert [line for line in system.printed if line.startswith("ready")] == [f"ready {system.url}"]
    assert system.printed[-1].startswith("ready ")


def test_the_command_line_answers_the_same(system):
    told = system.generateur("figures", "--json", "--as-of", END)
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["actors_mobilised"] == {
        "value": 1885,
        "parts": {"actors_identified": 12, "actors_declared": 1873},
        "asOf": END,
    }
    assert len(found) == 5
    table = system.generateur("figures", "--lang", "en", "--as-of", END).stdout
    assert "1,885  (about)" in table
    passed = system.generateur("events").stdout
    assert "HeadcountDeclared  collective/" in passed
    assert len(passed.splitlines()) >= 126
    assert "/members/cluster-jura/ideation" in system.generateur("producers").stdout
    assert system.generateur("parked").stdout == "Nothing is set aside.\n"
    refused = system.generateur("figures", "--territory", "!")
    assert (refused.returncode, refused.stdout) == (65, "")
    assert system.generateur("reset", "--yes").returncode == 69
