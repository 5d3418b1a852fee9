"""The names of objects, expanded from the templates of the contracts by the audit's own code."""

from typing import Any

import pytest

from services.audit.naming import OWNED, entities, is_foreign
from shared import contracts
from shared.contracts import routing

M = "cluster-jura"


@pytest.mark.parametrize("kind", sorted(contracts.events()))
def test_the_objects_of_every_example_are_those_of_the_contracts_own_expansion(kind: str) -> None:
    example = contracts.event_example(kind)
    found = entities(kind, M, example)
    assert found
    assert found == set(routing.entities(kind, example, M))


@pytest.mark.parametrize(
    ("kind", "data", "names"),
    [
        ("ideation.IdeaProposed.v1", {"idea_id": "i"}, {"idea/cluster-jura/i"}),
        ("ideation.IdeaSelected.v1", {"idea_ids": ["i", "j"]}, {"idea/cluster-jura/i", "idea/cluster-jura/j"}),
        ("ideation.ActorRegistered.v1", {"actor_id": "a"}, {"actor/a"}),
        ("ideation.HeadcountDeclared.v1", {"activity": {"id": "w"}}, {"headcount/cluster-jura/w"}),
        ("ideation.HeadcountDeclared.v1", {"activity": {"id": "w"}, "accompaniment_id": "c"}, {"accompaniment/c"}),
        ("projects.ProjectOpened.v1", {"project_id": "p", "territory_ids": []}, {"project/cluster-jura/p"}),
        (
            "projects.ProjectOpened.v1",
            {"project_id": "p", "territory_ids": ["s", "t"]},
            {"project/cluster-jura/p", "territory/s", "territory/t"},
        ),
        ("ideation.ProducerKeyIntroduced.v1", {"member_id": "m", "service": "ideation"}, {"producer/m/ideation"}),
        ("projects.RecordVoided.v1", {"target": {"entities": ["x/1", "y/2"]}}, {"x/1", "y/2"}),
        ("ideation.IdeaProposed.v1", {}, set()),
        ("ideation.HeadcountDeclared.v1", {"activity": "w"}, set()),
        ("ideation.Unheard.v1", {"idea_id": "i"}, set()),
    ],
)
def test_the_first_alternative_that_has_all_its_values_names_the_objects(
    kind: str, data: dict[str, Any], names: set[str]
) -> None:
    assert entities(kind, M, data) == names


def test_an_owned_object_of_another_member_is_foreign_and_a_shared_one_never_is() -> None:
    for kind in OWNED:
        assert is_foreign(f"{kind}/fdfr-89/x", M)
        assert is_foreign(f"{kind}/x", M)
        assert not is_foreign(f"{kind}/{M}/x", M)
    for kind in ("actor", "adviser", "territory", "accompaniment", "member", "producer"):
        assert not is_foreign(f"{kind}/fdfr-89/x", M)


def test_every_object_that_the_contracts_name_by_its_owner_is_owned() -> None:
    assert routing.owned_kinds() <= OWNED
