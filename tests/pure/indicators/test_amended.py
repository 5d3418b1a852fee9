"""What histories say of amended records: who may see them, and by which they are amended."""

from collections.abc import Iterator

from msgspec.structs import replace

from services.indicators.amended import amended
from services.indicators.facts import AnyFact, kept
from tests.pure.indicators.making import corrected, fact, voided


def _seen(*facts: AnyFact) -> dict[int, tuple[str, list[int]]]:
    found = amended(facts, facts)
    return {sequence: (one.visibility, [by.sequence for by in one.by]) for (_, sequence), one in found.items()}


IDEA = fact("IdeaProposed", sequence=1, confidentiality="public")


def test_what_is_not_amended_is_not_named():
    assert _seen(IDEA, fact("IdeaShortlisted", sequence=2)) == {}


def test_a_record_has_the_visibility_of_its_live_form_and_its_amendments_have_that_too():
    first = corrected(IDEA, sequence=3, confidentiality="partners")
    last = corrected(IDEA, sequence=4, confidentiality="member")
    assert _seen(IDEA, last, first) == {1: ("member", [3, 4]), 3: ("member", []), 4: ("member", [])}


def test_a_voided_record_has_the_visibility_of_what_it_said_last():
    narrowed = corrected(IDEA, sequence=3, confidentiality="partners")
    void = voided(IDEA, sequence=4)
    late = corrected(IDEA, sequence=5, confidentiality="public")
    assert _seen(IDEA, void) == {1: ("public", [4]), 4: ("public", [])}
    assert _seen(IDEA, narrowed, void)[1] == ("partners", [3, 4])
    assert _seen(IDEA, narrowed, void, late)[1] == ("partners", [3, 4, 5])


def test_what_a_void_takes_along_has_the_visibility_of_what_it_said_last_and_names_the_void():
    kept = fact("IdeaShortlisted", sequence=2, confidentiality="public")
    narrowed = corrected(kept, sequence=3, confidentiality="member")
    found = _seen(IDEA, kept, narrowed, voided(IDEA, sequence=4))
    assert found == {1: ("public", [4]), 2: ("member", [3, 4]), 3: ("member", []), 4: ("public", [])}


def test_a_void_is_seen_as_its_original_is_and_not_as_what_it_takes_along():
    held = fact("WorkshopHeld", sequence=1, confidentiality="public")
    part = fact("ParticipationRecorded", sequence=2, confidentiality="member")
    void = voided(held, part, sequence=3)
    everywhere: dict[tuple[str, int], object] = {}
    for entity in void.entities:
        its = [one for one in (held, part, void) if entity in one.entities]
        everywhere |= {key: (one.visibility, len(one.by)) for key, one in amended(its, its).items()}
    assert {sequence: said for (_, sequence), said in everywhere.items()} == {
        1: ("public", 1),
        2: ("member", 1),
        3: ("public", 0),
    }


def test_an_amendment_whose_original_is_not_there_is_left_out_and_kept_for_who_sees_everything():
    void = voided(IDEA, sequence=4)
    assert _seen(void) == {}
    assert (kept(IDEA.body).visibility, kept(void.body).visibility) == ("public", "member")


def test_only_streams_with_something_fresh_are_looked_at():
    void = voided(IDEA, sequence=4)
    other = fact("IdeaSelected", sequence=5)
    assert amended([IDEA, void, other], [other]) == {}
    assert amended([IDEA, void, other], [void])


def test_histories_name_amendments_as_they_were_recorded():
    void = voided(IDEA, sequence=4)
    (by,) = amended([IDEA, void], [void])[IDEA.source, 1].named()
    assert by == {"source": IDEA.source, "sequence": 4, "type": "ideation.RecordVoided.v1", "time": by["time"]}


class Names(tuple[str, ...]):
    """Names of objects that count how often they are gone through."""

    looks = 0

    def __iter__(self) -> Iterator[str]:
        Names.looks += 1
        return super().__iter__()


def test_a_stream_with_as_many_voids_as_records_costs_no_look_at_each_pair():
    many = 200
    ideas = [fact("IdeaShortlisted", sequence=at) for at in range(2, many)]
    voids = [voided(IDEA, sequence=many + at) for at in range(many)]
    facts = [replace(one, entities=Names(one.entities)) for one in (IDEA, *ideas, *voids)]
    Names.looks = 0
    found = amended(facts, facts)
    assert len(found[IDEA.source, 1].by) == many
    assert {len(found[IDEA.source, one.sequence].by) for one in ideas} == {1}, "one void stands for all of them"
    assert Names.looks < 20 * len(facts)
