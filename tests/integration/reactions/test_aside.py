"""No record in a topic that reactions hear ends them: it is set aside with its reason, and the next one is heard."""

import os
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from deploy.provision import databases
from shared.kernel import record
from shared.kernel.keys import Signer
from shared.runtime.reactions import Stuck
from tests.integration.indicators.conftest import Hand
from tests.integration.reactions.conftest import Listening, sealed

BOTH = ("own", "coordinator")
LONG = 60_000
GREATEST = 2**53 - 1


async def put(hand: Hand, value: bytes | None, headers: Any = None) -> int:
    """Any value at all, past every check of ours; its offset."""
    return int((await hand.kafka.send_and_wait(hand.topic, value, key=b"k", headers=headers)).offset)


def spoken(hand: Hand, **changed: Any) -> bytes:
    """A record of this producer, made as the next one, after which the producer stands where it stood."""
    before = hand.link
    raw = hand.made("IdeaProposed", "idea/x", {"title": "Un four"}, **{**sealed(), **changed})
    hand.link = before
    hand.versions.pop("idea/x", None)
    return raw


def junk(hand: Hand) -> list[tuple[str, bytes | None]]:
    """What anybody who may write to the topic can put there, with the code it is set aside with."""
    good, other = spoken(hand), Hand(hand.member, "projects", hand.kafka)
    return [
        ("record.not_canonical", None),
        ("record.not_canonical", b""),
        ("record.not_canonical", b"\x00\xff not json"),
        ("record.not_canonical", b"[" * 100_000),
        ("record.attributes", b"{}"),
        ("record.attributes", b"[]"),
        ("record.not_canonical", good.replace(b'"actor":', b'"actor": ')),
        ("record.too_large", b'"' + b"x" * 1_900_000 + b'"'),
        ("chain.owner", spoken(other)),
        ("chain.owner", spoken(hand, source="nobody")),
        ("chain.signature", hand_signed(hand, Signer(b"a key that is of nobody we know.."[:32]))),
        ("chain.signature", good.replace(b'"type":"ideation.IdeaProposed', b'"type":"ideation.IdeaSelected')),
        ("chain.digest", good.replace(b"Un four", b"Un fort")),
        ("record.attributes", spoken(hand, sequence=0)),
        ("record.attributes", spoken(hand, sequence=-5)),
    ]


def hand_signed(hand: Hand, signer: Signer) -> bytes:
    mine, hand.signer = hand.signer, signer
    try:
        return spoken(hand)
    finally:
        hand.signer = mine


@pytest.mark.parametrize("whose", BOTH)
async def test_junk_is_set_aside_once_and_what_comes_after_it_is_heard(
    listening: Listening, accompaniment: str, whose: str, caplog: pytest.LogCaptureFixture
):
    hand: Hand = getattr(listening, whose)
    told = junk(hand)
    at = [(code, hand.topic, await put(hand, value)) for code, value in told]
    await listening.opens(accompaniment)
    for service in ("ideation", "projects"):
        # Two topics are heard in any order.
        await listening.until(partial(enough, listening, service, len(at)))
        assert await listening.waiting(service) == at
    said = [one for one in caplog.records if one.name == "reactions" and one.levelname == "ERROR"]
    assert len(said) == 2 * len(told)
    await listening.restart()
    await listening.opens(accompaniment)
    assert await listening.waiting() == at
    assert len([one for one in caplog.records if one.name == "reactions" and one.levelname == "ERROR"]) == len(said)


async def test_headers_that_are_no_text_are_nobodys_concern(listening: Listening, accompaniment: str):
    project, raw = listening.choice(accompaniment)
    odd = [("\udcff".encode(errors="surrogateescape").decode("latin-1"), b"\xff\xfe"), ("correlation_id", b"\x80")]
    await put(listening.own, raw, odd)
    await listening.until(lambda: listening.opened(project))
    assert await listening.waiting() == []


