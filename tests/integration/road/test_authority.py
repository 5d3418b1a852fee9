"""Who may say what at a member's service: its own members, and the coordinator where it speaks of any member."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from services.ideation import examples
from services.ideation.service import DEFINITION as IDEATION
from services.projects.service import DEFINITION as PROJECTS
from shared.kernel.deciding import draft
from shared.kernel.refusals import Refused

from .conftest import Make, Producer, asked
from .serving import bearer, post, served

COORDINATOR = "coordination"
EXAMPLES = dict(examples.EXAMPLES)
COORDINATORS = [
    name
    for name, spec in IDEATION.specs.items()
    if any(IDEATION.door.payloads[kind].AUTHORITY == "coordinator" for kind in spec.emits)
]


@pytest.fixture
async def ideas(make: Make) -> Producer:
    """A member's ideation service, with one idea of its own."""
    made = await make(IDEATION, COORDINATOR)
    await made.give("ProposeIdea", "AD", idea_id=str(uuid4()), title="An oven", provenance="online")
    await made.seal()
    return made


@pytest.fixture
async def door(ideas: Producer) -> AsyncIterator[httpx.AsyncClient]:
    async with served(ideas) as client:
        yield client


def correction(producer: Producer, sequence: int = 1) -> dict[str, Any]:
    return {
        "target": producer.target(sequence),
        "changes": {"ProposeIdea": {"title": "An oven for all"}},
        "reason": "typo",
    }


def void(producer: Producer, sequence: int = 1) -> dict[str, Any]:
    return {"target": producer.target(sequence), "reason": "error"}


async def said_last(producer: Producer) -> tuple[str, str, str]:
    """The type of the last event, its role and its actor."""
    row = await producer.pool.fetchrow("select type, attributes from event order by version desc limit 1")
    assert row is not None
    attributes = orjson.loads(row["attributes"])
    return row["type"].split(".")[1], attributes["role"], attributes["actor"]


async def test_the_coordinator_amends_at_a_members_service_with_its_own_token(ideas, door):
    token = bearer(ideas, COORDINATOR, "AD", "CO", sub="the-coordinator")
    assert await post(door, "CorrectRecord", correction(ideas), token) == (200, "accepted")
    assert await said_last(ideas) == ("RecordCorrected", "CO", "the-coordinator")
    assert await post(door, "VoidRecord", void(ideas), token) == (200, "accepted")
    assert await said_last(ideas) == ("RecordVoided", "CO", "the-coordinator")


async def test_the_coordinator_declares_a_members_project_nearing_with_its_own_token(make):
    projects, project = await make(PROJECTS, COORDINATOR), str(uuid4())
    about = {"title": "The oven", "nature": "creation", "origin_kind": "territory_initiative"}
    await projects.give("OpenProject", "AD", project_id=project, member_id=projects.member, **about)
    nearing = {"project_id": f"{projects.member}/{project}", "member_id": projects.member, "body": "Committee"}
    async with served(projects) as client:
        own = bearer(projects, projects.member, "AD", "ME")
        assert await post(client, "DeclareProjectNearing", nearing, own) == (403, "role.forbidden")
        foreign = bearer(projects, "another-member", "CO", "AD")
        assert await post(client, "DeclareProjectNearing", nearing, foreign) == (403, "token.foreign_member")
        token = bearer(projects, COORDINATOR, "CO", sub="the-coordinator")
        other = {**nearing, "member_id": "another-member"}
        assert await post(client, "DeclareProjectNearing", other, token) == (403, "project.foreign")
        assert await post(client, "DeclareProjectNearing", nearing, token) == (200, "accepted")
    assert await said_last(projects) == ("ProjectNearingDeclared", "CO", "the-coordinator")


async def test_the_coordinator_gives_no_other_command_there(ideas, door):
    token = bearer(ideas, COORDINATOR, "CO", "AD")
    idea = {"idea_id": str(uuid4()), "title": "A mill", "provenance": "online"}
    assert await post(door, "ProposeIdea", idea, token) == (403, "token.foreign_member")
    assert await post(door, "Dream", idea, token) == (403, "token.foreign_member")
    assert await ideas.count("event") == 1


@pytest.mark.parametrize("roles", [("AD",), ("ME", "RE")])
async def test_the_coordinators_other_roles_amend_nothing_there(ideas, door, roles):
    token = bearer(ideas, COORDINATOR, *roles)
    assert await post(door, "VoidRecord", void(ideas), token) == (403, "token.foreign_member")


async def test_nobody_else_amends_there_whatever_role_it_claims(ideas, door):
    for member in ("another-member", "coordination2"):
        token = bearer(ideas, member, "CO", "ME", "AD")
        assert await post(door, "CorrectRecord", correction(ideas), token) == (403, "token.foreign_member")
    assert await ideas.count("event") == 1


async def test_a_members_own_token_is_no_coordinators(ideas, door):
    claimed = bearer(ideas, ideas.member, "CO", sub="a-stranger")
    assert await post(door, "VoidRecord", void(ideas), claimed) == (403, "role.forbidden")
    both = bearer(ideas, ideas.member, "CO", "AD", sub="a-stranger")
    assert await post(door, "VoidRecord", void(ideas), both) == (422, "amendment.not_author")


