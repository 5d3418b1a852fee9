"""How a batch's rows are packed."""

from services.indicators.packing import Packing
from tests.pure.indicators.making import JURA, fact, target

IDEA = fact("IdeaProposed")
NAMES = [*IDEA.entities, *(f"actor/{n}" for n in range(999))]


def test_a_fact_under_a_thousand_names_is_not_in_memory_a_thousand_times():
    void = fact("RecordVoided", sequence=10**6, target={**target(IDEA), "entities": NAMES}, note="x" * 1000)
    assert len(void.entities) == 1000
    packing = Packing(1, 1, {}, {JURA: 1})
    packing.add_facts({name: [void] for name in void.entities})
    bodies = [part for part in packing.rows().facts if part == void.body]
    assert len(bodies) == 1000
    assert all(body is void.body for body in bodies)
