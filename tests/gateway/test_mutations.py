"""Mutations against real services: one command each, by the caller's own token, and nothing else."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.gateway import positions
from tests.gateway.members import Members
from tests.gateway.read_side import ReadSide
from tests.gateway.serving import NO_SERVICE, Client, gateway, settings

ANSWER = """__typename
  ... on Accepted { commandId subject version position changed repeated }
  ... on Problem { code message path }"""
PROPOSE = f"mutation($i: ProposeIdeaInput!) {{ proposeIdea(input: $i) {{ {ANSWER} }} }}"
BATCH = f"mutation($i: DeclareIdeaBatchInput!) {{ declareIdeaBatch(input: $i) {{ {ANSWER} }} }}"
SHORTLIST = f"mutation($i: ShortlistIdeaInput!) {{ shortlistIdea(input: $i) {{ {ANSWER} }} }}"


def idea(**changed: Any) -> dict[str, Any]:
    made = {"commandId": str(uuid4()), "ideaId": str(uuid4()), "title": "Ressourcerie", "provenance": "WORKSHOP"}
    return {**made, **changed}


async def propose(door: Client, given: dict[str, Any], token: str) -> Any:
    return (await door.data(PROPOSE, {"i": given}, token))["proposeIdea"]


async def test_an_accepted_command_tells_its_position(door: Client, collective: Members, coordinator: str) -> None:
    given = idea()
    found = await propose(door, given, coordinator)
    source = f"/members/{collective.coordinator}/ideation"
    sequence = positions.read_position(found.pop("position"))[source]
    assert sequence >= 1
    assert found == {
        "__typename": "ProposeIdeaAccepted",
        "commandId": given["commandId"],
        "subject": f"idea/{given['ideaId']}",
        "version": 1,
        "changed": True,
        "repeated": False,
    }


async def test_a_repeated_command_gives_its_first_result(door: Client, collective: Members, coordinator: str) -> None:
    given = idea()
    first = await propose(door, given, coordinator)
    before = await collective.events(collective.coordinator, "ideation")
    again = await propose(door, given, coordinator)
    assert again == {**first, "repeated": True}
    reused = await propose(door, {**given, "title": "Autre"}, coordinator)
    assert (reused["__typename"], reused["code"]) == ("IdempotencyConflictProblem", "command.reused")
    assert await collective.events(collective.coordinator, "ideation") == before


async def test_what_already_is_changes_nothing(door: Client, coordinator: str) -> None:
    given = idea()
    await propose(door, given, coordinator)
    command = {"ideaId": given["ideaId"]}
    first = (await door.data(SHORTLIST, {"i": {"commandId": str(uuid4()), **command}}, coordinator))["shortlistIdea"]
    again = (await door.data(SHORTLIST, {"i": {"commandId": str(uuid4()), **command}}, coordinator))["shortlistIdea"]
    assert (first["changed"], first["version"]) == (True, 2)
    assert (again["changed"], again["version"], again["position"]) == (False, 2, None)


async def test_a_decision_that_says_no_is_refused(door: Client, coordinator: str) -> None:
    found = await door.post(SHORTLIST, {"i": {"commandId": str(uuid4()), "ideaId": str(uuid4())}}, coordinator)
    answer = found.json()["data"]["shortlistIdea"]
    assert found.status_code == 200
    assert (answer["__typename"], answer["code"]) == ("RefusedProblem", "idea.unknown")
    french = await door.post(
        SHORTLIST,
        {"i": {"commandId": str(uuid4()), "ideaId": str(uuid4())}},
        coordinator,
        headers={"accept-language": "fr"},
    )
    assert french.json()["data"]["shortlistIdea"]["message"] != answer["message"]


async def test_a_stale_version_is_a_conflict(door: Client, coordinator: str) -> None:
    given = idea()
    await propose(door, given, coordinator)
    command = {"commandId": str(uuid4()), "ideaId": given["ideaId"], "expectedVersion": 7}
    found = (await door.data(SHORTLIST, {"i": command}, coordinator))["shortlistIdea"]
    assert found["__typename"] == "ConflictProblem"
    assert found["path"] == ["input", "expectedVersion"]


async def test_a_role_that_may_not_is_forbidden(door: Client, collective: Members, token: Any) -> None:
    before = await collective.events(collective.coordinator, "ideation")
    for role in ("FU", "AU", "RE", "PH"):
        found = await propose(door, idea(), token(role, member=collective.coordinator))
        assert (found["__typename"], found["code"]) == ("ForbiddenProblem", "role.forbidden")
    # Only the coordinator's own members coordinate: elsewhere the role is worth nothing.
    found = await propose(door, idea(), token("CO", member=collective.other))
    assert (found["__typename"], found["code"]) == ("ForbiddenProblem", "role.forbidden")
    assert await collective.events(collective.coordinator, "ideation") == before


async def test_a_token_writes_only_in_its_own_members_services(door: Client, collective: Members, token: Any) -> None:
    before = await collective.events(collective.coordinator, "ideation")
    found = await propose(door, idea(), token("AD", member=collective.other))
    assert found["__typename"] == "ProposeIdeaAccepted"
    assert list(positions.read_position(found["position"])) == [f"/members/{collective.other}/ideation"]
    assert await collective.events(collective.coordinator, "ideation") == before
    direct = collective.url.format(member=collective.coordinator, service="ideation") + "/commands/ProposeIdea"
    body = {"commandId": str(uuid4()), "input": {"idea_id": str(uuid4()), "title": "x", "provenance": "online"}}
    headers = {"authorization": f"Bearer {token('AD', member=collective.other)}"}
    answer = await door.http.post(direct, json=body, headers=headers)
    assert (answer.status_code, answer.json()["problem"]["code"]) == (403, "token.foreign_member")
    assert await collective.events(collective.coordinator, "ideation") == before


async def test_nothing_is_written_without_a_token(door: Client, collective: Members) -> None:
    before = await collective.events(collective.coordinator, "ideation")
    found = await door.post(PROPOSE, {"i": idea()})
    assert (found.status_code, found.json()["errors"][0]["extensions"]["code"]) == (401, "token.missing")
    assert found.headers["www-authenticate"] == "Bearer"
    found = await door.post(PROPOSE, {"i": idea()}, token="x.y.z")
    assert (found.status_code, found.json()["errors"][0]["extensions"]["code"]) == (401, "token.invalid")
    assert await collective.events(collective.coordinator, "ideation") == before


async def test_commands_of_one_document_run_in_order(door: Client, coordinator: str) -> None:
    text = f"""mutation($a: ProposeIdeaInput!, $b: ShortlistIdeaInput!, $c: ShortlistIdeaInput!) {{
      a: proposeIdea(input: $a) {{ {ANSWER} }} b: shortlistIdea(input: $b) {{ {ANSWER} }}
      c: shortlistIdea(input: $c) {{ {ANSWER} }} }}"""
    given = idea()
    then = {"commandId": str(uuid4()), "ideaId": given["ideaId"]}
    gone = {"commandId": str(uuid4()), "ideaId": str(uuid4())}
    found = await door.data(text, {"a": given, "b": then, "c": gone}, coordinator)
    assert [one["__typename"] for one in found.values()] == [
        "ProposeIdeaAccepted",
        "ShortlistIdeaAccepted",
        "RefusedProblem",
    ]


async def test_a_service_that_does_not_answer_is_said(read_side: ReadSide, keys: Path, token: Any) -> None:
    async with gateway(settings(keys, reads_dsn=read_side.dsn, services_url=NO_SERVICE)) as alone:
        found = await propose(alone, idea(), token("AD"))
    assert (found["__typename"], found["code"]) == ("UnavailableProblem", "service.unavailable")


async def test_a_member_without_services_is_said(door: Client, token: Any) -> None:
    found = await propose(door, idea(), token("AD", member="nobody"))
    assert found["__typename"] == "UnavailableProblem"


# What a caller may get wrong: (change of the input, status, kind of answer, code).
BAD: list[tuple[dict[str, Any], int, str, str]] = [
    ({"title": "x" * 300}, 200, "ValidationProblem", "input.invalid"),
    ({"title": ""}, 200, "ValidationProblem", "input.invalid"),
    ({"ideaId": "x"}, 200, "ValidationProblem", "input.invalid"),
    ({"commandId": "x"}, 200, "ValidationProblem", "input.invalid"),
    ({"correlationId": "x"}, 200, "ValidationProblem", "input.invalid"),
    ({"expectedVersion": -1}, 200, "ValidationProblem", "input.invalid"),
    ({"themes": ["x" * 500]}, 200, "ValidationProblem", "input.invalid"),
    ({"territoryIds": ["../x"]}, 200, "ValidationProblem", "input.invalid"),
    ({"territoryIds": ["nowhere"]}, 200, "RefusedProblem", "territory.unknown"),
    ({"accompanimentId": str(uuid4())}, 200, "RefusedProblem", "accompaniment.unknown"),
    ({"occurredOn": {"date": "2999-01-01"}}, 200, "RefusedProblem", "date.in_future"),
    ({"occurredOn": {"date": "1950-01-01"}}, 200, "RefusedProblem", "date.too_early"),
    ({"occurredOn": {"date": "2019-02-30"}}, 400, "errors", "variables.invalid"),
    ({"occurredOn": "2019-02-01"}, 400, "errors", "variables.invalid"),
    ({"nothing": 1}, 400, "errors", "variables.invalid"),
    ({"provenance": "workshop"}, 400, "errors", "variables.invalid"),
    ({"provenance": None}, 400, "errors", "variables.invalid"),
    ({"title": 5}, 400, "errors", "variables.invalid"),
    ({"title": ["x"]}, 400, "errors", "variables.invalid"),
    ({"title": {"x": 1}}, 400, "errors", "variables.invalid"),
    ({"expectedVersion": 1.5}, 400, "errors", "variables.invalid"),
    ({"title": "a\0b"}, 400, "errors", "input.invalid"),
    ({"description": "x" * 70_000}, 413, "errors", "input.too_large"),
]


@pytest.mark.parametrize(("change", "status", "kind", "code"), BAD)
async def test_bad_input_has_a_stable_code_and_writes_nothing(
    door: Client, collective: Members, coordinator: str, change: dict[str, Any], status: int, kind: str, code: str
) -> None:
    before = await collective.events(collective.coordinator, "ideation")
    found = await door.post(PROPOSE, {"i": idea(**change)}, coordinator)
    assert found.status_code == status
    if kind == "errors":
        assert found.json()["errors"][0]["extensions"]["code"] == code
    else:
        answer = found.json()["data"]["proposeIdea"]
        assert (answer["__typename"], answer["code"]) == (kind, code)
        assert answer["path"][:1] in (["input"], [])
    assert await collective.events(collective.coordinator, "ideation") == before


@pytest.mark.parametrize(
    "count", [{"value": -1}, {"value": 10**9}, {"value": 2**60}, {"value": 1.5}, {"value": "1"}, 3]
)
async def test_a_count_is_a_small_whole_number(door: Client, collective: Members, coordinator: str, count: Any) -> None:
    before = await collective.events(collective.coordinator, "ideation")
    given = {"commandId": str(uuid4()), "batchId": str(uuid4()), "count": count, "source": "liste"}
    found = (await door.post(BATCH, {"i": given}, coordinator)).json()
    if "errors" in found:
        assert found["errors"][0]["extensions"]["code"] == "variables.invalid"
    else:
        assert found["data"]["declareIdeaBatch"]["code"] == "input.invalid"
    assert await collective.events(collective.coordinator, "ideation") == before


@pytest.mark.parametrize("text", ["\\ud800", "\\udc00x", "\\ud800\\ud800"])
async def test_a_lone_surrogate_does_not_pass(door: Client, collective: Members, coordinator: str, text: str) -> None:
    before = await collective.events(collective.coordinator, "ideation")
    headers = {"content-type": "application/json", "authorization": f"Bearer {coordinator}"}
    body = b'{"query":"mutation{__typename}","variables":{"i":{"title":"' + text.encode() + b'"}}}'
    found = await door.http.post("/graphql", content=body, headers=headers)
    assert (found.status_code, found.json()["errors"][0]["extensions"]["code"]) == (400, "input.malformed")
    literal = await door.post(
        'mutation { proposeIdea(input: {title: "' + text + '"}) { __typename } }', None, coordinator
    )
    assert (literal.status_code, literal.json()["errors"][0]["extensions"]["code"]) == (400, "document.syntax")
    assert await collective.events(collective.coordinator, "ideation") == before
