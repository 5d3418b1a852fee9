"""What a member can sign, through Kafka into the real read side: it is counted or set aside, and the others go on."""

import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

from shared.kernel.chain import Link
from tests.integration.indicators.conftest import Hand, ReadSide
from tests.laws.forging import Forger
from tests.laws.test_fuzz import said

UID: Final = "00000000-0000-7000-8000-000000000001"
PROJECT: Final = {"project_id": UID, "title": "t", "nature": "creation", "origin_kind": "idea"}
JOB: Final = {"project_id": UID, "activity_id": UID, "job_id": UID, "contract": "fixed_term", "starts": "2019-06-01"}


async def _idea(hand: Hand, **said: Any) -> None:
    await hand.idea(UID, said)


async def _attributes(hand: Hand, **changed: Any) -> None:
    await hand.idea(UID, **changed)


async def _subject(hand: Hand) -> None:
    await hand.say("InterviewHeld", "interview/" + "s" * 100_000, {"interview_id": UID})


async def _job(hand: Hand, **said: Any) -> None:
    await hand.say("ProjectOpened", f"project/{UID}", {**PROJECT, "member_id": hand.member})
    await hand.say("ActivityStarted", f"activity/{UID}", {"project_id": UID, "activity_id": UID})
    await hand.say("JobCreated", f"job/{UID}", {**JOB, **said})


async def _declared(hand: Hand, value: int = 2**53 - 1) -> None:
    many = [("IdeaBatchDeclared", f"batch/{n}", {"batch_id": str(n), "count": _exactly(value)}) for n in range(1_000)]
    await hand.send(*(hand.made(*one) for one in many))


def _exactly(value: int) -> dict[str, Any]:
    return {"value": value, "precision": "exact"}


# Each with what it is given, the code with which it is set aside, and how often.
HOSTILE: Final[dict[str, tuple[Callable[..., Awaitable[None]], dict[str, Any], str | None, int]]] = {
    "a title of 60,000 letters": (_idea, {"title": "x" * 60_000}, "payload.contract", 1),
    "a territory of 8,000 letters": (_idea, {"territory_ids": ["t" * 8_000]}, "payload.contract", 1),
    "the year 1": (_attributes, {"occurredon": "0001-01-01", "occurredprecision": "year"}, "attribute.contract", 1),
    "the year 9999": (_attributes, {"time": "9999-12-31T23:59:59.999999Z"}, "attribute.contract", 1),
    "an unknown origin": (_attributes, {"origin": "unknown"}, "attribute.contract", 1),
    "an actor of 100,000 letters": (_attributes, {"actor": "a" * 100_000}, "attribute.contract", 1),
    "a subject of 100,000 letters": (_subject, {}, "attribute.contract", 1),
    "a type of 100,000 letters": (_attributes, {"type": "t" * 100_000}, None, 0),
    "a post that starts in 1850": (_job, {"starts": "1850-01-01"}, "payload.contract", 1),
    "a post that ends after 9999": (_job, {"expected_end": "10000-01-01"}, "payload.contract", 1),
    "a thousand times 2^53 - 1": (_declared, {}, "payload.contract", 1_000),
    "a thousand times the most there may be": (_declared, {"value": 10_000_000}, None, 0),
}


async def test_what_a_member_signs_is_its_own_matter(side: ReadSide) -> None:
    good = await side.member()
    hands = {what: await side.member("projects" if one[0] is _job else "ideation") for what, one in HOSTILE.items()}
    async with side.reading():
        for what, (forge, given, _, _) in HOSTILE.items():
            await forge(hands[what], **given)
            await good.idea()
        await side.read(good, *hands.values())
    assert await side.figure("ideas_identified", f"member/{good.member}") == len(HOSTILE)
    assert await side.stopped(good) is None
    for what, (_, _, code, times) in HOSTILE.items():
        assert await side.stopped(hands[what]) is None
        assert await _aside(side, hands[what]) == ({code: times} if code else {}), what
    most = hands["a thousand times the most there may be"]
    assert await side.figure("ideas_declared", f"member/{most.member}") == 10_000_000_000


async def _aside(side: ReadSide, hand: Hand) -> dict[str, int]:
    """How many records of a producer are set aside, by code."""
    rows = await side.pool.fetch("select code, count(*) as n from parked where source = $1 group by 1", hand.source)
    return {row["code"]: row["n"] for row in rows}


async def test_a_flood_of_odd_records_is_counted_or_set_aside(side: ReadSide) -> None:
    chance, good = random.Random(7), await side.member()
    bad = {service: await side.member(service) for service in ("ideation", "projects")}
    forgers = {service: Forger(hand.source, key=hand.signer) for service, hand in bad.items()}
    for number in range(300):
        one = said(chance.randbytes(chance.randrange(8, 80)))
        told = {"subject": one.subject if number % 3 else f"stream/{number}", **one.changed}
        forgers[one.kind.partition(".")[0]].say(one.kind, one.data, **told)
    for service, hand in bad.items():
        await hand.send(*forgers[service].raws)
        hand.link = Link(forgers[service].sequence, forgers[service].digest)
    async with side.reading():
        await good.idea()
        await side.read(good, *bad.values())
    assert await side.figure("ideas_identified", f"member/{good.member}") == 1
    for hand in bad.values():
        assert await side.stopped(hand) is None
        assert 0 < sum((await _aside(side, hand)).values()) < hand.link.sequence
