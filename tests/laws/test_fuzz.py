"""No record that a member can sign ends the reader, a reaction or the audit, and both judge and count alike.

Of every type, with payloads from the contracts and beyond them, and odd attributes; all rightly chained and signed.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.gateway.histories import Event
from services.gateway.indicators import catalogue
from services.gateway.sheets import KINDS
from services.ideation.service import DEFINITION as IDEATION
from services.indicators.drawn import draw
from services.indicators.facts import AnyFact, Kept, kept, read_kept
from services.projects.service import DEFINITION as PROJECTS
from shared import contracts
from shared.contracts.routing import entities
from shared.kernel import attributes, canonical, record
from shared.kernel.decider import Call
from shared.kernel.refusals import Refused
from shared.runtime.hearing import heard_of
from tests.laws import odd
from tests.laws.counting import Counted, recount
from tests.laws.examples import NUMBER
from tests.laws.forging import Forger, Forgers, read, trail_of
from tests.laws.moves import key_of

ENDS: Final = tuple(date(*day) for day in ((1990, 1, 1), (2019, 6, 1), (2026, 11, 23), (2099, 12, 31), (9999, 12, 31)))
SCOPES: Final = ("region", "member/alpha", "member/coord", "territory/t-north", "territory/t-south")
ROOT: Final = "/members/coord/ideation"
SOURCES: Final = (ROOT, "/members/alpha/ideation", "/members/alpha/projects")
_KEYS: Final = "ideation.ProducerKeyIntroduced.v1"
_EVENTS: Final = tuple(sorted(set(contracts.events()) - {_KEYS}))


# What a row of PostgreSQL's index on documents may weigh.
_INDEXED: Final = 2_600


class Said(NamedTuple):
    """One record to be signed."""

    source: str
    kind: str
    subject: str
    data: Any
    changed: Mapping[str, Any]


def said(numbers: bytes) -> Said:
    """A record of some type, from a few bytes: fit for its contract, or not."""
    choice = odd.Choice(numbers)
    kind = choice.of(_EVENTS)
    wrong, service = choice.below(3) == 1, kind.partition(".")[0]
    member = choice.of(("alpha", "alpha", "coord")) if service == "ideation" else "alpha"
    subject = choice.of(("stream/1", "stream/2", f"project/{odd.IDS[0]}"))
    changed = odd.attributes(choice)
    mutation = bytes(choice.below(256) for _ in range(9)) if wrong else b""
    data: Any = odd.payload(kind, choice)
    if "member_id" in data and choice.below(3):
        data["member_id"] = member
    if wrong:
        data = odd.mutated(data, odd.Choice(mutation))
    if len(orjson.dumps(data)) > record.MAX_DATA or not isinstance(data, dict):
        data = {}
    return Said(f"/members/{member}/{service}", kind, subject, data, changed)


SAID: Final = st.binary(min_size=8, max_size=80).map(said)


def signed(told: Sequence[Said]) -> dict[str, Forger]:
    """The producers of these records, with what they have signed. Amendments name a record that is there, if any is."""
    forgers = {source: Forger(source) for source in SOURCES}
    root = forgers[ROOT]
    for source in SOURCES[1:]:
        root.say(_KEYS, _introduction(source), f"producer/{source}")
    for one in told:
        forger = forgers[one.source]
        forger.say(one.kind, _aimed(one, forger), **{"subject": one.subject, **one.changed})
    return forgers


def _introduction(source: str) -> dict[str, Any]:
    return {**contracts.event_example(_KEYS), **key_of(source)}


def _aimed(one: Said, forger: Forger) -> Any:
    """An amendment with a target that it may have, where its payload has the form of one."""
    data = one.data
    if ".Record" not in one.kind or not isinstance(data, dict) or not isinstance(data.get("target"), dict):
        return data
    original = record.read(forger.raws[-1]) if forger.raws else None
    if original is None or ".Record" in original.attributes.type or not isinstance(original.data, dict):
        return data
    a = original.attributes
    try:
        named = entities(a.type, original.data, a.source.split("/")[2])
    except TypeError:
        return data
    target = {"source": a.source, "sequence": a.sequence, "version": a.streamversion, "type": a.type}
    target |= {"subject": one.subject, "entities": named}
    return {**data, "target": target, **({"data": original.data} if data.get("data") == {} else {})}


examples: Final = settings(
    max_examples=max(NUMBER // 8, 20),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@examples
@given(st.lists(SAID, min_size=1, max_size=10))
def test_reader_and_audit_judge_and_count_alike_whatever_is_signed(told: list[Said]) -> None:
    forgers = signed(told)
    trail = trail_of({source: forger.raws for source, forger in forgers.items()})
    for source, forger in forgers.items():
        ours = read(forger)
        aside = tuple((one.sequence, one.code) for one in trail.facts.parked if one.source == source)
        assert (ours.stopped, ours.aside) == (None, aside)
    counted = Counted(Forgers(forgers))
    for day in ENDS:
        theirs = recount(trail, day)
        for scope in SCOPES:
            mine = counted.of(scope, day)
            assert {name: mine.get(name, 0) for name in catalogue()} == theirs.figures(scope).values, (scope, day)
    _is_drawn_and_shown(counted.by_entity())


def _is_drawn_and_shown(facts: Mapping[str, Sequence[AnyFact]]) -> None:
    """What is admitted is drawn, kept and shown: in two batches, as rows, as sheets and as histories."""
    first = {entity: its[: len(its) // 2] for entity, its in facts.items() if len(its) > 1}
    last = {entity: its[len(its) // 2 :] for entity, its in facts.items()}
    whole = draw(facts, facts, {})
    draw(last, last, first)
    for document in whole.documents:
        KINDS[document.kind.title()].of(document.id, {"projects": [], **orjson.loads(orjson.dumps(document.body))})
        assert len(document.sort.encode()) + len(document.id.encode()) < _INDEXED
    for fact in (fact for its in facts.values() for fact in its):
        assert read_kept(fact.body) == fact
        assert len(fact.subject.encode()) + sum(len(one.encode()) for one in fact.entities) < record.MAX_RECORD
        Event.of(_row(kept(fact.body)), named=True)


def _row(told: Kept) -> dict[str, Any]:
    """As `api.history` gives it."""
    return {
        **{name: getattr(told, name) for name in ("source", "sequence", "type", "time", "subject", "origin", "role")},
        **{"occurredon": told.occurred_on, "precision": told.precision, "actor": told.actor, "amended_by": []},
        **{"entities": list(told.entities), "data": orjson.loads(bytes(told.data))},
    }


@examples
@given(SAID)
def test_a_reaction_makes_a_command_of_what_is_signed_or_refuses_it(one: Said) -> None:
    (raw,) = signed([one])[one.source].raws[-1:]
    read_ = record.read(raw)
    if attributes.fault(read_.attributes) is not None:
        return
    heard = heard_of(read_)
    for definition in (IDEATION, PROJECTS):
        for reaction in definition.reactions:
            if heard.type not in reaction.types:
                continue
            try:
                reaction.replica(heard)
                for wanted in reaction.handle(heard, None):
                    if isinstance(wanted, Call):
                        spec = definition.specs[wanted.name]
                        spec.model.model_validate_json(canonical.encode(dict(wanted.input)), strict=True)
                    else:
                        canonical.encode(dict(wanted.body))
            except (Refused, ValidationError):
                continue
