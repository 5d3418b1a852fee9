"""Who may speak of what, by the contracts: the table of docs/record.md, and what a void takes with it."""

import re
from pathlib import Path

import pytest

from deploy import contracts as made
from shared import contracts
from shared.contracts import authority
from shared.contracts.routing import entities, owned_kinds

EVENTS = sorted(contracts.events())
OWN, COORDINATOR = "cluster-jura", "coordination"
DOCS = Path(__file__).parents[2] / "docs"
OF_THE_COORDINATOR = {
    *("ideation.MemberJoined.v1", "ideation.MemberLeft.v1", "ideation.ProducerKeyIntroduced.v1"),
    *("ideation.TerritoryRegistered.v1", "ideation.TerritoryAdmitted.v1"),
    *("ideation.OperatorAssigned.v1", "ideation.OperatorReleased.v1"),
}
SHARED = {
    *("ideation.AdviserAppointed.v1", "ideation.AdviserDeparted.v1"),
    *("ideation.AdviserAssigned.v1", "ideation.AdviserUnassigned.v1", "ideation.ActorRegistered.v1"),
}
AMENDMENTS = ("RecordCorrected", "RecordVoided")


def fault(kind, member=OWN, service=None, **changed):
    source = f"/members/{member}/{service or kind.split('.')[0]}"
    about = contracts.events()[kind]
    example = dict(contracts.event_example(kind))
    if "names_owner" in about:
        example[about["names_owner"]] = member
    return authority.fault(kind, {**example, **changed}, source, COORDINATOR)


def amendment(**changed):
    target = {
        "source": f"/members/{OWN}/ideation",
        "sequence": 6,
        "version": 1,
        "type": "ideation.IdeaProposed.v1",
        "subject": "idea/1",
        "entities": [f"idea/{OWN}/1"],
    }
    return authority.amendment_fault({**target, **changed}, f"/members/{OWN}/ideation", "idea/1", 7)


def test_the_coordinators_events_and_the_shared_ones_are_those_of_the_table():
    said = {kind: about["authority"] for kind, about in contracts.events().items()}
    assert {kind for kind, who in said.items() if who == "coordinator"} == OF_THE_COORDINATOR
    assert {kind for kind, who in said.items() if who == "shared"} == SHARED
    assert set(said.values()) == {"owner", "shared", "coordinator"}


@pytest.mark.parametrize("kind", EVENTS)
def test_a_member_speaks_of_its_own_objects_and_the_coordinator_of_its(kind):
    assert fault(kind) == (authority.COORDINATOR if kind in OF_THE_COORDINATOR else None)
    assert fault(kind, COORDINATOR) is None


@pytest.mark.parametrize("kind", EVENTS)
def test_a_producer_speaks_with_the_types_of_its_own_service(kind):
    other = "projects" if kind.startswith("ideation") else "ideation"
    for member in (OWN, COORDINATOR):
        assert fault(kind, member, other) == authority.SERVICE


@pytest.mark.parametrize("kind", [kind for kind, about in contracts.events().items() if "names_owner" in about])
def test_a_record_names_the_member_of_its_source(kind):
    field = contracts.events()[kind]["names_owner"]
    assert fault(kind, **{field: "another-member"}) == authority.OWNER
    any_member = kind == "ideation.AdviserBatchDeclared.v1"
    assert fault(kind, COORDINATOR, **{field: "another-member"}) == (None if any_member else authority.OWNER)


def test_only_the_coordinator_counts_for_the_collective():
    kind = "ideation.HeadcountDeclared.v1"
    collective = {**contracts.event_example(kind)["activity"], "kind": "collective"}
    assert fault(kind, activity=collective) == authority.COORDINATOR
    assert fault(kind, COORDINATOR, activity=collective) is None


def test_what_names_an_owner_names_a_field_of_its_event():
    for kind, about in contracts.events().items():
        fields = contracts.event_schema(kind)["properties"]
        assert about.get("names_owner", "territory_ids") in fields
        if "coordinator_when" in about:
            path, value = about["coordinator_when"]
            assert path.split(".")[0] in fields and value == "collective"


def test_an_amendment_names_a_record_of_its_own_stream_before_it():
    assert amendment() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "/members/another/ideation"},
        {"source": f"/members/{OWN}/projects"},
        {"subject": "idea/2"},
        {"sequence": 7},
        {"sequence": 8},
        {"sequence": 0},
        {"type": "projects.JobCreated.v1"},
        {"type": "ideation.RecordCorrected.v1"},
        {"type": "ideation.RecordVoided.v1"},
        {"type": "ideation.ProducerKeyIntroduced.v1"},
        {"type": "ideation.NeverHeardOf.v1"},
        {"entities": ["idea/another-member/1"]},
        {"entities": [f"idea/{OWN}/1", "headcount/another-member/1"]},
        {"entities": ["idea/1"]},
    ],
)
def test_any_other_target_is_set_aside(wrong):
    assert amendment(**wrong) == authority.AMENDMENT


def test_a_void_may_name_what_is_shared_or_the_coordinators():
    assert amendment(entities=[f"idea/{OWN}/1", "actor/1", "accompaniment/1", "territory/cc-jura"]) is None


def test_owned_objects_are_those_of_the_table():
    # Activities and jobs are facts of their project, and stand under its name.
    assert owned_kinds() == {"idea", "need", "interview", "workshop", "headcount", "batch", "project"}


@pytest.mark.parametrize("kind", EVENTS)
def test_an_owned_object_is_named_with_the_member_of_the_record(kind):
    example = contracts.event_example(kind)
    if kind.split(".")[1] in AMENDMENTS:
        return
    for name in entities(kind, example, OWN):
        of, _, rest = name.partition("/")
        assert rest.startswith(f"{OWN}/") == (of in owned_kinds())


def hanging_by_the_page() -> dict[str, set[str]]:
    """The table of docs/figures.md, event by event."""
    page = (DOCS / "figures.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", page.partition("| type | hangs on |")[2].partition("\n\n")[0], re.M)
    service = {kind.split(".")[1]: kind.split(".")[0] for kind in EVENTS if kind.split(".")[1] not in AMENDMENTS}
    found: dict[str, set[str]] = {}
    for left, right in rows:
        names = re.findall(r"`([A-Za-z]+)`", left)
        if left.startswith("every step of a project"):
            of = [k for k, p in made.payloads().items() if p.STREAM == "project/{project_id}"]
            names = [kind.split(".")[1] for kind in of if kind != "projects.ProjectOpened.v1"]
        for name in names:
            found[f"{service[name]}.{name}"] = {f"{service[on]}.{on}" for on in re.findall(r"`([A-Za-z]+)`", right)}
    return found


def test_what_a_void_takes_with_it_is_what_the_page_says():
    hanging = {kind: about["hangs_on"] for kind, about in contracts.events().items() if "hangs_on" in about}
    said = {kind.rpartition(".")[0]: set(on) for kind, on in hanging.items()}
    assert said == hanging_by_the_page()
    assert len(said) == 17


def test_what_hangs_on_a_record_stands_in_its_stream():
    payloads = {kind.rpartition(".")[0]: payload for kind, payload in made.payloads().items()}
    for name, payload in payloads.items():
        for on in payload.HANGS_ON:
            kind = payload.STREAM.partition("/")[0]
            assert kind in (payloads[on].STREAM.partition("/")[0], "{activity.kind}"), name
