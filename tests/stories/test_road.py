"""From a command to a figure, and from ideas to a project, as a user of the gateway sees it."""

from uuid import uuid4

from deploy.whitepaper import facts
from deploy.whitepaper.subjects import subjects

from .conftest import COORDINATOR

VAL_D_AMOUR = subjects(facts.load())[6]
TERRITORY, ACCOMPANIMENT = VAL_D_AMOUR.territory, VAL_D_AMOUR.accompaniment
IDEAS = """query($asOf: AsOfInput) { figures(territory: "cc-val-d-amour", asOf: $asOf) {
  indicators(ids: ["ideas_identified"]) { value } } }"""
PROJECT = """query($code: String!) { project(code: $code) { title member status } }"""


def ideas(system, position):
    return system.ask(IDEAS, asOf={"atLeast": position, "waitMs": 5000})["figures"]["indicators"][0]["value"]


def proposed(system, token, title):
    idea = str(uuid4())
    told = system.tell(token, "ProposeIdea", ideaId=idea, title=title, territoryIds=[TERRITORY], provenance="TERRITORY")
    assert told["__typename"] == "ProposeIdeaAccepted", told
    return idea, told


def opened(system, token, project):
    """The coordinator's project's sheet, once the projects service has heard of the choice."""
    return system.eventually(lambda: system.ask(PROJECT, token, code=f"{COORDINATOR}/{project}")["project"])


def test_one_reads_what_one_has_just_written(system):
    token = system.token("cluster-jura", "AD")
    _, first = proposed(system, token, "Un jardin d’essai")
    before = ideas(system, first["position"])
    _, second = proposed(system, token, "Une matériauthèque")
    assert ideas(system, second["position"]) == before + 1


def test_a_command_sent_again_changes_nothing_and_with_another_input_is_refused(system):
    token = system.token("cluster-jura", "AD")
    given = {
        "commandId": str(uuid4()),
        "ideaId": str(uuid4()),
        "title": "Une conciergerie rurale",
        "territoryIds": [TERRITORY],
        "provenance": "ONLINE",
    }
    first = system.tell(token, "ProposeIdea", **given)
    again = system.tell(token, "ProposeIdea", **given)
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert again["position"] == first["position"]
    other = system.tell(token, "ProposeIdea", **{**given, "title": "Autre chose"})
    assert other == {"__typename": "IdempotencyConflictProblem", "code": "command.reused", "path": other["path"]}


def test_an_idea_that_is_chosen_opens_its_project(system):
    coordinator = system.token(COORDINATOR, "CO")
    idea, _ = proposed(system, coordinator, "Un atelier de réparation")
    project = str(uuid4())
    chosen = system.tell(
        coordinator,
        "SelectIdea",
        ideaIds=[idea],
        projectId=project,
        projectTitle="L’atelier",
        decisionBody="Comité de pilotage",
        accompanimentId=ACCOMPANIMENT,
    )
    assert chosen["__typename"] == "SelectIdeaAccepted", chosen
    found = opened(system, coordinator, project)
    assert (found["title"], found["member"], found["status"]) == ("L’atelier", COORDINATOR, "opened")


def test_several_ideas_chosen_together_open_one_project(system):
    token = system.token(COORDINATOR, "CO")
    several = [proposed(system, token, f"Idée {number}")[0] for number in (1, 2, 3)]
    project = str(uuid4())
    system.tell(
        token,
        "SelectIdea",
        ideaIds=several,
        projectId=project,
        projectTitle="Une maison commune",
        decisionBody="Conseil communautaire",
        accompanimentId=ACCOMPANIMENT,
    )
    assert opened(system, token, project)["title"] == "Une maison commune"
    query = "query($of: ID!) { history(of: $of, first: 10) { nodes { type data role } } }"
    (event,) = system.ask(query, token, of=f"project/{COORDINATOR}/{project}")["history"]["nodes"]
    assert (event["type"], event["role"]) == ("projects.ProjectOpened.v1", "SV")
    assert sorted(event["data"]["idea_ids"]) == sorted(several)


def test_a_token_of_one_member_cannot_write_as_another_nor_beyond_its_roles(system):
    adviser = system.token("cluster-jura", "AD")
    batch = system.tell(
        adviser,
        "DeclareJobBatch",
        batchId=str(uuid4()),
        count={"value": 1, "precision": "EXACT"},
        kind="CREATED",
        source="nulle part",
        territoryIds=[],
    )
    assert (batch["__typename"], batch["code"]) == ("ForbiddenProblem", "role.forbidden")
    pretender = system.token("cluster-jura", "CO")
    joined = system.tell(pretender, "JoinMember", memberId="new-member", legalName="Nouveau", territoryIds=[])
    assert joined["code"] == "role.forbidden"


def test_the_audit_verifies_the_whole_history_and_counts_the_same(system, tmp_path):
    replayed = system.generateur("audit", "replay", "--as-of", "2019-12-31")
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    exported = system.generateur("audit", "export", str(tmp_path / "export"))
    assert exported.returncode == 0, exported.stdout + exported.stderr
    again = system.generateur("audit", "replay", "--from", str(tmp_path / "export"))
    assert again.returncode == 0, again.stdout + again.stderr
