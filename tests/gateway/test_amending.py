"""Amendments, and what one says of another's object: the coordinator's word goes to the service that it is about."""

from typing import Any
from uuid import uuid4

import pytest

from services.gateway import positions
from services.gateway.inputs import camel
from tests.gateway.members import Members
from tests.gateway.serving import Client

ANSWER = """__typename
  ... on Accepted { subject version position changed }
  ... on Problem { code message path }"""


async def give(door: Client, name: str, token: str, **given: Any) -> Any:
    """The result of one command."""
    text = f"mutation($i: {name}Input!) {{ {camel(name)}(input: $i) {{ {ANSWER} }} }}"
    return (await door.data(text, {"i": {"commandId": str(uuid4()), **given}}, token))[camel(name)]


async def propose(door: Client, token: str, **given: Any) -> tuple[str, dict[str, Any]]:
    """A new idea: its id, and the address of its record."""
    name = str(uuid4())
    given = {"ideaId": name, "title": "Ressourcerie", "provenance": "WORKSHOP", **given}
    found = await give(door, "ProposeIdea", token, **given)
    [(source, sequence)] = positions.read_position(found["position"]).items()
    return name, {"source": source, "sequence": sequence}


@pytest.fixture
def adviser(collective: Members, token: Any) -> str:
    """A token of an adviser of the member that does not coordinate."""
    made: str = token("AD", member=collective.other)
    return made


async def test_a_record_is_corrected_and_voided_where_it_was_made(
    door: Client, collective: Members, adviser: str
) -> None:
    name, target = await propose(door, adviser, description="Un lieu")
    changes = {"proposeIdea": {"title": "Recyclerie", "description": None}}
    found = await give(door, "CorrectRecord", adviser, target=target, changes=changes, reason="TYPO")
    assert (found["__typename"], found["subject"], found["version"]) == ("CorrectRecordAccepted", f"idea/{name}", 2)
    said = await collective.last(collective.other, "ideation", f"idea/{name}")
    assert said["changed"] == ["description", "title"]
    assert said["data"]["title"] == "Recyclerie" and "description" not in said["data"]
    found = await give(door, "VoidRecord", adviser, target=target, reason="DUPLICATE")
    assert (found["__typename"], found["version"]) == ("VoidRecordAccepted", 3)
    assert positions.read_position(found["position"])[target["source"]] == target["sequence"] + 2


async def test_the_coordinator_amends_another_members_record_at_that_members_service(
    door: Client, collective: Members, adviser: str, coordinator: str
) -> None:
    name, target = await propose(door, adviser)
    before = await collective.events(collective.coordinator, "ideation")
    changes = {"proposeIdea": {"occurredOn": {"date": "2019-03-01", "precision": "MONTH"}}}
    found = await give(door, "CorrectRecord", coordinator, target=target, changes=changes, reason="WRONG_DATE")
    assert (found["__typename"], list(positions.read_position(found["position"]))) == (
        "CorrectRecordAccepted",
        [target["source"]],
    )
    said = await collective.last(collective.other, "ideation", f"idea/{name}")
    assert (said["occurred_on"], said["occurred_precision"]) == ("2019-03-01", "month")
    found = await give(door, "VoidRecord", coordinator, target=target, reason="ERROR")
    assert (found["__typename"], found["version"]) == ("VoidRecordAccepted", 3)
    assert await collective.events(collective.coordinator, "ideation") == before


@pytest.mark.parametrize("roles", [("AD",), ("ME",), ("CO",), ("CO", "ME")])
async def test_nobody_else_amends_another_members_record(
    door: Client, collective: Members, coordinator: str, token: Any, roles: tuple[str, ...]
) -> None:
    _, target = await propose(door, coordinator)
    made = token(*roles, member=collective.other)
    before = [await collective.events(member, "ideation") for member in (collective.coordinator, collective.other)]
    for name, more in (("VoidRecord", {}), ("CorrectRecord", {"changes": {"proposeIdea": {"title": "x"}}})):
        reason = "ERROR" if name == "VoidRecord" else "TYPO"
        found = await give(door, name, made, target=target, reason=reason, **more)
        assert found["__typename"] == "ForbiddenProblem"
        assert found["code"] == ("role.forbidden" if roles == ("CO",) else "amendment.foreign")
    after = [await collective.events(member, "ideation") for member in (collective.coordinator, collective.other)]
    assert after == before


