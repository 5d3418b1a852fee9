"""One SIREN is that of one territory, unless both are parts of one body."""

import pytest

from tests.pure.deciding import ELSEWHERE
from tests.pure.ideation.making import ideation, registered

SIREN, OTHER_SIREN, EPCI, OTHER_EPCI = "000000018", "200000008", "243900420", "243900479"


def part(siren):
    return {"epci_links": [{"siren": siren, "relation": "part"}]}


def test_one_siren_is_that_of_one_territory():
    past = ideation.given(registered(siren=SIREN))
    asked = {"territory_id": ELSEWHERE, "kind": "cc", "name": "Elsewhere"}
    past.when("RegisterTerritory", **asked, siren=SIREN).then_refused("territory.siren_taken", "siren")
    past.when("RegisterTerritory", **asked, siren=OTHER_SIREN).then(
        registered(ELSEWHERE, name="Elsewhere", siren=OTHER_SIREN)
    )
    past.when("RegisterTerritory", **asked).then(registered(ELSEWHERE, name="Elsewhere"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"parts": ["cc-a", "cc-b"]}, {"parts": ["cc-a", "cc-c"]}),
        (
            {"epci_links": [{"siren": EPCI, "relation": "part"}]},
            {"epci_links": [{"siren": OTHER_EPCI, "relation": "part"}]},
        ),
        ({}, {"parts": ["cc-c"]}),
    ],
    ids=["territories", "epci", "whole and part"],
)
def test_two_parts_of_one_body_have_its_siren(one, other):
    asked = {"territory_id": ELSEWHERE, "kind": "syndicat_mixte", "name": "Elsewhere", "siren": SIREN}
    past = ideation.given(registered(siren=SIREN, **one))
    past.when("RegisterTerritory", **asked, **other).then(
        registered(ELSEWHERE, **{**asked, **other, "territory_ids": [ELSEWHERE]})
    )
    past.when("RegisterTerritory", **asked, **one).then_refused("territory.siren_taken")


def test_an_epci_that_overlaps_is_no_part():
    near = {"epci_links": [{"siren": EPCI, "relation": "overlaps"}]}
    past = ideation.given(registered(siren=SIREN))
    asked = {"territory_id": ELSEWHERE, "kind": "cc", "name": "Elsewhere", "siren": SIREN}
    past.when("RegisterTerritory", **asked, **near).then_refused("territory.siren_taken")


def test_a_siren_that_a_territory_had_is_free_and_one_that_a_correction_gave_is_taken():
    asked = {"territory_id": ELSEWHERE, "kind": "cc", "name": "Elsewhere"}
    past = ideation.by("CO").given(registered(siren=SIREN)).corrected(1, siren=OTHER_SIREN)
    past.when("RegisterTerritory", **asked, siren=OTHER_SIREN).then_refused("territory.siren_taken")
    assert past.when("RegisterTerritory", **asked, siren=SIREN).only["siren"] == SIREN
    gone = ideation.by("CO").given(registered(siren=SIREN)).voided(1)
    assert gone.when("RegisterTerritory", **asked, siren=SIREN).only["siren"] == SIREN


def test_a_correction_gives_no_siren_that_another_has():
    past = ideation.by("CO").given(registered(siren=SIREN), registered(ELSEWHERE, name="Elsewhere"))
    past.correct(2, siren=SIREN).then_refused("territory.siren_taken")
