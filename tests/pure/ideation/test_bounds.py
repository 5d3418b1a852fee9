"""Nothing comes in without a limit: what a command's input may not be."""

from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from services.ideation.service import SPECS
from tests.pure.deciding import HERE, uid
from tests.pure.ideation.making import BATCH, IDEA, INTERVIEW, appointed, proposed

PROPOSE = {"idea_id": IDEA, "title": "An oven", "provenance": "online"}
COUNT = {"activity": {"kind": "other", "id": uid(1)}, "headcount": {"value": 1}}
APPOINT = {"adviser_id": uid(2), "member_id": "cluster-jura", "share": "1"}
JOIN = {"member_id": "cluster-jura", "legal_name": "Cluster Jura"}
ACT = {"actor_id": uid(3), "kind": "organisation", "category": "company"}
REGISTER = {"territory_id": "cc-jura", "kind": "cc", "name": "Jura"}


def read(name: str, given: Any) -> Any:
    return SPECS[name].model.model_validate_json(orjson.dumps(given), strict=True)


@pytest.mark.parametrize(
    ("name", "given", "changed"),
    [
        ("ProposeIdea", PROPOSE, {"title": ""}),
        ("ProposeIdea", PROPOSE, {"title": "   "}),
        ("ProposeIdea", PROPOSE, {"title": "x" * 201}),
        ("ProposeIdea", PROPOSE, {"title": "\u200b\u2800"}),
        ("ProposeIdea", PROPOSE, {"title": "An\noven"}),
        ("ProposeIdea", PROPOSE, {"title": "An\x1b[31moven"}),
        ("ProposeIdea", PROPOSE, {"description": "\n\t\u00a0"}),
        ("ProposeIdea", PROPOSE, {"description": "An oven\x07"}),
        ("ProposeIdea", PROPOSE, {"themes": ["\u00ad"]}),
        ("ProposeIdea", PROPOSE, {"title": 7}),
        ("ProposeIdea", PROPOSE, {"title": None}),
        ("ProposeIdea", PROPOSE, {"description": "x" * 4001}),
        ("ProposeIdea", PROPOSE, {"idea_id": "idea-1"}),
        ("ProposeIdea", PROPOSE, {"idea_id": 1}),
        ("ProposeIdea", PROPOSE, {"provenance": "dream"}),
        ("ProposeIdea", PROPOSE, {"needs": [uid(1)] * 201}),
        ("ProposeIdea", PROPOSE, {"needs": uid(1)}),
        ("ProposeIdea", PROPOSE, {"territory_ids": ["CC Jura"]}),
        ("ProposeIdea", PROPOSE, {"territory_ids": ["a"] * 51}),
        ("ProposeIdea", PROPOSE, {"themes": ["x" * 101]}),
        ("ProposeIdea", PROPOSE, {"surprise": True}),
        ("ProposeIdea", PROPOSE, {"language": "tlh"}),
        ("ProposeIdea", PROPOSE, {"evidence": [{"digest": "ab", "title": "A study"}]}),
        ("ProposeIdea", PROPOSE, {"evidence": [{"digest": "ab" * 32, "title": "A study", "level": 4}]}),
        ("DeclareHeadcount", COUNT, {"headcount": {"value": -1}}),
        ("DeclareHeadcount", COUNT, {"headcount": {"value": 10_000_001}}),
        ("DeclareHeadcount", COUNT, {"headcount": {"value": "40"}}),
        ("DeclareHeadcount", COUNT, {"headcount": {"value": 4.5}}),
        ("DeclareHeadcount", COUNT, {"headcount": {"value": 1, "precision": "roughly"}}),
        ("DeclareHeadcount", COUNT, {"identified": -1}),
        ("DeclareHeadcount", COUNT, {"activity": {"kind": "party", "id": uid(1)}}),
        ("AppointAdviser", APPOINT, {"share": "0"}),
        ("AppointAdviser", APPOINT, {"share": "-0.5"}),
        ("AppointAdviser", APPOINT, {"share": "1.0001"}),
        ("AppointAdviser", APPOINT, {"share": "0.12345"}),
        ("AppointAdviser", APPOINT, {"share": "NaN"}),
        ("AppointAdviser", APPOINT, {"share": "Infinity"}),
        ("AppointAdviser", APPOINT, {"member_id": "Cluster Jura"}),
        ("AppointAdviser", APPOINT, {"member_id": "../etc"}),
        ("JoinMember", JOIN, {"siren": "243900421"}),
        ("JoinMember", JOIN, {"rna": "000000001"}),
        ("JoinMember", JOIN, {"legal_name": "\u3164"}),
        ("RegisterActor", ACT, {"siren": "123456789"}),
        ("RegisterActor", ACT, {"rna": "W12"}),
        ("RegisterTerritory", REGISTER, {"siren": "123456789"}),
        ("RegisterTerritory", REGISTER, {"epci_links": [{"siren": "123456789", "relation": "is"}]}),
        ("RegisterTerritory", REGISTER, {"insee": ["99001"]}),
        ("RegisterTerritory", REGISTER, {"siren": "12345678"}),
        ("RegisterTerritory", REGISTER, {"siren": "١٢٣٤٥٦٧٨٩"}),
        ("RegisterTerritory", REGISTER, {"insee": ["3900"]}),
        ("RegisterTerritory", REGISTER, {"population": -1}),
        ("RegisterTerritory", REGISTER, {"cog_vintage": "2026"}),
        ("RegisterTerritory", REGISTER, {"kind": "country"}),
        ("RecordInterview", {"interview_id": INTERVIEW, "form": "market"}, {"participants": [uid(1)] * 201}),
        ("SelectIdea", {"project_id": uid(3), "decision_body": "C", "project_title": "P", **HERE}, {"idea_ids": []}),
        ("DeclareIdeaBatch", {"batch_id": BATCH, "source": "A list"}, {"count": 12}),
    ],
)
def test_an_input_out_of_bounds_is_not_read(name, given, changed):
    with pytest.raises(ValidationError):
        read(name, {**given, **changed})


def test_the_inputs_above_are_good_without_the_change():
    for name, given in (
        ("ProposeIdea", PROPOSE),
        ("DeclareHeadcount", COUNT),
        ("AppointAdviser", APPOINT),
        ("RegisterTerritory", {**REGISTER, "siren": "243900420", "insee": ["39001", "2A004"]}),
        ("JoinMember", {**JOIN, "siren": "552100554", "rna": "W391000001"}),
        ("RegisterActor", {**ACT, "siren": "552100554"}),
        ("ProposeIdea", {**PROPOSE, "description": "An oven\n\tfor bread"}),
    ):
        assert read(name, given)


def test_an_id_has_one_writing():
    assert str(read("ProposeIdea", {**PROPOSE, "idea_id": IDEA.upper()}).idea_id) == IDEA


def test_decimals_are_written_as_text_in_one_way():
    assert appointed("0.50").payload()["share"] == "0.5"
    assert appointed("1.0").payload()["share"] == "1"


def test_what_is_not_known_is_left_out_and_what_has_a_default_is_written():
    payload = proposed().payload()
    assert "description" not in payload
    assert payload["needs"] == []
    assert payload["confidentiality"] == "partners"