async def test_of_junk_a_bounded_part_is_kept(listening: Listening, accompaniment: str):
    await put(listening.own, b"x" * 1_000_000)
    await listening.opens(accompaniment)
    (row,) = await listening.ask("select size, length(bytes), length(digest) from set_aside where settled is null")
    assert tuple(row) == (1_000_000, 16 * 1024, 32)
    answer = await listening.post("/reactions/release", {"ids": [await last_id(listening)]})
    assert answer.json()["waiting"][0]["message"]["fr"] == "seul son début est conservé"


async def test_no_more_than_a_thousand_unsigned_records_of_a_topic_are_kept(listening: Listening, accompaniment: str):
    await listening.ask(
        "insert into set_aside (topic, at_offset, digest, size, bytes, code, en, fr, settled) "
        "select $1, -n, '', 0, '', '', '', '', now() from generate_series(1, 1000) n",
        listening.own.topic,
    )
    try:
        await put(listening.own, b"one more")
        _, raw = listening.choice(accompaniment, correlationid="none")
        await listening.own.send(raw)
        await listening.opens(accompaniment)
        # What the member has signed is always kept.
        assert [code for code, _, _ in await listening.waiting()] == ["reaction.failed"]
    finally:
        # The service's own role removes nothing.
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await listening.ask("delete from set_aside where at_offset < 0")
        await listening.ask("update set_aside set topic = 'elsewhere' where at_offset < 0")


async def test_a_hole_a_repetition_and_a_fork_are_set_aside_and_the_chain_goes_on(
    listening: Listening, accompaniment: str
):
    own = listening.own
    await listening.opens(accompaniment)
    before = own.link
    missing_project, missing = listening.choice(accompaniment)
    after_project, after = listening.choice(accompaniment)
    await own.send(after)
    await listening.opens(accompaniment)
    assert [code for code, _, _ in await listening.waiting()] == ["chain.hole"]
    assert not await listening.opened(after_project)

    # Again with the same bytes: nothing. Again with others: set aside.
    at, (_, again) = own.link, listening.choice(accompaniment, sequence=before.sequence, prev="0" * 64)
    own.link = at
    _, forked = listening.choice(accompaniment, prev="1" * 64)
    await own.send(again, forked, forked, again)
    await listening.opens(accompaniment)
    assert [code for code, _, _ in await listening.waiting()] == ["chain.hole", "chain.prev", "chain.prev"]

    # What was missing comes late and is heard; what was behind it is heard when it comes again.
    await own.send(missing, after)
    await listening.until(lambda: listening.opened(missing_project))
    await listening.until(lambda: listening.opened(after_project))
    assert [code for code, _, _ in await listening.waiting()] == ["chain.prev", "chain.prev"]
    await listening.restart()
    await listening.opens(accompaniment)


def pathological(listening: Listening, accompaniment: str) -> list[tuple[str, bytes]]:
    """Records that the member can sign, and the code that each is set aside with."""

    def chosen(**changed: Any) -> bytes:
        return listening.choice(accompaniment, **changed)[1]

    nested: Any = "x"
    for _ in range(29):
        nested = [nested]
    return [
        ("date.too_early", chosen(occurredon="0001-01-01")),
        ("reaction.failed", chosen(occurredon="9999-99-99")),
        ("date.in_future", chosen(occurredon="9999-12-31")),
        ("reaction.failed", chosen(correlationid="no uuid")),
        ("input.invalid", chosen(occurredprecision="century")),
        ("input.invalid", chosen(data={"project_title": "x" * LONG})),
        ("input.invalid", chosen(data={"project_id": 7})),
        ("input.invalid", chosen(data={"idea_ids": nested})),
        ("input.invalid", chosen(data={"territory_ids": ["t" * 8000]})),
        ("input.invalid", chosen(data={"territory_ids": [GREATEST]})),
        ("input.invalid", chosen(data={"nature": "\ud7ff" * 100})),
        ("input.invalid", chosen(data={"language": []})),
    ]


async def test_records_that_a_member_can_sign_never_end_its_reactions(listening: Listening, accompaniment: str):
    told = pathological(listening, accompaniment)
    await listening.own.send(*(raw for _, raw in told))
    await listening.opens(accompaniment)
    assert [code for code, _, _ in await listening.waiting()] == [code for code, _ in told]
    await listening.restart()
    await listening.opens(accompaniment)


