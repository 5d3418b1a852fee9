"""What mutations are refused with: in the names of GraphQL, as precise in French as in English."""

import re
from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLError, parse
from graphql.execution.values import get_variable_values

from services.gateway import schema
from services.gateway.commands import Reply
from services.gateway.french import translated
from services.gateway.results import UnavailableProblem, in_our_names, result
from tests.gateway.serving import Client
from tests.gateway.test_mutations import PROPOSE, idea

ENGLISH = re.compile(
    r"\b(has|is|value|expected|cannot|type|must|field|unknown|required|should|characters)\b", re.IGNORECASE
)
SNAKE = re.compile(r"[a-z]_[a-z]")


async def both(door: Client, change: dict[str, Any], token: str) -> list[Any]:
    """The answers to the same wrong input, in English and in French."""
    return [
        (await door.post(PROPOSE, {"i": idea(**change)}, token, headers={"accept-language": lang})).json()
        for lang in ("en", "fr")
    ]


@pytest.mark.parametrize(
    ("change", "path", "told"),
    [
        ({"title": "x" * 300}, ["input", "title"], "title : 200 caractères au plus."),
        ({"title": "\u200b"}, ["input", "title"], "title : il faut au moins un caractère visible."),
        ({"ideaId": "x"}, ["input", "ideaId"], "ideaId : un UUID est attendu."),
        ({"commandId": "x"}, ["input", "commandId"], "commandId : un UUID est attendu."),
        ({"expectedVersion": -1}, ["input", "expectedVersion"], "expectedVersion : 0 au moins."),
        ({"accompanimentId": "x"}, ["input", "accompanimentId"], "accompanimentId : un UUID est attendu."),
        ({"territoryIds": ["aa"] * 51}, ["input", "territoryIds"], "territoryIds : 50 élément(s) au plus."),
        ({"ideaId": f"other/{uuid4()}"}, ["input", "ideaId"], "ideaId : cet objet est de other, qui seul en parle."),
    ],
)
async def test_a_problem_speaks_of_the_fields_of_the_mutation(
    door: Client, coordinator: str, change: dict[str, Any], path: list[str], told: str
) -> None:
    english, french = (found["data"]["proposeIdea"] for found in await both(door, change, coordinator))
    assert english["path"] == french["path"] == path
    assert french["message"] == told
    assert english["message"].startswith(path[-1])
    assert not SNAKE.search(english["message"].partition(":")[0])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": None}, "La variable $i.title ne convient pas : une valeur du type String! est obligatoire."),
        ({"title": 5}, "La variable $i.title ne convient pas : un texte est attendu, pas 5."),
        ({"nothing": 1}, "La variable $i ne convient pas : ProposeIdeaInput n'a pas de champ nothing."),
        (
            {"provenance": "x"},
            "La variable $i.provenance ne convient pas : x n'est pas une valeur de ProposeIdeaProvenance.",
        ),
        (
            {"occurredOn": {"date": "x"}},
            "La variable $i.occurredOn.date ne convient pas : une date s'écrit comme 2026-11-23.",
        ),
        (
            {"expectedVersion": 1.5},
            "La variable $i.expectedVersion ne convient pas : un nombre entier est attendu, pas 1.5.",
        ),
    ],
)
async def test_a_variable_that_does_not_fit_is_told_in_french(
    door: Client, coordinator: str, change: dict[str, Any], told: str
) -> None:
    english, french = (found["errors"][0]["message"] for found in await both(door, change, coordinator))
    assert french == told
    assert english.startswith("Variable '$i")


BASE: dict[str, Any] = {"commandId": "x", "target": {"source": "a", "sequence": 1}, "reason": "TYPO"}
WRONG: list[Any] = [
    {"changes": {}},
    {"changes": {"proposeIdea": None}},
    {"changes": [1]},
    {"changes": {"createJob": {"weeklyHours": 17}}},
    {"changes": {"createJob": {"x": True}}},
    {"changes": {"declareHeadcount": {"headcount": 3}}},
    {"target": {"source": "a", "sequence": "1"}},
    {"commandId": 1.5},
    {"reason": 5},
    {"expectedVersion": 2**40},
]


@pytest.mark.parametrize("change", WRONG)
def test_whatever_the_engine_says_of_an_input_is_known_in_french(change: dict[str, Any]) -> None:
    document: Any = parse("mutation($i: CorrectRecordInput!) { correctRecord(input: $i) { __typename } }")
    definitions = document.definitions[0].variable_definitions
    found: Any = get_variable_values(schema.engine_schema(), definitions, {"i": {**BASE, **change}}, 20, True)
    assert found
    for error in found:
        assert isinstance(error, GraphQLError)
        told = translated(error.message)
        assert told.startswith("La variable $i")
        assert not ENGLISH.search(told.partition(" : ")[2])


@pytest.mark.parametrize(
    ("message", "path", "told"),
    [
        ("idea_id: not so.", ["idea_id"], "ideaId: not so."),
        (
            "Unknown field: changes.ProposeIdea.its_title.",
            ["changes", "ProposeIdea", "its_title"],
            "Unknown field: changes.proposeIdea.itsTitle.",
        ),
        (
            "Cet enregistrement se corrige avec les champs de CreateJob.",
            ["changes"],
            "Cet enregistrement se corrige avec les champs de createJob.",
        ),
        ("needs.0.first_seen : non.", ["needs", "0", "first_seen"], "needs.0.firstSeen : non."),
        ("Nothing is named here.", [], "Nothing is named here."),
    ],
)
def test_a_services_names_become_those_of_graphql(message: str, path: list[str], told: str) -> None:
    assert in_our_names(message, path) == told


@pytest.mark.parametrize(("lang", "told"), [("en", "It compares first."), ("fr", "Il compare d'abord.")])
@pytest.mark.parametrize("code", ["service.recovering", "service.stopped", "service.unavailable"])
def test_a_service_that_records_nothing_now_says_why_in_its_own_words(code: str, lang: str, told: str) -> None:
    words = {"en": "It compares first.", "fr": "Il compare d'abord."}
    found = result(Reply(503, {"problem": {"code": code, "message": words, "path": []}}), object, lang)
    assert found == UnavailableProblem(code=code, message=told, path=[])
