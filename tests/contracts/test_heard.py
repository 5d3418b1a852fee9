"""What the figures read of events, on the emitters' own examples; and what they refuse."""

import msgspec
import pytest

from services.indicators import reading
from shared import contracts
from shared.kernel import canonical


@pytest.mark.parametrize("kind", sorted(contracts.events()))
def test_the_emitters_example_is_read(kind):
    said = reading.read(kind, canonical.encode(contracts.event_example(kind)))
    assert type(said) is reading.SHAPES.get(kind, type(said))
    assert list(said.territory_ids) == contracts.event_example(kind)["territory_ids"]


@pytest.mark.parametrize("kind", sorted(reading.SHAPES))
def test_a_payload_without_a_field_that_is_read_is_refused(kind):
    example = contracts.event_example(kind)
    needed = [field.name for field in msgspec.structs.fields(reading.SHAPES[kind]) if field.required]
    for name in needed:
        broken = {key: value for key, value in example.items() if key != name}
        with pytest.raises(msgspec.ValidationError):
            reading.read(kind, canonical.encode(broken))


@pytest.mark.parametrize("kind", sorted(contracts.events()))
def test_a_territory_that_is_no_text_is_refused_whatever_the_event(kind):
    for wrong in (5, [5], [""], None):
        with pytest.raises(msgspec.ValidationError):
            reading.read(kind, canonical.encode({**contracts.event_example(kind), "territory_ids": wrong}))


def test_a_correction_is_read_as_its_original_would_be():
    example = contracts.event_example("projects.RecordCorrected.v1")
    broken = {**example, "replacement": {"data": {"territory_ids": 5}}}
    with pytest.raises(msgspec.ValidationError):
        reading.read("projects.RecordCorrected.v1", canonical.encode(broken))
