"""The stories at chance are histories as the services could write them, but for what they break on purpose."""

import json
from collections import Counter

from jsonschema import Draft202012Validator

from shared import contracts
from tests.audit.stories import book_of

STORIES = 40


def test_the_stories_fit_the_contracts() -> None:
    book = book_of(["coordinator", "alpha", "beta"], STORIES)
    for source, topic in book.world.topics.items():
        for raw in topic:
            record = json.loads(raw)
            if (source, record["sequence"]) not in book.broken:
                Draft202012Validator(contracts.event_schema(record["type"])).validate(record["data"])


def test_the_stories_tell_of_every_event_and_of_each_way_to_be_set_aside() -> None:
    book = book_of(["coordinator", "alpha", "beta"], STORIES)
    told = Counter(json.loads(raw)["type"] for topic in book.world.topics.values() for raw in topic)
    passed_over = {"ideation.MemberLeft.v1", "ideation.WorkshopScheduled.v1", "ideation.WorkshopCancelled.v1"}
    assert set(contracts.events()) - set(told) <= {*passed_over, "projects.ProjectHolderIdentified.v1"}
    codes = ("coordinator", "owner", "service", "amendment")
    wanted = {*(f"authority.{code}" for code in codes), "payload.contract", "payload.version", "parked.behind"}
    assert set(book.aside.values()) == wanted
