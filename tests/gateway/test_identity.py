"""Names of objects: each form that may be given, and nothing else."""

from uuid import uuid4

import pytest

from services.gateway import identity
from services.gateway.faults import Fault
from services.gateway.positions import node_id

UUID = "01933c1e-7b1a-7c3e-8d52-000000000003"
OWNED = f"cluster-jura/{UUID}"


@pytest.mark.parametrize(
    ("kind", "code"),
    [("Territory", "cc-val-d-amour"), ("Member", "cluster-jura"), ("Idea", OWNED), ("Project", f"m1/{uuid4()}")],
)
def test_a_code_is_given_as_it_is_or_as_a_node_id(kind: str, code: str) -> None:
    assert identity.code(code, kind) == code
    assert identity.code(node_id(kind, code), kind) == code
    assert identity.node(node_id(kind, code)) == (kind, code)
    assert identity.entity(node_id(kind, code)) == f"{kind.lower()}/{code}"


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("Idea", UUID),
        ("Idea", UUID.upper()),
        ("Idea", f"cluster-jura/{UUID.upper()}"),
        ("Idea", f"/{UUID}"),
        ("Idea", f"../{UUID}"),
        ("Idea", f"a/b/{UUID}"),
        ("Idea", f"{OWNED}\n"),
        ("Idea", node_id("Idea", UUID)),
        ("Idea", node_id("Project", OWNED)),
        ("Territory", OWNED),
        ("Territory", "cc val"),
        ("Member", node_id("Territory", "cc-val-d-amour")),
        ("Member", node_id("Need", OWNED)),
        ("Member", ""),
    ],
)
def test_what_does_not_name_one_object_of_the_type_is_no_id(kind: str, given: str) -> None:
    with pytest.raises(Fault, match=r"id\.invalid"):
        identity.code(given, kind)


@pytest.mark.parametrize(
    "entity",
    [f"project/{OWNED}", f"need/{OWNED}", f"headcount/{OWNED}", "territory/cc-val-d-amour", "producer/m1/ideation"]
    + [f"actor/{UUID}", f"accompaniment/{UUID}"],
)
def test_an_entity_is_named_as_in_events(entity: str) -> None:
    assert identity.entity(entity) == entity


@pytest.mark.parametrize("entity", [f"project/{UUID}", f"need/{UUID}", f"batch/m1/x/{UUID}", "x y/z", "idea/"])
def test_an_owned_object_without_its_owner_is_no_entity(entity: str) -> None:
    with pytest.raises(Fault, match=r"id\.invalid"):
        identity.entity(entity)


@pytest.mark.parametrize(
    ("given", "kind", "told"),
    [
        (node_id("Project", OWNED), "Project", OWNED),
        (node_id("Territory", "t-1"), "Territory", "t-1"),
        (node_id("Idea", OWNED), "Project", node_id("Idea", OWNED)),
        (UUID, "Project", UUID),
        (OWNED, "Project", OWNED),
        ("nonsense", "Project", "nonsense"),
    ],
)
def test_a_service_is_told_the_code_of_a_node_id_and_any_other_text_as_it_is(given: str, kind: str, told: str) -> None:
    assert identity.plain(given, kind) == told
