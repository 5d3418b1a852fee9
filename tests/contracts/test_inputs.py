"""What commands take: corrections by the fields of each command, ids of owned objects with or without their member."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from deploy import contracts as made
from services.ideation.service import SPECS as IDEATION
from services.projects.service import SPECS as PROJECTS
from shared import contracts
from shared.kernel import canonical

PAYLOADS: Final = made.payloads()
SPECS: Final = {**IDEATION, **PROJECTS}
CHANGES: Final = contracts.command_schema("CorrectRecord")["properties"]["changes"]
GIVEN: Final = sorted(set(SPECS) - {"CorrectRecord", "VoidRecord"})
CORRECTED: Final = sorted(CHANGES["properties"])
UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
OWN: Final = "cluster-jura"
OWNED: Final = {
    *("idea_id", "need_id", "interview_id", "workshop_id", "batch_id", "project_id", "activity_id", "job_id"),
    *("needs", "idea_ids", "workshop", "activity.id"),
}
NOT_OWNED: Final = {"adviser_id", "actor_id", "accompaniment_id", "accompaniment_ids", "participants", "resources"}


def example(name: str) -> Any:
    return json.loads((contracts.FOLDER / "commands" / f"{name}.example.json").read_text(encoding="utf-8"))


def correction(name: str, fields: Any) -> bool:
    """Whether the contract takes this correction."""
    check = Draft202012Validator(contracts.command_schema("CorrectRecord"))
    return bool(check.is_valid({**example("CorrectRecord"), "changes": {name: fields}}))


def ids(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every id in an input, with its path (lists count as their field)."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from ids(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for one in value:
            yield from ids(one, path)
    elif isinstance(value, str) and UUID.fullmatch(value):
        yield path, value


def test_every_command_whose_record_is_amended_is_corrected_by_its_name():
    amended = {
        name for name, spec in SPECS.items() if spec.member != "target.source" and PAYLOADS[spec.emits[0]].AMENDABLE
    }
    assert set(CORRECTED) == amended
    assert (CHANGES["minProperties"], CHANGES["maxProperties"]) == (1, 1)


@pytest.mark.parametrize("name", CORRECTED)
def test_a_correction_takes_each_field_of_the_record_and_null_and_no_other(name):
    payload = PAYLOADS[SPECS[name].emits[0]]
    fields = set(CHANGES["properties"][name]["properties"])
    named = fields ^ ({*payload.model_fields, "occurred_on"})
    assert named, "the ids of its objects are not corrected"
    assert all(re.search(rf"\{{{field}\b", f"{payload.STREAM} {payload.ENTITIES}") for field in named)
    assert correction(name, {})
    assert correction(name, {"occurred_on": {"date": "2026-06-30", "precision": "month"}, "confidentiality": "public"})
    assert not correction(name, {"surprise": 1})
    assert not correction(name, {"confidentiality": "secret"})


def test_a_correction_is_of_one_command():
    assert not Draft202012Validator(contracts.command_schema("CorrectRecord")).is_valid(
        {**example("CorrectRecord"), "changes": {"ProposeIdea": {}, "RecordNeed": {}}}
    )
    assert not correction("IntroduceProducerKey", {})
    assert not correction("VoidRecord", {})


def test_every_id_of_every_command_is_known_to_be_owned_or_not():
    found = {path for name in GIVEN for path, _ in ids(example(name))}
    assert found <= OWNED | NOT_OWNED
    assert found >= OWNED | {"actor_id", "adviser_id", "accompaniment_id"}


@pytest.mark.parametrize("name", GIVEN)
def test_an_owned_object_is_named_with_its_member_or_without(name):
    plain = canonical.encode(example(name))
    model, context = SPECS[name].model, {"member": OWN}
    read = model.model_validate_json(plain, strict=True, context=context)
    for path, value in ids(example(name)):
        mine, foreign = (plain.replace(f'"{value}"'.encode(), f'"{who}/{value}"'.encode()) for who in (OWN, "another"))
        if path in OWNED:
            assert model.model_validate_json(mine, strict=True, context=context) == read
            with pytest.raises(ValidationError, match="This is an object of another"):
                model.model_validate_json(foreign, strict=True, context=context)
        else:
            with pytest.raises(ValidationError, match="UUID"):
                model.model_validate_json(mine, strict=True, context=context)


def test_a_command_about_any_member_names_it():
    named = {name: about["member"] for name, about in contracts.commands().items() if "member" in about}
    assert named == {
        "CorrectRecord": "target.source",
        "VoidRecord": "target.source",
        "DeclareProjectNearing": "member_id",
    }
    for name, path in named.items():
        assert contracts.at(example(name), path)
