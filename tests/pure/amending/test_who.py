"""Who may correct or void a record: its author for seven days, the member's administrator, the coordinator."""

import pytest

from services.ideation.amendments import RecordCorrected, RecordVoided
from tests.pure.deciding import AUTHOR, OWN
from tests.pure.ideation.making import ideation, proposed

# Now is 2026-11-23 at 10:00 UTC.
SEVEN_DAYS_AGO = "2026-11-16T10:00:00.000000Z"
LONGER_AGO = "2026-11-16T09:59:59.999999Z"
AGES_AGO = "2016-01-01T10:00:00.000000Z"
BETTER = {"title": "An oven for all"}
recorded = ideation.given(proposed())


def recorded_at(time):
    return ideation.given(proposed(), time=time)


def both(past):
    return past.correct(1, **BETTER), past.void(1)


@pytest.mark.parametrize("role", ["AD", "AC", "TR", "PH"])
def test_an_author_corrects_and_voids(role):
    correct, void = both(recorded.by(role))
    correct.then_types(RecordCorrected)
    void.then_types(RecordVoided)


@pytest.mark.parametrize("role", ["AD", "AC", "TR", "PH"])
def test_nobody_else_does(role):
    for outcome in both(recorded.by(role, actor="adviser-8")):
        outcome.then_refused("amendment.not_author", "target")


def test_an_author_does_so_within_seven_days():
    for outcome in both(recorded_at(SEVEN_DAYS_AGO)):
        assert outcome.refused is None
    for outcome in both(recorded_at(LONGER_AGO)):
        outcome.then_refused("amendment.late", "target")


def test_who_is_not_its_author_is_told_so_however_late():
    for outcome in both(recorded_at(LONGER_AGO).by("AD", actor="adviser-8")):
        outcome.then_refused("amendment.not_author")


@pytest.mark.parametrize("role", ["ME", "CO"])
@pytest.mark.parametrize("time", [LONGER_AGO, AGES_AGO])
def test_the_administrator_and_the_coordinator_do_so_for_everybody_at_any_time(role, time):
    for outcome in both(recorded_at(time).by(role, OWN, actor="another")):
        assert outcome.refused is None


def test_a_correction_does_not_give_its_author_more_time():
    late = recorded_at(LONGER_AGO)
    corrected = late.recording(late.by("ME", actor="the-administrator").correct(1, **BETTER))
    for outcome in both(corrected):
        outcome.then_refused("amendment.late")


def test_who_corrected_a_record_is_not_its_author():
    by_another = recorded.by("ME", actor="the-administrator")
    past = recorded.recording(by_another.correct(1, **BETTER), actor="the-administrator")
    past.by("AD", actor=AUTHOR).void(1).then_types(RecordVoided)
    past.by("AD", actor="the-administrator").void(1).then_refused("amendment.not_author")


def test_what_a_service_recorded_by_itself_is_amended_by_the_administrator():
    past = ideation.given(proposed(), actor="service:ideation", role="SV")
    for outcome in both(past):
        outcome.then_refused("amendment.not_author")
    for outcome in both(past.by("ME", actor="the-administrator")):
        assert outcome.refused is None
