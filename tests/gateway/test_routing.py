"""Where a command goes: to one's own member, or, for the coordinator alone, where the input says."""

from typing import Any

import pytest

from services.gateway.callers import Caller, viewer
from services.gateway.commands import TARGET, Contract
from services.gateway.routing import Nowhere, route
from shared.runtime.tokens import Claims, coordinates

HUB = "hub"
PROPOSE, NEARING, VOID = (
    Contract("Do", service, frozenset({"AD"}), {}, {}, member)
    for service, member in (("ideation", ()), ("projects", ("member_id",)), (TARGET, ("target", "source")))
)
OTHERS = {"target": {"source": "/members/m2/projects", "sequence": 3}}


def caller(member: str, *roles: str) -> Caller:
    claims = Claims("p", member, roles, 2**40)
    return Caller("en", claims, "t", viewer(claims, HUB), coordinates(claims, HUB))


@pytest.mark.parametrize(
    ("contract", "asked", "place"),
    [
        (PROPOSE, {"member_id": "m2"}, (HUB, "ideation")),
        (NEARING, {"member_id": "m2"}, ("m2", "projects")),
        (NEARING, {}, (HUB, "projects")),
        (VOID, OTHERS, ("m2", "projects")),
    ],
)
def test_the_coordinators_command_goes_where_its_input_says(contract: Contract, asked: Any, place: Any) -> None:
    assert route(contract, caller(HUB, "CO"), asked) == place


@pytest.mark.parametrize("who", [("m1", "CO"), ("m1", "AD"), ("m1", "AU"), (HUB, "AD"), (HUB, "AU"), (HUB, "ME")])
def test_everybody_elses_goes_to_their_own_member(who: tuple[str, str]) -> None:
    assert route(NEARING, caller(*who), {"member_id": "m2"}) == (who[0], "projects")
    assert route(VOID, caller(*who), OTHERS) == (who[0], "projects")


@pytest.mark.parametrize("member", ["", "../m2", "m2/x", "M2", "m2\n", "2m", 5, ["m2"], {"a": 1}])
def test_a_field_that_names_no_member_is_told(member: Any) -> None:
    with pytest.raises(Nowhere) as nowhere:
        route(NEARING, caller(HUB, "CO"), {"member_id": member})
    assert nowhere.value.path == ["input", "memberId"]


@pytest.mark.parametrize(
    "source", [None, "", "/members/m2/gateway", "/members/m2/projects/x", "/members/../projects", "/etc/passwd", 7]
)
@pytest.mark.parametrize("member", [HUB, "m1"])
def test_a_record_that_names_no_service_is_told(source: Any, member: str) -> None:
    with pytest.raises(Nowhere) as nowhere:
        route(VOID, caller(member, "CO"), {"target": {"source": source}})
    assert nowhere.value.path == ["input", "target", "source"]
