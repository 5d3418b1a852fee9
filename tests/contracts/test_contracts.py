"""The contracts are the emitters' own words: equal to what the classes give, and their examples fit them."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from deploy import contracts as made
from deploy import envelope
from services.ideation.service import SPECS as IDEATION
from services.projects.service import SPECS as PROJECTS
from shared import contracts
from shared.contracts.routing import entities
from shared.kernel import canonical, record
from tests.pure.kernel.making import sealed

AN_ID = "01933c1e-7b1a-7c3e-8d52-000000000001"
EVENTS = sorted(contracts.events())
COMMANDS = sorted(contracts.commands())
PAYLOADS = made.payloads()
# A released event keeps its name and its fields for ever; this list only grows.
FIRST_RELEASE = """
ideation: ActorRegistered AdviserAppointed AdviserAssigned AdviserBatchDeclared AdviserDeparted AdviserUnassigned
HeadcountDeclared IdeaBatchDeclared IdeaProposed IdeaSelected IdeaShortlisted InterviewHeld MemberJoined MemberLeft
NeedCharacterised NeedRecorded OperatorAssigned OperatorReleased ParticipationRecorded ProducerKeyIntroduced
RecordCorrected RecordVoided TerritoryAdmitted TerritoryRegistered WorkshopCancelled WorkshopHeld WorkshopScheduled
projects: ActivityCeased ActivityStarted JobBatchDeclared JobCreated JobEnded LaunchPhaseOpened PilotStarted
ProjectAbandoned ProjectBatchDeclared ProjectHolderIdentified ProjectNearingDeclared ProjectOpened ProjectPaused
ProjectQualified ProjectResumed RecordCorrected RecordVoided
"""


def first_release() -> set[str]:
    found, service = set(), ""
    for word in FIRST_RELEASE.split():
        if word.endswith(":"):
            service = word[:-1]
        else:
            found.add(f"{service}.{word}.v1")
    return found


def strict(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def test_the_committed_files_are_what_the_classes_give():
    committed = {
        path.relative_to(contracts.FOLDER).as_posix(): path.read_text(encoding="utf-8")
        for pattern in ("events/*.json", "commands/*.json")
        for path in contracts.FOLDER.glob(pattern)
    }
    for name in ("record.schema.json", "events.toml", "commands.toml", "topics.toml"):
        committed[name] = (contracts.FOLDER / name).read_text(encoding="utf-8")
    wanted = made.files()
    assert sorted(committed) == sorted(wanted)
    assert [name for name in wanted if committed[name] != wanted[name]] == []


def test_every_event_of_the_first_release_is_there():
    assert first_release() <= set(EVENTS)


@pytest.mark.parametrize("kind", EVENTS)
def test_an_events_example_fits_its_schema(kind):
    strict(contracts.event_schema(kind)).validate(contracts.event_example(kind))


@pytest.mark.parametrize("kind", EVENTS)
def test_an_events_example_is_what_its_class_writes(kind):
    example = contracts.event_example(kind)
    assert PAYLOADS[kind].model_validate_json(canonical.encode(example), strict=True).payload() == example


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_says_in_a_sentence_what_happened(kind):
    assert contracts.events()[kind]["says"].endswith(".")


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_is_about_something_and_stands_somewhere(kind):
    example = contracts.event_example(kind)
    named = entities(kind, example, "cluster-jura")
    assert named == sorted(set(named)) and named
    assert all(re.fullmatch(r"[a-z]+(/[a-z0-9-]+){1,2}", name) for name in named)
    stream = PAYLOADS[kind].model_validate_json(canonical.encode(example), strict=True).stream()
    assert re.fullmatch(r"[a-z]+/[a-z0-9/-]+", stream)


@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_carries_what_all_events_carry(kind):
    schema = contracts.event_schema(kind)
    assert {"territory_ids", "evidence", "confidentiality", "language"} <= set(schema["required"])
    assert {"accompaniment_id", "project_id"} <= set(schema["properties"])


@pytest.mark.parametrize("kind", EVENTS)
def test_no_event_names_or_reaches_a_person(kind):
    personal = {"first_name", "last_name", "surname", "email", "phone", "address", "birth", "contact"}
    assert not personal & set(contracts.event_schema(kind)["properties"])


@pytest.mark.parametrize("kind", EVENTS)
def test_what_is_missing_or_of_a_wrong_kind_breaks_the_contract(kind):
    check, example = strict(contracts.event_schema(kind)), contracts.event_example(kind)
    for field in contracts.event_schema(kind)["required"]:
        assert not check.is_valid({name: value for name, value in example.items() if name != field})
        assert not check.is_valid({**example, field: 1.5})


@pytest.mark.parametrize("kind", EVENTS)
def test_a_later_field_does_not_break_an_older_reader(kind):
    strict(contracts.event_schema(kind)).validate({**contracts.event_example(kind), "since_later": "x"})


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_example_fits_its_schema(name):
    example = json.loads((contracts.FOLDER / "commands" / f"{name}.example.json").read_text(encoding="utf-8"))
    strict(contracts.command_schema(name)).validate(example)
    assert not strict(contracts.command_schema(name)).is_valid({**example, "surprise": 1})


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_for_known_roles_gives_known_events_and_has_a_title_in_both_languages(name):
    about = contracts.commands()[name]
    assert about["roles"]
    assert set(about["roles"]) <= {"AD", "CO", "ME", "TR", "AC", "PH", "RE"}
    assert about["emits"]
    assert set(about["emits"]) <= set(EVENTS)
    assert about["title_en"] != about["title_fr"]


def test_every_event_comes_from_a_command():
    assert {kind for about in contracts.commands().values() for kind in about["emits"]} == set(EVENTS)


def test_amendments_are_asked_alike_in_both_services():
    assert set(IDEATION) & set(PROJECTS) == {"CorrectRecord", "VoidRecord"}
    for name in set(IDEATION) & set(PROJECTS):
        assert IDEATION[name].model.model_json_schema() == PROJECTS[name].model.model_json_schema()


def test_topics_are_kept_for_ever_and_have_one_partition():
    assert set(contracts.topics()) == {"events.{member}.ideation", "events.{member}.projects"}
    for pattern, about in contracts.topics().items():
        assert (about["key"], about["partitions"], about["retention_ms"]) == ("subject", 1, -1)
        assert pattern == f"events.{about['owner']}.{about['producer'].rpartition('/')[2]}"
        source = about["producer"].format(member="cluster-jura")
        assert record.topic_of(source) == pattern.format(member="cluster-jura")


def test_a_sealed_record_fits_the_schema_of_the_envelope():
    whole = json.loads(sealed(id=AN_ID, commandid=AN_ID, correlationid=AN_ID))
    strict(envelope.SCHEMA).validate(whole)
    for name in whole:
        assert not strict(envelope.SCHEMA).is_valid({key: value for key, value in whole.items() if key != name})
    assert not strict(envelope.SCHEMA).is_valid({**whole, "surprise": 1})
