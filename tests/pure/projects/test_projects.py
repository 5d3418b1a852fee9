"""A project from its opening to the threshold of its activity."""

from datetime import date

import pytest

from services.projects.events import PilotStarted, ProjectQualified
from tests.pure.deciding import COORDINATOR, ELSEWHERE, FOREIGN, HERE, JURA, OPERATED, OWN, told
from tests.pure.projects.making import (
    CRITERIA,
    OPEN,
    PROJECT,
    abandoned,
    holder,
    launched,
    nearing,
    opened,
    paused,
    projects,
    qualified,
    resumed,
)

OF = {"project_id": PROJECT}
under_way = projects.given(opened())
STEPS = [
    ("IdentifyProjectHolder", {"project_holder": "the-bakery"}),
    ("QualifyProject", {"criteria": CRITERIA, "body": "Committee"}),
    ("OpenLaunchPhase", {}),
    ("DeclareProjectNearing", {"member_id": OWN, "body": "Committee"}),
    ("PauseProject", {"reason": "No room"}),
    ("ResumeProject", {}),
    ("StartPilot", {"hypothesis": "Bread sells"}),
]


def test_a_project_is_opened():
    projects.when("OpenProject", **OPEN).then(opened())


def test_a_project_is_about_the_territories_of_its_accompaniments():
    told_of = projects.when("OpenProject", **{**OPEN, "territory_ids": []}).only
    assert told_of["territory_ids"] == [JURA]


def test_a_project_of_two_accompaniments_is_about_both_territories():
    both = {**OPEN, "accompaniment_ids": [OPERATED, FOREIGN], "member_id": COORDINATOR}
    assert projects.by("CO").when("OpenProject", **both).only["territory_ids"] == [ELSEWHERE, JURA]


def test_a_project_is_opened_once():
    under_way.when("OpenProject", **OPEN).then()
    under_way.when("OpenProject", **{**OPEN, "title": "The mill"}).then_refused("project.exists")


def test_a_member_opens_its_own_projects():
    projects.when("OpenProject", **{**OPEN, "member_id": "another"}).then_refused("project.foreign")


def test_a_project_is_opened_only_where_the_member_operates():
    asked = {**OPEN, "accompaniment_ids": [FOREIGN], "accompaniment_id": FOREIGN}
    projects.when("OpenProject", **asked).then_refused("accompaniment.not_operator")


def test_a_project_is_opened_only_under_what_was_heard_of():
    deaf = projects.hearing({f"accompaniment/{OPERATED}": None})
    deaf.when("OpenProject", **OPEN).then_refused("accompaniment.unknown")
    deaf = projects.hearing({f"territory/{JURA}": None})
    deaf.when("OpenProject", **OPEN).then_refused("territory.unknown")


def test_what_was_decided_in_ideation_is_not_decided_again():
    deaf = projects.hearing({f"accompaniment/{OPERATED}": None, f"territory/{JURA}": None})
    deaf.by("SV").when("OpenProject", **OPEN).then(opened())


def test_the_coordinator_opens_its_projects_everywhere():
    asked = {**OPEN, "member_id": COORDINATOR}
    projects.by("CO").when("OpenProject", **asked).then(opened(member_id=COORDINATOR))


@pytest.mark.parametrize(("name", "fields"), STEPS)
def test_nothing_is_done_with_a_project_that_nobody_opened(name, fields):
    projects.when(name, **OF, **fields).then_refused("project.unknown")


@pytest.mark.parametrize(("name", "fields"), STEPS)
def test_nothing_is_done_with_a_project_that_was_given_up(name, fields):
    under_way.given(qualified(), abandoned()).when(name, **OF, **fields).then_refused("project.abandoned")


def test_every_step_is_about_the_places_of_its_project():
    told_of = under_way.when("QualifyProject", **OF, criteria=CRITERIA, body="Committee").only
    assert told_of["territory_ids"] == [JURA]
    assert told_of["accompaniment_id"] == OPERATED


def test_a_project_is_qualified_once():
    asked = {**OF, "criteria": CRITERIA, "body": "Committee"}
    under_way.when("QualifyProject", **asked).then(qualified())
    under_way.given(qualified()).when("QualifyProject", **asked).then()


@pytest.mark.parametrize("missing", sorted(CRITERIA))
def test_a_criterion_that_is_not_met_needs_its_reason(missing):
    criteria = {**CRITERIA, missing: False}
    asked = {**OF, "criteria": criteria, "body": "Committee"}
    under_way.when("QualifyProject", **asked).then_refused("project.criteria")
    excused = {**asked, "exceptions": "It comes next month"}
    under_way.when("QualifyProject", **excused).then(told(ProjectQualified, **HERE, **excused))


