"""The sheets of objects: what they say, and what they say to whom."""

import pytest

from services.indicators.facts import AnyFact, held
from services.indicators.portfolio import Document, documents
from tests.pure.indicators.making import COLLECTIVE, coordinators, corrected, fact, job, opened, project_fact, voided


def _documents(entity: str, *facts: AnyFact) -> list[Document]:
    return documents(entity, held([one for one in facts if entity in one.entities]))


def _body(entity: str, *facts: AnyFact):
    (found,) = _documents(entity, *facts)
    return found.body


IDEA = "idea/cluster-jura/i"
PROJECT = "project/cluster-jura/p"


def test_an_idea_says_what_it_became_and_names_objects_with_their_owner():
    proposed, selected = fact("IdeaProposed", needs=["n"]), fact("IdeaSelected")
    assert _body(IDEA, proposed)["status"] == "proposed"
    assert _body(IDEA, proposed, fact("IdeaShortlisted"))["status"] == "shortlisted"
    body = _body(IDEA, proposed, selected)
    assert (body["id"], body["member"], body["status"]) == ("cluster-jura/i", "cluster-jura", "selected")
    assert (body["projects"], body["needs"]) == (["cluster-jura/p"], ["cluster-jura/n"])
    assert (body["description"], body["accompaniment"]) == (None, None)


def test_a_project_says_where_it_stands():
    facts = [opened(idea_ids=["i"]), project_fact("ProjectQualified", "2019-02-01")]
    assert _body(PROJECT, facts[0])["status"] == "opened"
    body = _body(PROJECT, *facts)
    assert (body["status"], body["qualifiedOn"], body["launchedOn"]) == ("qualified", "2019-02-01", None)
    assert (body["ideas"], body["member"], body["paused"]) == (["cluster-jura/i"], "cluster-jura", False)
    started = [*facts, project_fact("ActivityStarted"), job(), job(job_id="k")]
    assert _body(PROJECT, *started)["status"] == "completed"
    assert _body(PROJECT, *started)["jobs"] == 2
    more = [project_fact("ActivityStarted", activity_id=name) for name in "fbedc"]
    assert _body(PROJECT, *started, *more)["activities"] == [f"cluster-jura/{name}" for name in "abcdef"]
    assert _body(PROJECT, *started, project_fact("ProjectAbandoned", reason="other"))["status"] == "abandoned"


def test_a_project_is_paused_until_it_goes_on_and_has_its_last_holder():
    facts = [opened(), project_fact("ProjectPaused", "2019-03-01"), project_fact("ProjectHolderIdentified")]
    assert _body(PROJECT, *facts)["paused"] is True
    assert _body(PROJECT, *facts, project_fact("ProjectResumed", "2019-04-01"))["paused"] is False
    last = project_fact("ProjectHolderIdentified", "2020-01-01", project_holder="another")
    assert _body(PROJECT, last, *facts)["projectHolder"] == "another"


def test_a_territory_says_who_accompanies_it_now_and_names_no_project():
    registered, admitted = coordinators("TerritoryRegistered"), coordinators("TerritoryAdmitted", precision="year")
    released = coordinators("OperatorReleased", "2020-01-01")
    facts = [registered, admitted, coordinators("OperatorAssigned"), opened()]
    assert _body("territory/t", registered)["admittedOn"] is None
    body = _body("territory/t", *facts)
    assert (body["operators"], body["accompaniments"]) == (["fdfr-89"], ["acc"])
    assert (body["admittedOn"], body["admittedPrecision"]) == ("2019-12-31", "year")
    assert "projects" not in body
    assert _body("territory/t", *facts, released)["operators"] == []


def test_who_leaves_one_accompaniment_still_operates_the_other():
    facts = [coordinators("TerritoryRegistered")]
    for accompaniment in ("acc", "second"):
        facts.append(coordinators("TerritoryAdmitted", "2019-01-01", accompaniment_id=accompaniment))
        facts.append(coordinators("OperatorAssigned", "2019-02-01", accompaniment_id=accompaniment))
    assert _body("territory/t", *facts, coordinators("OperatorReleased", "2020-01-01"))["operators"] == ["fdfr-89"]


def test_who_operates_what_was_never_admitted_is_not_named():
    facts = [coordinators("TerritoryRegistered"), coordinators("OperatorAssigned")]
    assert _body("territory/t", *facts)["operators"] == []


