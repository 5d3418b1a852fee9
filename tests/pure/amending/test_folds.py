"""Every fold names every event of its streams: a type that somebody forgot ends the decision, and is seen here."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar, Final, get_args

import pytest

from services.ideation.events import Fact
from services.ideation.events_listening import Gathering
from services.ideation.service import DEFINITION as IDEATION
from services.projects.service import DEFINITION as PROJECTS
from shared import contracts
from shared.kernel.amendments import Amending
from shared.kernel.decider import Events, Spec
from shared.kernel.deciding import history
from shared.kernel.fields import Payload
from shared.runtime.service import Definition
from tests.pure.deciding import Given

SERVICES: Final = (IDEATION, PROJECTS)
_GATHERINGS: Final = frozenset(get_args(Gathering.model_fields["kind"].annotation))
# Streams of which some command asks for single facts only, without a fold: with what may stand in them.
ASKED_FOR_FACTS: Final = {
    "actor": "ActorRegistered",
    "batch": "AdviserBatchDeclared IdeaBatchDeclared JobBatchDeclared ProjectBatchDeclared",
    "interview": "HeadcountDeclared InterviewHeld ParticipationRecorded",
    "need": "NeedCharacterised NeedRecorded",
    "producer": "ProducerKeyIntroduced",
    "selection": "IdeaSelected",
    "territory": "TerritoryRegistered",
}


class NeverThoughtOf(Fact):
    """Something that a later release records, and whose fold was forgotten."""

    TYPE: ClassVar = "ideation.NeverThoughtOf.v1"
    STREAM: ClassVar = "idea/x"
    ENTITIES: ClassVar = ()


def kinds(payload: type[Payload]) -> frozenset[str]:
    """The kinds of streams that a fact may stand in."""
    if issubclass(payload, Amending):
        return frozenset()
    kind = payload.STREAM.partition("/")[0]
    return _GATHERINGS if kind.startswith("{") else frozenset({kind})


def payloads() -> Iterator[tuple[Definition, type[Payload]]]:
    for service in SERVICES:
        yield from ((service, payload) for payload in service.door.payloads.values())


def example(service: Definition, payload: type[Payload]) -> Payload:
    return service.door.read(payload.TYPE, contracts.event_example(payload.TYPE))


def stream_with(service: Definition, payload: type[Payload], kind: str) -> Events:
    """A stream of this kind in which what founds it stands before this event, so that a fold must look at it."""
    others = (one for one in service.door.payloads.values() if kind in kinds(one))
    founding = [example(service, one) for one in others if not one.HANGS_ON]
    events = Given(service).given(*founding, example(service, payload)).events
    return [replace(event, version=at) for at, event in enumerate(events, 1)]


def folding(kind: str) -> list[Spec[Any, Any]]:
    """The commands about streams of this kind that fold them."""
    return [
        spec
        for service in SERVICES
        for spec in service.specs.values()
        if spec.member != "target.source" and kind in kinds(spec.model) and spec.fold is not history
    ]


CLOSED: Final = [spec for kind in sorted({k for _, p in payloads() for k in kinds(p)}) for spec in folding(kind)]
PAIRS: Final = [
    (service, payload, kind, spec)
    for service, payload in payloads()
    for kind in sorted(kinds(payload))
    for spec in folding(kind)
    if spec.name in service.specs
]


@pytest.mark.parametrize(
    ("service", "payload", "kind", "spec"), PAIRS, ids=[f"{s.name} on {p.TYPE} in {k}" for _, p, k, s in PAIRS]
)
def test_a_fold_knows_every_event_of_its_streams(service, payload, kind, spec):
    spec.fold(stream_with(service, payload, kind))


@pytest.mark.parametrize("spec", CLOSED, ids=lambda spec: spec.name)
def test_a_fold_does_not_pass_over_what_it_does_not_know(spec):
    stranger = Given(IDEATION).given(NeverThoughtOf()).events
    with pytest.raises(TypeError, match=r"NeverThoughtOf\.v1 stands in a stream whose fold does not know it"):
        spec.fold(stranger)


def test_streams_that_are_asked_for_single_facts_hold_nothing_else():
    asked = {
        kind
        for service in SERVICES
        for spec in service.specs.values()
        if spec.member != "target.source" and spec.fold is history
        for kind in kinds(spec.model)
    }
    stand = {
        kind: " ".join(sorted(payload.TYPE.split(".")[1] for _, payload in payloads() if kind in kinds(payload)))
        for kind in asked
    }
    assert stand == ASKED_FOR_FACTS


def test_every_event_is_read_by_the_command_that_corrects_it():
    for service, payload in payloads():
        if not payload.AMENDABLE:
            continue
        (spec,) = (one for one in service.specs.values() if one.emits[0] == payload.TYPE)
        assert kinds(spec.model) & kinds(payload)
