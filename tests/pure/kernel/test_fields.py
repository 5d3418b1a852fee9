"""Official codes, and the ids of objects that belong to a member."""

from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.kernel import codes
from shared.kernel.fields import Hours, Id, Insee, Rna, Share, Siren, owned
from shared.kernel.invalid import refusal

AN_ID = "11111111-0000-7000-8000-000000000001"
OVEN = TypeAdapter(Annotated[Id, owned("oven")])


def fits(kind: Any, text: str) -> bool:
    try:
        TypeAdapter(Annotated[kind, None]).validate_python(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("code", ["000000018", "200000008", "243900420", "552100554"])
def test_a_siren_whose_check_digit_is_right_is_taken(code):
    assert fits(Siren, code)


@pytest.mark.parametrize(
    "code",
    ["000000019", "243900421", "552100545", "24390042", "2439004200", "243 900 420", "24390042O", "٢٤٣٩٠٠٤٢٠", ""],
)
def test_any_other_is_not(code):
    assert not fits(Siren, code)


def test_a_siret_has_its_check_digit_too():
    assert codes.siret("73282932000074") == "73282932000074"
    for wrong in ("73282932000075", "7328293200007", "00000000000001"):
        with pytest.raises(ValueError, match="SIRET"):
            codes.siret(wrong)


@pytest.mark.parametrize("code", ["W000000001", "W2A1000001", "W9B1000001", "W751000001"])
def test_an_association_has_its_number(code):
    assert fits(Rna, code)


@pytest.mark.parametrize("code", ["W00000001", "w000000001", "W0000000012", "X000000001", "W2C1000001", "W00000000A"])
def test_an_association_has_no_other(code):
    assert not fits(Rna, code)


@pytest.mark.parametrize("code", ["39001", "01001", "2A004", "2B033", "97411", "98818"])
def test_a_commune_has_its_code(code):
    assert fits(Insee, code)


@pytest.mark.parametrize("code", ["00001", "99100", "2C001", "20001x", "3900", "390011", "2a004", "3900A"])
def test_a_commune_has_no_other(code):
    assert not fits(Insee, code)


@pytest.mark.parametrize("given", [AN_ID, f"cluster-jura/{AN_ID}", AN_ID.upper()])
def test_an_owned_object_is_named_with_its_member_or_without(given):
    assert OVEN.validate_json(f'"{given}"', context={"member": "cluster-jura"}) == UUID(AN_ID)


@pytest.mark.parametrize("owner", ["another-member", "", "Cluster-Jura", "cluster-jura/cluster-jura"])
def test_anothers_object_is_refused_and_its_member_named(owner):
    with pytest.raises(ValidationError) as raised:
        OVEN.validate_json(f'"{owner}/{AN_ID}"', context={"member": "cluster-jura"})
    refused = refusal(raised.value, ("input",))
    assert refused.code in ("oven.foreign", "input.invalid")
    assert (refused.code == "oven.foreign") == ("/" not in owner)
    assert refused.path == ("input",)


def test_who_is_asked_for_nobody_takes_no_members_name():
    with pytest.raises(ValidationError, match="This is an object of cluster-jura"):
        OVEN.validate_json(f'"cluster-jura/{AN_ID}"')


@pytest.mark.parametrize("given", [f"cluster-jura/{AN_ID}/x", "cluster-jura/", "cluster-jura/no-id", "no-id"])
def test_what_is_no_id_is_none_with_a_member_either(given):
    with pytest.raises(ValidationError) as raised:
        OVEN.validate_json(f'"{given}"', context={"member": "cluster-jura"})
    assert refusal(raised.value).code == "input.invalid"


@pytest.mark.parametrize(
    ("kind", "given", "written"), [(Share, "0.50", '"0.5"'), (Share, "1.0", '"1"'), (Hours, "35.00", '"35"')]
)
def test_a_decimal_is_written_in_one_way(kind, given, written):
    adapter = TypeAdapter(kind)
    assert adapter.dump_json(adapter.validate_json(f'"{given}"')).decode() == written