def test_a_qualified_project_is_launched_once():
    under_way.given(qualified()).when("OpenLaunchPhase", **OF).then(launched())
    under_way.given(qualified(), launched()).when("OpenLaunchPhase", **OF).then()


def test_a_project_is_not_launched_unqualified():
    under_way.when("OpenLaunchPhase", **OF).then_refused("project.not_qualified")


def test_of_the_past_not_every_step_was_kept():
    under_way.legacy().when("OpenLaunchPhase", **OF).then(launched())


def test_a_project_is_declared_nearing_once_qualified_or_not():
    asked = {**OF, "member_id": OWN, "body": "Committee"}
    coordinator = under_way.by("CO", OWN)
    coordinator.when("DeclareProjectNearing", **asked).then(nearing())
    coordinator.given(nearing()).when("DeclareProjectNearing", **asked).then()


def test_a_pause_ends_before_another_begins():
    under_way.when("PauseProject", **OF, reason="No room").then(paused())
    under_way.given(paused()).when("PauseProject", **OF, reason="Still no room").then()
    under_way.given(paused()).when("ResumeProject", **OF).then(resumed())
    under_way.given(paused(), resumed()).when("PauseProject", **OF, reason="No room").then(paused())


def test_only_a_paused_project_resumes():
    under_way.when("ResumeProject", **OF).then()


def test_each_hypothesis_is_tested_once():
    pilot = told(PilotStarted, **HERE, **OF, hypothesis="Bread sells")
    under_way.when("StartPilot", **OF, hypothesis="Bread sells").then(pilot)
    under_way.given(pilot).when("StartPilot", **OF, hypothesis="Bread sells").then()
    under_way.given(pilot).when("StartPilot", **OF, hypothesis="Cakes sell").then_types(PilotStarted)


def test_the_last_named_holder_holds():
    bakery, coop = holder(), holder("the-coop", legal_form="scic")
    under_way.when("IdentifyProjectHolder", **OF, project_holder="the-bakery").then(bakery)
    under_way.given(bakery).when("IdentifyProjectHolder", **OF, project_holder="the-bakery").then()
    again = under_way.given(bakery, coop).when("IdentifyProjectHolder", **OF, project_holder="the-bakery")
    again.then(bakery)


def test_a_project_is_given_up_once_and_for_good():
    asked = {**OF, "reason": "no_funding"}
    under_way.when("AbandonProject", **asked).then(abandoned())
    under_way.given(abandoned()).when("AbandonProject", **asked).then()
    under_way.given(abandoned()).when("OpenProject", **OPEN).then()
    projects.when("AbandonProject", **asked).then_refused("project.unknown")


def test_a_project_is_declared_nearing_at_its_own_members_service():
    asked = {**OF, "member_id": "another", "body": "Committee"}
    under_way.by("CO", OWN).when("DeclareProjectNearing", **asked).then_refused("project.foreign", "member_id")


def test_steps_of_one_kind_follow_one_another():
    begun = under_way.given(paused(), on=date(2026, 5, 1))
    begun.on(date(2026, 4, 30)).when("ResumeProject", **OF).then_refused("project.dates", "occurred_on", "date")
    begun.on(date(2026, 5, 1)).when("ResumeProject", **OF).then(resumed())
    again = begun.given(resumed(), on=date(2026, 6, 1))
    again.on(date(2026, 5, 31)).when("PauseProject", **OF, reason="No room").then_refused("project.dates")
    again.on(date(2026, 6, 1)).when("PauseProject", **OF, reason="No room").then(paused())


def test_a_holder_is_not_named_before_the_one_it_follows():
    past = under_way.given(holder(), on=date(2026, 5, 1))
    asked = {**OF, "project_holder": "the-coop"}
    past.on(date(2026, 4, 30)).when("IdentifyProjectHolder", **asked).then_refused("project.dates")
    past.on(date(2026, 5, 1)).when("IdentifyProjectHolder", **asked).then(holder("the-coop"))


def test_a_step_is_not_tied_to_steps_of_another_kind():
    past = under_way.given(paused(), on=date(2026, 5, 1))
    asked = {**OF, "criteria": CRITERIA, "body": "Committee"}
    past.on(date(2026, 4, 1)).when("QualifyProject", **asked).then(qualified())


def test_a_voided_project_is_unknown_with_all_its_steps():
    past = under_way.given(qualified(), abandoned()).voided(1)
    past.when("QualifyProject", **OF, criteria=CRITERIA, body="Committee").then_refused("project.unknown")
    past.when("OpenProject", **OPEN).then(opened())


def test_a_voided_abandonment_never_was():
    past = under_way.given(abandoned()).voided(2)
    past.when("PauseProject", **OF, reason="No room").then(paused())


def test_a_voided_qualification_qualifies_nobody():
    under_way.given(qualified()).voided(2).when("OpenLaunchPhase", **OF).then_refused("project.not_qualified")