async def test_records_that_the_coordinator_can_sign_never_end_a_members_reactions(
    listening: Listening, accompaniment: str
):
    say, nobody = listening.coordinator.say, {"name": "La Vallée", "kind": "cc", "epci_links": []}
    long = "t" * 300
    await say("TerritoryRegistered", f"territory/{long}", {**nobody, "territory_id": long}, **sealed())
    await say("TerritoryRegistered", "territory/aaa", {"territory_id": {"aaa": GREATEST}}, **sealed())
    await say("TerritoryRegistered", "territory/bbb", {**nobody, "territory_id": "bbb"}, **sealed(), occurredon="yes")
    name = await listening.territory()
    await listening.territory(name, streamversion=1, occurredon="2019-06-02")
    await say("RecordVoided", f"territory/{name}", {"target": {"version": "all"}, "reason": "error"}, **sealed())
    # The one service reads a name of that length, and its database does not take it.
    too_long = {"ideation": "record.contract", "projects": "reaction.failed"}
    for service in ("ideation", "projects"):
        codes = [too_long[service], "record.contract", "reaction.failed", "record.version", "record.contract"]
        found = await listening.until(partial(enough, listening, service, len(codes)))
        assert [code for code, _, _ in found] == codes
    await listening.restart()
    await listening.opens(await listening.admitted())


async def enough(listening: Listening, service: str, count: int) -> Any:
    found = await listening.waiting(service)
    return found if len(found) >= count else None


async def test_a_reaction_that_is_refused_is_released_once_nothing_is_in_its_way(
    listening: Listening, accompaniment: str
):
    """Two choices name one project: the second opens it when the first project is voided."""
    project, first = listening.choice(accompaniment)
    _, second = listening.choice(accompaniment, data={"project_id": project, "project_title": "La boulangerie"})
    await listening.own.send(first, second)
    await listening.opens(accompaniment)
    assert [code for code, _, _ in await listening.waiting()] == ["project.exists"]
    number = await last_id(listening)
    still = (await listening.post("/reactions/release", {"ids": [number, 10**15]})).json()
    assert (still["released"], still["unknown"]) == ([], [10**15])
    assert [(one["id"], one["code"]) for one in still["waiting"]] == [(number, "project.exists")]

    sealed_at = "select sequence from record where stream = $1"
    (row,) = await listening.until(lambda: listening.ask(sealed_at, f"project/{project}"))
    target = {"source": f"/members/{listening.member}/projects", "sequence": row["sequence"]}
    void = {"commandId": str(uuid4()), "input": {"target": target, "reason": "error"}}
    assert (await listening.post("/commands/VoidRecord", void)).status_code == 200
    freed = (await listening.post("/reactions/release", {"ids": [number]})).json()
    assert freed == {"released": [number], "waiting": [], "unknown": []}
    assert len(await listening.opened(project)) == 2
    # It is kept as evidence, and heard again it changes nothing.
    await listening.own.send(second)
    await listening.opens(accompaniment)
    assert (await listening.waiting(), len(await listening.opened(project))) == ([], 2)


async def test_what_is_heard_late_takes_its_place_in_the_stream(listening: Listening, accompaniment: str):
    """An operator is released, in a record that is set aside behind a hole; then another joins."""
    say, subject = listening.coordinator.say, f"accompaniment/{accompaniment}"
    lost = listening.coordinator.made("IdeaProposed", "idea/lost", {}, **sealed())
    gone = {"accompaniment_id": accompaniment, "member_id": listening.member, "territory_id": "x", "role": "lead"}
    await say("OperatorReleased", subject, gone, **sealed())
    await say("OperatorAssigned", subject, {**gone, "member_id": "another"}, **sealed())
    view = f"select view from replica where name = '{subject}'"
    await listening.until(lambda: holds(listening, view, b"another"))
    assert listening.member.encode() in (await listening.ask(view))[0][0]
    assert [code for code, _, _ in await listening.waiting()] == ["chain.hole"]
    answer = await listening.post("/reactions/release", {"ids": [await last_id(listening)]})
    assert answer.json()["waiting"] == []
    assert (await listening.ask(view))[0][0].count(b"another") == 1
    assert listening.member.encode() not in (await listening.ask(view))[0][0]
    digest = bytes.fromhex(record.read(lost).digest)
    await listening.coordinator.send(lost)
    await listening.until(lambda: listening.ask("select 1 from heard where digest = $1", digest))
    assert await listening.waiting() == []


