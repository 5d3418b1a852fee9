"""What was voided may be recorded anew: tried with every record of both services' stories."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from services.ideation import examples as ideation
from services.ideation.service import DEFINITION as IDEATION
from services.projects import examples as projects
from services.projects.service import DEFINITION as PROJECTS
from shared.runtime.service import Definition
from tests.pure.deciding import Given

MEMBER: Final = ideation.MEMBER
_WHO: Final = {"role": "CO", "member": MEMBER, "coordinator": MEMBER, "actor": "adviser-7"}
_LEFT_OUT: Final = frozenset({"CorrectRecord", "VoidRecord", "IntroduceProducerKey"})
Step = tuple[Given, str, Mapping[str, Any]]


def steps(service: Definition, told: Any, heard: Mapping[str, Any]) -> list[Step]:
    """Each command of a story, with what was recorded before it."""
    past, found = Given(service, heard=heard, who=_WHO), []
    for name, given in told:
        if name not in ("CorrectRecord", "VoidRecord"):
            found.append((past, name, given))
        past = past.recording(past.when(name, **given))
    return [step for step in found if step[1] not in _LEFT_OUT]


STEPS: Final = [*steps(IDEATION, ideation.EXAMPLES, {}), *steps(PROJECTS, projects.EXAMPLES, projects.HEARD)]
every_step: Final = pytest.mark.parametrize(("past", "name", "given"), STEPS, ids=[step[1] for step in STEPS])


def test_the_stories_record_every_event_that_is_amended():
    recorded = {past.when(name, **given).drafts[0].type for past, name, given in STEPS}
    amended = {kind for one in (IDEATION, PROJECTS) for kind, payload in one.door.payloads.items() if payload.AMENDABLE}
    assert recorded == amended


@every_step
def test_a_voided_record_leaves_its_stream_as_if_it_had_never_been(past, name, given):
    recorded = past.recording(past.when(name, **given))
    stream = recorded.events[len(past.events)].fact.stream()
    assert len(recorded.live(stream, MEMBER)) > len(past.live(stream, MEMBER))
    voided = recorded.voided(len(past.events) + 1)
    assert voided.live(stream, MEMBER) == past.live(stream, MEMBER)
    fold = past.service.specs[name].fold
    assert fold(voided.live(stream, MEMBER)) == fold(past.live(stream, MEMBER))


@every_step
def test_what_was_voided_is_recorded_anew_with_the_same_words_or_with_others(past, name, given):
    outcome = past.when(name, **given)
    voided = past.recording(outcome).voided(len(past.events) + 1)
    again = voided.when(name, **given)
    assert again.refused is None
    assert again.drafts == outcome.drafts
    assert voided.when(name, **{**given, "confidentiality": "public"}).first["confidentiality"] == "public"


@every_step
def test_what_is_recorded_anew_is_corrected_and_voided_like_any_other(past, name, given):
    voided = past.recording(past.when(name, **given)).voided(len(past.events) + 1)
    at = len(voided.events) + 1
    anew = voided.recording(voided.when(name, **given))
    assert anew.correct(at, confidentiality="public").first["changed"] == ["confidentiality"]
    stream = anew.events[at - 1].fact.stream()
    assert anew.voided(at).live(stream, MEMBER) == past.live(stream, MEMBER)


@every_step
def test_a_step_taken_twice_changes_nothing_and_a_void_lets_it_be_taken_again(past, name, given):
    recorded = past.recording(past.when(name, **given))
    recorded.when(name, **given).then()
    twice = recorded.voided(len(past.events) + 1)
    assert twice.when(name, **given).drafts
