"""Who may see what: one function of the token, whatever the way by which the token came."""

import pytest

from services.gateway.callers import ALL, PUBLIC, Caller, viewer
from shared.runtime.tokens import ROLES, Claims, coordinates

HUB = "hub"


def claims(member: str, *roles: str) -> Claims:
    return Claims("p", member, roles, 2**40)


def test_without_a_token_only_what_is_public_is_seen() -> None:
    assert viewer(None, HUB) == PUBLIC == Caller().viewer
    assert not coordinates(None, HUB)


@pytest.mark.parametrize("role", ROLES)
def test_a_token_sees_as_its_member_the_coordinators_and_auditors_see_all(role: str) -> None:
    elsewhere, here = viewer(claims("m1", role), HUB), viewer(claims(HUB, role), HUB)
    assert elsewhere == (ALL if role == "AU" else "member/m1")
    assert here == (ALL if role in ("AU", "CO") else "member/hub")


@pytest.mark.parametrize("member", ["all", "public", "", "hub ", "HUB", "member/hub"])
def test_no_name_of_a_member_reads_as_a_right(member: str) -> None:
    assert viewer(claims(member, "CO", "AD"), HUB) == f"member/{member}"
    assert not coordinates(claims(member, "CO", "AD"), HUB)


@pytest.mark.parametrize("role", ROLES)
def test_only_the_coordinators_own_role_coordinates(role: str) -> None:
    assert coordinates(claims(HUB, role), HUB) is (role == "CO")
    assert coordinates(claims(HUB, "AD", role), HUB) is (role == "CO")
    assert not coordinates(claims("m1", role, "CO"), HUB)
