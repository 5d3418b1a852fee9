"""Members, and the registry of keys."""

from hashlib import sha256

from services.ideation.events import MemberLeft, ProducerKeyIntroduced
from tests.pure.deciding import OWN, told
from tests.pure.ideation.making import ideation, joined

PUBLIC = "ab" * 32
KEY = {
    "member_id": OWN,
    "service": "projects",
    "producer": f"/members/{OWN}/projects",
    "key_id": sha256(bytes.fromhex(PUBLIC)).hexdigest()[:16],
    "algorithm": "ed25519",
    "public_key": PUBLIC,
}
LEFT = told(MemberLeft, member_id=OWN)


def test_an_organisation_joins():
    ideation.when("JoinMember", member_id=OWN, legal_name=f"Association {OWN}").then(joined())


def test_joining_again_with_the_same_words_changes_nothing():
    ideation.given(joined()).when("JoinMember", member_id=OWN, legal_name=f"Association {OWN}").then()


def test_a_member_is_not_renamed_by_joining_again():
    ideation.given(joined()).when("JoinMember", member_id=OWN, legal_name="Another").then_refused("member.exists")


def test_who_left_may_join_again():
    asked = {"member_id": OWN, "legal_name": f"Association {OWN}"}
    ideation.given(joined(), LEFT).when("JoinMember", **asked).then(joined())


def test_a_member_leaves_once():
    ideation.given(joined()).when("LeaveMember", member_id=OWN).then(LEFT)
    ideation.given(joined(), LEFT).when("LeaveMember", member_id=OWN).then()


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
