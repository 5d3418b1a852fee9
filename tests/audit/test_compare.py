"""What the claim about figures says: how much was compared, and what stands in the way."""

from typing import Any

from services.audit.answers import Asked, from_saved
from services.audit.catalogue import BESIDE, PARTS, indicators
from services.audit.compare import beyond, compare
from services.audit.findings import FIGURE, INCOMPLETE, Claim
from tests.audit.counting import heard
from tests.audit.exporting import answer
from tests.audit.making import JURA, JURA_PROJECTS, ROOT, World
from tests.audit.telling import batch, join

# Value and label of every indicator, the bounds of each headline, all that is shown, and the records set aside.
SHOWN = sum(1 + len(PARTS[name]) + len(BESIDE[name]) for name in PARTS)
NUMBERS = 2 * len(indicators()) + len(PARTS) + SHOWN + 1


def claimed(told: World, *answers: Any) -> Claim:
    claim = Claim("figures")
    trail, found = heard(told), [from_saved(one) for one in answers]
    counted = {
        source: min([len(topic), *(one.position[source] for one in found)]) for source, topic in told.topics.items()
    }
    compare(Asked(counted, found), trail, claim, {})
    return claim


def test_the_claim_says_how_many_numbers_are_equal_where_and_when() -> None:
    told = World(JURA)
    join(told, "cluster-jura")
    days = ("2019-12-31", "2026-11-01")
    answers = [answer(told, {}, scope, day) for day in days for scope in ("region", "member/cluster-jura")]
    claim = claimed(told, *answers)
    assert claim.text == f"{4 * NUMBERS} numbers equal in 2 scopes at the end of 2019-12-31, 2026-11-01"
    assert claim.word == "PASS"


def test_one_difference_is_one_number_less_and_says_both() -> None:
    told = World(JURA)
    wrong = answer(told, {})
    wrong["values"]["jobs_alive"] = 7
    claim = claimed(told, wrong)
    assert claim.text.startswith(f"{NUMBERS - 1} numbers equal")
    assert [str(one) for one in claim.findings] == [
        "figure jobs_alive: region at 2026-11-01: the gateway says 7, the records 0"
    ]


def test_the_claim_says_what_is_not_yet_counted_there_and_what_is_set_aside() -> None:
    told = World(JURA_PROJECTS)
    early = answer(told, {})
    told.say("ideation.MemberLeft", {}, source=ROOT)
    late = answer(told, {})
    late |= {"complete": False, "parked": 1, "aside": {f"{ROOT} payload.contract": 1}}
    assert claimed(told, early, late).text.endswith("; 1 newer records not yet counted there; 1 parked")
    assert claimed(told, late).text.endswith("2026-11-01; 1 parked")


def test_a_refused_scope_is_one_finding() -> None:
    told = World(JURA)
    join(told, "cluster-jura")
    refused = {**answer(told, {}, "member/cluster-jura"), "known": False, "values": {}, "precision": {}}
    claim = claimed(told, answer(told, {}), {**refused, "bounds": {}, "shown": []})
    assert [(one.exit, one.reason) for one in claim.findings] == [(FIGURE, "figure scope")]


def test_what_the_gateway_counts_beyond_the_proof_is_told_at_its_farthest_and_nothing_else_is() -> None:
    told = World(JURA, JURA_PROJECTS)
    batch(told)
    answers = []
    for jura, projects in ((1, 1), (3, 2), (2, 0)):
        one = answer(told, {"jobs_alive": 7})
        one["position"] |= {JURA: jura, JURA_PROJECTS: projects}
        answers.append(one)
    assert beyond([one["position"] for one in answers], heard(told)) == {JURA: 3, JURA_PROJECTS: 2}
    claim = claimed(told, *answers)
    assert {one.exit for one in claim.findings} == {INCOMPLETE}
    assert [str(one) for one in claim.findings] == [
        f"{JURA}: figures.beyond: counted up to 3, proven up to 0",
        f"{JURA_PROJECTS}: figures.beyond: counted up to 2, proven up to 1",
    ]