@pytest.mark.parametrize("source", ["/etc/passwd", "/members/x/gateway", ""])
async def test_a_record_that_is_nowhere_is_no_target(door: Client, coordinator: str, source: str) -> None:
    found = await give(door, "VoidRecord", coordinator, target={"source": source, "sequence": 1}, reason="ERROR")
    assert (found["__typename"], found["path"]) == ("ValidationProblem", ["input", "target", "source"])


async def test_what_a_correction_may_not_say_is_told_where_it_stands(door: Client, adviser: str) -> None:
    _, target = await propose(door, adviser)
    for changes, code, path in (
        ({"proposeIdea": {"title": None}}, "input.invalid", ["proposeIdea", "title"]),
        ({"proposeIdea": {"title": ""}}, "input.invalid", ["proposeIdea", "title"]),
        ({"proposeIdea": {"occurredOn": None}}, "input.invalid", ["proposeIdea", "occurredOn"]),
        ({"shortlistIdea": {"language": "EN"}}, "correction.other_command", []),
    ):
        found = await give(door, "CorrectRecord", adviser, target=target, changes=changes, reason="TYPO")
        assert (found["code"], found["path"]) == (code, ["input", "changes", *path])


async def test_the_coordinator_declares_any_members_project_nearing(
    door: Client, collective: Members, adviser: str, coordinator: str, token: Any
) -> None:
    project, owner = str(uuid4()), collective.other
    opening = {"projectId": project, "memberId": owner, "title": "Légumerie", "nature": "CREATION"}
    opened = await give(door, "OpenProject", adviser, **opening, originKind="TERRITORY_INITIATIVE")
    assert opened["__typename"] == "OpenProjectAccepted", opened
    nearing = {"memberId": owner, "projectId": f"{owner}/{project}", "body": "Comité"}
    for made, code in ((adviser, "role.forbidden"), (token("CO", member=owner), "role.forbidden")):
        assert (await give(door, "DeclareProjectNearing", made, **nearing))["code"] == code
    before = await collective.events(collective.coordinator, "projects")
    by_id = {**nearing, "projectId": positions.node_id("Project", f"{owner}/{project}")}
    for given, changed in ((nearing, True), (by_id, False)):
        found = await give(door, "DeclareProjectNearing", coordinator, **given)
        assert (found["__typename"], found["changed"]) == ("DeclareProjectNearingAccepted", changed)
    assert await collective.events(collective.coordinator, "projects") == before
    said = await collective.last(owner, "projects", f"project/{project}")
    assert (said["member_id"], said["project_id"]) == (owner, project)


async def test_an_object_of_another_member_is_foreign_however_it_is_named(
    door: Client, collective: Members, adviser: str, coordinator: str
) -> None:
    name, _ = await propose(door, adviser)
    code = f"{collective.other}/{name}"
    for given in (code, positions.node_id("Idea", code)):
        found = await give(door, "ShortlistIdea", coordinator, ideaId=given)
        assert (found["__typename"], found["code"], found["path"]) == (
            "ForbiddenProblem",
            "idea.foreign",
            ["input", "ideaId"],
        )
    # Its own member's service takes each form for the same idea.
    for given, changed in ((positions.node_id("Idea", code), True), (code, False), (name, False)):
        found = await give(door, "ShortlistIdea", adviser, ideaId=given)
        assert (found["__typename"], found["changed"]) == ("ShortlistIdeaAccepted", changed)