def test_a_member_says_its_legal_name_and_when_it_came_and_went():
    joined, left = coordinators("MemberJoined", "2015-01-01"), coordinators("MemberLeft", "2020-01-01")
    assert _body("member/cluster-jura", joined)["legalName"] == "Cluster Jura"
    assert _body("member/cluster-jura", joined)["leftOn"] is None
    body = _body("member/cluster-jura", joined, left)
    assert (body["joinedOn"], body["leftOn"]) == ("2015-01-01", "2020-01-01")
    assert _body("member/cluster-jura", joined, left, coordinators("MemberJoined", "2021-01-01"))["leftOn"] is None
    assert _documents("member/cluster-jura", left) == []


def test_an_object_whose_founding_record_is_voided_has_no_sheet():
    idea = fact("IdeaProposed")
    assert _documents(IDEA, idea, fact("IdeaSelected"), voided(idea)) == []


def test_lists_are_sorted_as_french_does():
    titles = ["Zébrure", "épicerie", "Œuvre", "Étang", "eau", "oeil", "Atelier"]
    found = sorted(_documents(IDEA, fact("IdeaProposed", title=title))[0].sort for title in titles)
    assert [sort.split("\x1f")[1] for sort in found] == [
        "Atelier",
        "eau",
        "épicerie",
        "Étang",
        "oeil",
        "Œuvre",
        "Zébrure",
    ]


def test_the_key_of_a_list_is_bounded_and_ends_with_the_id():
    (found,) = _documents(IDEA, fact("IdeaProposed", title="ﷺ" * 200))
    assert len(found.sort.encode()) < 2000
    assert found.sort.endswith("\x1fcluster-jura/i")


@pytest.mark.parametrize(
    ("visibility", "levels"), [("public", (0, 2)), ("partners", (1, 2)), ("member", (2, 2)), (None, (1, 2))]
)
def test_a_sheet_is_there_on_the_levels_that_see_its_founding_record(visibility, levels):
    (found,) = _documents(IDEA, fact("IdeaProposed", confidentiality=visibility))
    assert (found.lowest, found.highest) == levels
    assert found.owner == "cluster-jura"


def _status(found: list[Document]) -> list[tuple[int, int, str]]:
    return [(one.lowest, one.highest, one.body["status"]) for one in found]


def test_who_sees_more_records_reads_another_sheet():
    proposed = fact("IdeaProposed", confidentiality="public")
    kept, chosen = fact("IdeaShortlisted"), fact("IdeaSelected", confidentiality="member")
    found = _documents(IDEA, proposed, kept, chosen)
    assert _status(found) == [(0, 0, "proposed"), (1, 1, "shortlisted"), (2, 2, "selected")]


def test_an_object_whose_founding_record_may_not_be_seen_is_not_there_whatever_else_may():
    found = _documents(IDEA, fact("IdeaProposed", confidentiality="member"), fact("IdeaShortlisted"))
    assert _status(found) == [(2, 2, "shortlisted")]


def test_levels_that_read_the_same_have_one_sheet():
    proposed = fact("IdeaProposed", confidentiality="public")
    again = fact("IdeaShortlisted", confidentiality="public")
    assert _status(_documents(IDEA, proposed, fact("IdeaShortlisted"), again)) == [(0, 2, "shortlisted")]


def test_what_a_sheet_does_not_read_makes_no_level():
    facts = [coordinators("TerritoryRegistered", confidentiality="public"), opened(confidentiality="member")]
    (found,) = _documents("territory/t", *facts)
    assert (found.lowest, found.highest, found.owner) == (0, 2, COLLECTIVE)


def test_the_visibility_of_a_corrected_record_is_that_of_what_holds_now():
    idea = fact("IdeaProposed", confidentiality="public")
    (found,) = _documents(IDEA, idea, corrected(idea, confidentiality="member"))
    assert (found.lowest, found.highest) == (2, 2)


def test_the_title_that_is_sorted_by_is_the_one_that_may_be_seen():
    secret = coordinators("TerritoryRegistered", "2018-01-01", name="Aaa", confidentiality="member")
    public = coordinators("TerritoryRegistered", "2019-01-01", name="Zzz", confidentiality="public")
    found = _documents("territory/t", secret, public)
    assert [(one.lowest, one.sort[:3]) for one in found] == [(0, "zzz"), (2, "aaa")]