async def test_the_strongest_role_of_a_token_amends(ideas, door):
    token = bearer(ideas, ideas.member, "AD", "ME", sub="the-administrator")
    assert await post(door, "VoidRecord", void(ideas), token) == (200, "accepted")
    assert await said_last(ideas) == ("RecordVoided", "ME", "the-administrator")


async def test_an_object_of_another_member_is_named_in_no_command(ideas, door):
    idea, mine = str(uuid4()), f"{ideas.member}/{uuid4()}"
    foreign = {"idea_id": f"another-member/{idea}", "title": "A mill", "provenance": "online"}
    assert await post(door, "ProposeIdea", foreign) == (403, "idea.foreign")
    needs = {**foreign, "idea_id": idea, "needs": [mine, f"another-member/{uuid4()}"]}
    assert await post(door, "ProposeIdea", needs) == (403, "need.foreign")
    assert await post(door, "ProposeIdea", {**foreign, "idea_id": mine, "needs": [mine]}) == (200, "accepted")
    there = {"activity": {"kind": "other", "id": f"another-member/{idea}"}, "headcount": {"value": 3}}
    assert await post(door, "DeclareHeadcount", there) == (403, "gathering.foreign")
    changed = correction(ideas)
    changed["changes"]["ProposeIdea"]["needs"] = [f"another-member/{idea}"]
    assert await post(door, "CorrectRecord", changed) == (403, "need.foreign")
    assert await ideas.count("event") == 2


@pytest.mark.parametrize("name", COORDINATORS)
async def test_what_is_the_coordinators_is_recorded_at_the_coordinators_service_alone(ideas, name):
    spec = IDEATION.specs[name]
    given = spec.model.model_validate_json(orjson.dumps(EXAMPLES[name]), strict=True)
    with pytest.raises(Refused) as refused:
        await ideas.handler.handle(spec, asked(input=given, role=min(spec.roles)))
    kinds = {entity.partition("/")[0] for kind in spec.emits for entity in IDEATION.door.payloads[kind].ENTITIES}
    what, _, code = refused.value.code.partition(".")
    assert code == "foreign" and what in kinds
    assert COORDINATOR in refused.value.en and COORDINATOR in refused.value.fr
    assert await ideas.count("event") == 1


async def test_what_every_reader_would_set_aside_is_not_recorded_whatever_was_decided(ideas):
    careless = replace(IDEATION.specs["AppointAdviser"], decide=lambda fact, state, context, known: [draft(fact)])
    given = {"adviser_id": str(uuid4()), "member_id": "another-member", "share": "1"}
    appoint = careless.model.model_validate_json(orjson.dumps(given), strict=True)
    with pytest.raises(Refused, match=r"adviser\.foreign"):
        await ideas.handler.handle(careless, asked(input=appoint, role="ME"))
    assert await ideas.count("event") == 1


async def test_a_members_registrar_is_told_so(ideas, door):
    territory = {"territory_id": "cc-jura", "kind": "cc", "name": "Jura"}
    registrar = bearer(ideas, ideas.member, "RE")
    assert await post(door, "RegisterTerritory", territory, registrar) == (403, "territory.foreign")


async def test_a_record_is_amended_where_it_was_recorded(ideas, door):
    elsewhere = {**void(ideas), "target": {"source": f"/members/{ideas.member}/projects", "sequence": 1}}
    assert await post(door, "VoidRecord", elsewhere) == (422, "amendment.service")
    foreign = {**void(ideas), "target": {"source": "/members/another-member/ideation", "sequence": 1}}
    assert await post(door, "VoidRecord", foreign) == (403, "amendment.foreign")
    assert await post(door, "VoidRecord", void(ideas, 2)) == (422, "amendment.unknown")


async def test_a_record_that_has_no_sequence_yet_cannot_be_named(ideas, door):
    idea = {"idea_id": str(uuid4()), "title": "A mill", "provenance": "online"}
    await post(door, "ProposeIdea", idea)
    author = bearer(ideas, ideas.member, "ME")
    assert await post(door, "VoidRecord", void(ideas, 2), author) == (422, "amendment.unknown")
    await ideas.seal()
    assert await post(door, "VoidRecord", void(ideas, 2), author) == (200, "accepted")


async def test_an_amended_record_is_decided_on_as_amended(ideas, door):
    author = bearer(ideas, ideas.member, "ME")
    idea = {"idea_id": str(uuid4()), "title": "A mill", "provenance": "online"}
    await post(door, "ProposeIdea", idea)
    await ideas.seal()
    changes = {"changes": {"ProposeIdea": {"title": "Two mills"}}, "target": ideas.target(2), "reason": "typo"}
    assert await post(door, "CorrectRecord", changes, author) == (200, "accepted")
    assert await post(door, "ProposeIdea", idea) == (422, "idea.exists")
    assert await post(door, "ProposeIdea", {**idea, "title": "Two mills"}) == (200, "accepted")
    await ideas.seal()
    assert await post(door, "VoidRecord", void(ideas, 2), author) == (200, "accepted")
    assert await post(door, "CorrectRecord", changes, author) == (422, "amendment.voided")
    assert await post(door, "ShortlistIdea", {"idea_id": idea["idea_id"]}) == (422, "idea.unknown")
    assert await post(door, "ProposeIdea", idea) == (200, "accepted")
