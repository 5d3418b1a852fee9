"""Past the door only the newest shape exists: an old record is decided on, corrected and voided like a new one."""

from dataclasses import replace
from typing import Any, ClassVar

import pytest

from services.ideation.amendments import RecordCorrected, RecordVoided
from services.ideation.events_listening import IdeaProposed
from services.ideation.idea import idea, propose
from services.ideation.placing import lookups
from services.ideation.service import DEFINITION
from shared import contracts
from shared.amending import commands
from shared.amending.deciding import Amendments
from shared.kernel.deciding import command
from shared.kernel.fields import Title
from shared.kernel.refusals import Refused
from tests.pure.deciding import HERE, Given
from tests.pure.ideation.making import IDEA, proposed, shortlisted

V1, V2, V3 = (f"ideation.IdeaProposed.v{n}" for n in (1, 2, 3))
PROPOSE = {**HERE, "idea_id": IDEA, "title": "A shared oven", "provenance": "workshop"}


class IdeaProposed2(IdeaProposed):
    """Somebody proposed an idea, and said it in a few words."""

    TYPE: ClassVar = V2
    summary: Title


def lift(data: dict[str, Any]) -> dict[str, Any]:
    """What was a title only is its own summary. Lifted twice, a summary would be lost."""
    return {**data, "summary": f"In short: {data['title']}"}


def newer_service() -> Given:
    """The ideation service of a later release, which records ideas with a summary."""
    payloads = {kind: one for kind, one in DEFINITION.door.payloads.items() if kind != V1}
    door = replace(DEFINITION.door, payloads={**payloads, V2: IdeaProposed2}, lifts={V1: (V2, lift)})
    asked = command(IdeaProposed2, "ProposeIdea", "AD", idea, propose, ("Propose", "Proposer"), lookups)
    others = {**DEFINITION.specs, "ProposeIdea": asked}
    by_event = {spec.emits[0]: spec for spec in others.values()}
    amending = commands.specs(Amendments(door, RecordCorrected, RecordVoided, by_event))
    specs = {**others, **{spec.name: spec for spec in amending}}
    return Given(replace(DEFINITION, door=door, specs=specs))


@pytest.fixture(autouse=True)
def _contract(monkeypatch):
    monkeypatch.setitem(contracts.events(), V2, contracts.events()[V1])


@pytest.fixture
def past() -> Given:
    """An idea that the release before recorded."""
    given = newer_service()
    return given.given(given.door.read(V1, proposed().payload()), type=V1)


def summary_of(past: Given) -> Any:
    (event,) = past.live(f"idea/{IDEA}")
    return event.fact.payload()["summary"]


def test_an_old_record_is_decided_on(past):
    past.when("ShortlistIdea", **HERE, idea_id=IDEA).then(shortlisted())
    past.when("ProposeIdea", **PROPOSE, summary="In short: A shared oven").then()
    past.when("ProposeIdea", **PROPOSE, summary="Bread").then_refused("idea.exists")


def test_a_new_record_is_of_the_new_type(past):
    outcome = newer_service().when("ProposeIdea", **PROPOSE, summary="Bread")
    assert [draft.type for draft in outcome.drafts] == [V2]


def test_an_old_record_is_corrected_in_the_new_shape(past):
    said = past.correct(1, summary="Bread").only
    assert (said["target"]["type"], said["data_type"]) == (V1, V2)
    assert (said["data"]["title"], said["data"]["summary"]) == ("A shared oven", "Bread")
    assert summary_of(past.corrected(1, summary="Bread")) == "Bread"


def test_it_is_corrected_again_and_keeps_what_was_not_named(past):
    twice = past.corrected(1, summary="Bread").corrected(1, title="A mill")
    assert summary_of(twice) == "Bread"


def test_a_correction_of_the_release_before_is_lifted_too(past):
    older = Given(DEFINITION).given(proposed()).correct(1, title="A mill").only
    assert "data_type" not in older
    corrected = past.given(past.door.read(RecordCorrected.TYPE, older))
    assert summary_of(corrected) == "In short: A mill"


def test_a_correction_in_a_records_own_shape_names_no_type():
    given = newer_service()
    new = given.given(given.door.read(V2, {**proposed().payload(), "summary": "Bread"}))
    assert "data_type" not in new.correct(1, summary="Flour").only


def test_an_old_record_is_voided_with_what_hangs_on_it_and_recorded_anew(past):
    voided = past.given(shortlisted()).voided(1)
    assert voided.live(f"idea/{IDEA}") == []
    again = voided.when("ProposeIdea", **PROPOSE, summary="Bread")
    assert [draft.type for draft in again.drafts] == [V2]
    assert summary_of(voided.recording(again)) == "Bread"


def test_lifts_follow_one_another():
    door = newer_service().door
    third = {V2: (V3, lambda data: {**data, "themes": ["bread"]})}
    lifting = replace(door, payloads={**door.payloads, V3: IdeaProposed2}, lifts={**door.lifts, **third})
    read = lifting.read(V1, proposed().payload()).payload()
    assert (read["summary"], read["themes"]) == ("In short: A shared oven", ["bread"])


@pytest.mark.parametrize("kind", ["ideation.IdeaDreamt.v1", V3, "ideation.IdeaProposed"])
def test_a_type_that_a_newer_release_recorded_is_not_passed_over(kind):
    with pytest.raises(Refused, match=r"record\.unknown_type") as refused:
        newer_service().door.read(kind, proposed().payload())
    assert kind in refused.value.en and kind in refused.value.fr


def test_nor_is_a_field_that_a_newer_release_recorded():
    with pytest.raises(Refused, match=r"record\.unknown_type"):
        newer_service().door.read(V2, {**proposed().payload(), "summary": "Bread", "since_later": 1})
