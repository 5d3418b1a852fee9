"""Older versions are lifted where they come in, and are read back, amended and counted as the newest."""

from typing import Any

import pytest

from services.indicators.door import SetAside
from services.indicators.facts import AnyFact, held, kept, read_kept, those
from services.indicators.fold import contributions
from services.indicators.heard_ideation import Proposed
from services.indicators.reading import Reading
from tests.pure.indicators.making import admit, record


def _named(data):
    rest = {name: value for name, value in data.items() if name not in ("name", "idea")}
    return {**rest, "title": data["name"], "idea_id": data["idea"]}


def _with_provenance(data):
    return {**data, "provenance": "online"}


# Before the first there were two that never were: ideas had names, and nobody knew where they came from.
READING = Reading(
    {
        "ideation.IdeaProposed.v0": ("ideation.IdeaProposed.v1", _with_provenance),
        "ideation.IdeaProposed.v00": ("ideation.IdeaProposed.v0", _named),
    }
)
OLD: dict[str, Any] = {
    "title": None,
    "provenance": None,
    "name": "Une légumerie",
    "sequence": 1,
    "subject": "idea/i",
    "idea_id": None,
    "idea": "i",
}


def _old(**given) -> AnyFact:
    return admit(record("IdeaProposed.v00", **{**OLD, **given}), READING)


def test_past_the_door_only_the_newest_shape_exists():
    idea = _old()
    assert idea.type == "ideation.IdeaProposed.v1"
    assert isinstance(idea.said, Proposed)
    assert (idea.said.title, idea.said.provenance) == ("Une légumerie", "online")
    assert sum(contributions("idea/cluster-jura/i", held([idea])).values()) == 1


def test_a_stored_fact_is_lifted_when_it_is_read_back_and_histories_keep_what_was_recorded():
    idea = _old()
    assert read_kept(idea.body, READING) == idea
    assert kept(idea.body).type == "ideation.IdeaProposed.v00"
    assert b"legumerie" not in idea.body and b"title" not in idea.body


def _target(idea):
    return {
        "source": idea.source,
        "sequence": 1,
        "version": 1,
        "type": "ideation.IdeaProposed.v00",
        "subject": "idea/i",
        "entities": list(idea.entities),
    }


@pytest.mark.parametrize("read_back", [False, True])
def test_an_older_version_is_corrected_and_voided_in_its_own_words(read_back):
    idea = _old()
    data = {"territory_ids": [], "idea": "i", "name": "Deux"}
    more: dict[str, Any] = {"occurred_on": "2018-01-01", "occurred_precision": "day", "data": data, "changed": ["name"]}
    given: dict[str, Any] = {"target": _target(idea), "subject": "idea/i"}
    correction = admit(record("RecordCorrected", sequence=2, **given, **more), READING)
    void = admit(record("RecordVoided", sequence=3, **given), READING)
    if read_back:
        idea, correction, void = (read_kept(one.body, READING) for one in (idea, correction, void))
    assert [one.said.title for one in those(held([idea, correction]), Proposed)] == ["Deux"]
    assert held([idea, correction, void]) == {}


def test_what_a_lift_cannot_read_breaks_its_contract():
    with pytest.raises(SetAside, match=r"^payload\.contract"):
        _old(name=None)


def test_without_its_lift_an_older_version_is_set_aside():
    with pytest.raises(SetAside, match=r"^payload\.version"):
        admit(record("IdeaProposed.v00", **OLD))


def test_a_lift_of_an_amendment_is_read_as_an_amendment():
    lifts = {"ideation.RecordVoided.v0": ("ideation.RecordVoided.v1", lambda data: {**data, "target": data["of"]})}
    idea = admit(record("IdeaProposed", sequence=1))
    named = {**_target(idea), "type": "ideation.IdeaProposed.v1"}
    read = record("RecordVoided.v0", sequence=2, subject="idea/i", of=named, target=named)
    assert held([idea, admit(read, Reading(lifts))]) == {}