async def holds(listening: Listening, sql: str, text: bytes) -> bool:
    return text in (await listening.ask(sql))[0][0]


async def last_id(listening: Listening) -> int:
    (row,) = await listening.ask("select max(id) as id from set_aside where settled is null")
    assert row["id"] is not None
    return int(row["id"])


async def test_what_is_given_up_waits_no_more_and_stays_as_evidence(listening: Listening, accompaniment: str):
    await put(listening.own, b"junk")
    await listening.opens(accompaniment)
    number = await last_id(listening)
    answer = await listening.post("/reactions/release", {"ids": [number], "skip": True})
    assert answer.json()["released"] == [number]
    assert await listening.waiting() == []
    (row,) = await listening.ask("select bytes, skipped from set_aside where id = $1", number)
    assert tuple(row) == (b"junk", True)


async def test_a_database_that_takes_nothing_is_waited_for_and_nothing_is_set_aside(
    listening: Listening, accompaniment: str, servers: Any, caplog: pytest.LogCaptureFixture
):
    # What the sealer does then is another story.
    listening.parts = "react"
    await listening.restart()
    role = listening.dsns["projects"].split("//")[1].split(":")[0]
    admin = await asyncpg.connect(servers.postgres.admin_dsn)
    ended = "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1"
    try:
        await admin.execute(f"alter role {role} set default_transaction_read_only = on")
        await admin.fetch(ended, role)
        project, raw = listening.choice(accompaniment)
        await listening.own.send(raw)
        await listening.until(lambda: told(caplog, "ReadOnlySQLTransactionError"))
        await admin.execute(f"alter role {role} set default_transaction_read_only = off")
        await admin.fetch(ended, role)
    finally:
        await admin.execute(f"alter role {role} reset default_transaction_read_only")
        await admin.close()
    await listening.until(lambda: listening.opened(project))
    assert await listening.waiting() == []


async def told(caplog: pytest.LogCaptureFixture, word: str) -> bool:
    return any(word in one.getMessage() for one in caplog.records)


async def test_what_is_no_records_fault_ends_the_process_loudly(listening: Listening, accompaniment: str, servers: Any):
    role = listening.dsns["projects"].split("//")[1].split(":")[0]
    owner = await asyncpg.connect(servers.postgres.admin_dsn, database=role)
    try:
        await owner.execute(f"revoke insert on heard from {role}")
        project, raw = listening.choice(accompaniment)
        await listening.own.send(raw)
        failed = await listening.ended()
        assert isinstance(failed, BaseExceptionGroup)
        assert failed.subgroup(Stuck) is not None
    finally:
        await owner.execute(f"grant insert on heard to {role}")
        await owner.close()
    assert await listening.waiting() == []
    await listening.restart()
    await listening.until(lambda: listening.opened(project))


async def test_an_older_database_is_given_what_it_lacks(servers: Any):
    member = f"older-{os.getpid()}"
    await databases.producer(servers.postgres.admin_dsn, member, "projects", "not-a-secret")
    owner = await asyncpg.connect(servers.postgres.admin_dsn, database=databases.database_of(member, "projects"))
    try:
        await owner.execute("drop table heard, set_aside")
        await owner.execute("alter table replica add column heard jsonb not null")
        await databases.producer(servers.postgres.admin_dsn, member, "projects", "not-a-secret")
        assert await owner.fetchval("select count(*) from heard, set_aside") == 0
        await owner.execute("insert into replica values ('a', '', null)")
    finally:
        await owner.close()
