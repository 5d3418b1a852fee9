"""Members, and the registry of keys."""

from datetime import date
from hashlib import sha256

import pytest

from services.ideation.events import ProducerKeyIntroduced
from tests.pure.deciding import OWN, told
from tests.pure.ideation.making import ideation, joined, left

PUBLIC = "ab" * 32
KEY = {
    "member_id": OWN,
    "service": "projects",
    "producer": f"/members/{OWN}/projects",
    "key_id": sha256(bytes.fromhex(PUBLIC)).hexdigest()[:16],
    "algorithm": "ed25519",
    "public_key": PUBLIC,
}


def test_an_organisation_joins():
    ideation.when("JoinMember", member_id=OWN, legal_name=f"Association {OWN}").then(joined())


def test_joining_again_with_the_same_words_changes_nothing():
    ideation.given(joined()).when("JoinMember", member_id=OWN, legal_name=f"Association {OWN}").then()


def test_a_member_is_not_renamed_by_joining_again():
    ideation.given(joined()).when("JoinMember", member_id=OWN, legal_name="Another").then_refused("member.exists")


def test_who_left_may_join_again():
    asked = {"member_id": OWN, "legal_name": f"Association {OWN}"}
    ideation.given(joined(), left()).when("JoinMember", **asked).then(joined())


def test_a_member_leaves_once():
    ideation.given(joined()).when("LeaveMember", member_id=OWN).then(left())
    ideation.given(joined(), left()).when("LeaveMember", member_id=OWN).then()


def test_who_never_joined_does_not_leave():
    ideation.when("LeaveMember", member_id=OWN).then_refused("member.unknown")


def test_a_producers_key_is_introduced_once():
    known = told(ProducerKeyIntroduced, **KEY)
    ideation.when("IntroduceProducerKey", **KEY).then(known)
    ideation.given(known).when("IntroduceProducerKey", **KEY).then()


def test_a_key_is_named_by_its_digest():
    ideation.when("IntroduceProducerKey", **{**KEY, "key_id": "0" * 16}).then_refused("key.mismatch")


def test_a_key_belongs_to_the_producer_that_it_names():
    foreign = {**KEY, "producer": "/members/another/projects"}
    ideation.when("IntroduceProducerKey", **foreign).then_refused("key.mismatch")


def test_a_producer_has_one_key():
    other = "cd" * 32
    changed = {**KEY, "public_key": other, "key_id": sha256(bytes.fromhex(other)).hexdigest()[:16]}
    past = ideation.given(told(ProducerKeyIntroduced, **KEY))
    past.when("IntroduceProducerKey", **changed).then_refused("key.exists")


def test_nobody_leaves_before_joining_nor_joins_again_before_leaving():
    past = ideation.given(joined(), on=date(2026, 5, 1))
    past.on(date(2026, 4, 30)).when("LeaveMember", member_id=OWN).then_refused("member.dates", "occurred_on", "date")
    past.on(date(2026, 5, 1)).when("LeaveMember", member_id=OWN).then(left())
    gone = past.given(left(), on=date(2026, 6, 1))
    asked = {"member_id": OWN, "legal_name": f"Association {OWN}"}
    gone.on(date(2026, 5, 31)).when("JoinMember", **asked).then_refused("member.dates")
    gone.on(date(2026, 6, 1)).when("JoinMember", **asked).then(joined())


def test_whose_joining_was_voided_never_joined():
    past = ideation.by("CO").given(joined(), left()).voided(1)
    past.when("LeaveMember", member_id=OWN).then_refused("member.unknown")


@pytest.mark.parametrize("field", ["member_id", "service", "key_id"])
def test_keys_are_never_amended(field):
    past = ideation.by("CO").given(told(ProducerKeyIntroduced, **KEY))
    past.void(1).then_refused("amendment.target")
    past.correct(1, **{field: KEY[field]}).then_refused("amendment.target")
