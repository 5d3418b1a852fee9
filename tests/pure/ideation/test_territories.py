"""Territories are registered, admitted, and operated by members."""

from datetime import date

from tests.pure.deciding import ELSEWHERE, JURA, OPERATED, OWN
from tests.pure.ideation.making import admitted, deaf, ideation, joined, left, operating, registered, released

REGISTER = {"territory_id": JURA, "kind": "cc", "name": "Jura"}
ADMIT = {"accompaniment_id": OPERATED, "territory_id": JURA}


def test_a_territory_is_registered_and_its_event_is_about_itself():
    deaf.when("RegisterTerritory", **REGISTER).then(registered())


def test_registered_again_with_the_same_words_changes_nothing():
    ideation.given(registered()).when("RegisterTerritory", **REGISTER).then()


def test_a_registered_territory_is_corrected_not_registered_otherwise():
    changed = {**REGISTER, "name": "Haut-Jura"}
    ideation.given(registered()).when("RegisterTerritory", **changed).then_refused("territory.exists")


def test_a_registration_is_about_one_territory():
    asked = {**REGISTER, "territory_ids": [ELSEWHERE]}
    ideation.when("RegisterTerritory", **asked).then_refused("territory.other")


def test_a_territory_is_admitted_with_its_operators():
    asked = {**ADMIT, "operators": [{"member_id": OWN, "role": "lead"}]}
    ideation.given(registered(), joined()).when("AdmitTerritory", **asked).then(admitted(OWN))


def test_an_admission_may_not_know_who_operates():
    ideation.given(registered()).legacy().when("AdmitTerritory", **ADMIT).then(admitted())


def test_only_registered_territories_are_admitted():
    deaf.when("AdmitTerritory", **ADMIT).then_refused("territory.unknown")


def test_operators_are_members():
    asked = {**ADMIT, "operators": [{"member_id": OWN}]}
    ideation.given(registered()).when("AdmitTerritory", **asked).then_refused("member.unknown")


def test_who_left_operates_only_in_what_is_told_of_the_past():
    asked = {**ADMIT, "operators": [{"member_id": OWN}]}
    past = ideation.given(registered(), joined(), left())
    past.when("AdmitTerritory", **asked).then_refused("member.unknown")
    past.legacy().when("AdmitTerritory", **asked).then(admitted(OWN))


def test_an_operator_is_named_once():
    twice = [{"member_id": OWN, "role": "lead"}, {"member_id": OWN, "role": "support"}]
    past = ideation.given(registered(), joined())
    past.when("AdmitTerritory", **ADMIT, operators=twice).then_refused("operator.twice")


def test_an_accompaniment_begins_once():
    past = ideation.given(registered(), admitted())
    past.when("AdmitTerritory", **ADMIT).then()
    past.when("AdmitTerritory", **ADMIT, method_version="2").then_refused("accompaniment.exists")


def test_a_member_becomes_an_operator():
    past = ideation.given(admitted(), joined())
    past.when("AssignOperator", **ADMIT, member_id=OWN).then(operating())


def test_an_operator_may_change_its_role():
    past = ideation.given(admitted(OWN), joined())
    past.when("AssignOperator", **ADMIT, member_id=OWN, role="lead").then()
    past.when("AssignOperator", **ADMIT, member_id=OWN, role="support").then(operating(role="support"))


def test_only_a_member_becomes_an_operator():
    ideation.given(admitted()).when("AssignOperator", **ADMIT, member_id=OWN).then_refused("member.unknown")


def test_nobody_operates_an_unknown_accompaniment():
    ideation.given(joined()).when("AssignOperator", **ADMIT, member_id=OWN).then_refused("accompaniment.unknown")
    ideation.when("ReleaseOperator", **ADMIT, member_id=OWN).then_refused("accompaniment.unknown")


def test_an_accompaniment_is_of_one_territory():
    asked = {**ADMIT, "territory_id": ELSEWHERE, "member_id": OWN}
    past = ideation.given(admitted(OWN), joined())
    past.when("AssignOperator", **asked).then_refused("accompaniment.other_territory")


def test_an_operator_is_released_once():
    past = ideation.given(admitted(OWN))
    past.when("ReleaseOperator", **ADMIT, member_id=OWN).then(released())
    past.given(released()).when("ReleaseOperator", **ADMIT, member_id=OWN).then()


def test_who_never_operated_is_not_released():
    past = ideation.given(admitted())
    past.when("ReleaseOperator", **ADMIT, member_id=OWN).then_refused("accompaniment.not_operator")


def test_a_released_operator_may_come_back():
    past = ideation.given(admitted(OWN), released(), joined())
    past.when("AssignOperator", **ADMIT, member_id=OWN).then(operating())


def test_an_operator_is_released_after_it_was_assigned_and_assigned_again_after_its_release():
    past = ideation.given(joined()).given(admitted(OWN), on=date(2026, 5, 1))
    early = past.on(date(2026, 4, 30)).when("ReleaseOperator", **ADMIT, member_id=OWN)
    early.then_refused("operator.dates", "occurred_on", "date")
    past.on(date(2026, 5, 1)).when("ReleaseOperator", **ADMIT, member_id=OWN).then(released())
    gone = past.given(released(), on=date(2026, 6, 1))
    gone.on(date(2026, 5, 31)).when("AssignOperator", **ADMIT, member_id=OWN).then_refused("operator.dates")
    gone.on(date(2026, 6, 1)).when("AssignOperator", **ADMIT, member_id=OWN).then(operating())


def test_another_operator_is_assigned_on_any_day():
    past = ideation.given(joined("another")).given(admitted(OWN), on=date(2026, 5, 1))
    past.on(date(2026, 4, 1)).when("AssignOperator", **ADMIT, member_id="another").then(operating("another"))


def test_a_voided_territory_is_not_admitted():
    past = deaf.by("CO").given(registered()).voided(1)
    past.when("AdmitTerritory", **ADMIT).then_refused("territory.unknown")


def test_operators_come_again_once_more_when_an_admission_is_recorded_anew():
    past = deaf.by("CO").given(registered(), joined(), admitted(OWN), released()).voided(3)
    past.when("ReleaseOperator", **ADMIT, member_id=OWN).then_refused("accompaniment.unknown")
    past.when("AdmitTerritory", **ADMIT, operators=[{"member_id": OWN}]).then(admitted(OWN))
