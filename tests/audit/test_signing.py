"""Signatures are checked in stretches, beside the reading, and prove no more than one by one."""

import json
from pathlib import Path

import pytest

from services.audit.findings import KEY, VERIFIED
from services.audit.signing import Checker, Ended, Signed, _Worker
from services.audit.trail import Trail
from tests.audit.exporting import answer, export
from tests.audit.making import JURA_PROJECTS, ROOT, World, key_of
from tests.audit.telling import batch
from tests.audit.test_attacks import EXPECTED, replay, set_to, small_world

LONG = 700


@pytest.fixture(scope="module")
def world() -> World:
    told = World(JURA_PROJECTS)
    for _ in range(LONG):
        batch(told, 1)
    return told


def proven(world: World, topic: list[bytes], sparing: bool, workers: int) -> tuple[int, int, int, list[str]]:
    """How far a topic is proven, how many signatures hold, how many facts it gives, and what was found."""
    checker = Checker(workers)
    checker.begin()
    trail = Trail(bytes(key_of(ROOT).verify_key), ROOT.split("/")[2], sparing=sparing, checker=checker)
    for raw in world.topics[ROOT]:
        trail.producer(ROOT).feed(raw)
    producer = trail.producer(JURA_PROJECTS)
    for raw in topic:
        producer.feed(raw)
    trail.close()
    found = [f"{one.sequence} {one.reason}" for claim in trail.claims.all() for one in claim.findings]
    facts = len([one for one in trail.facts.facts if one.source == JURA_PROJECTS])
    return producer.trusted, producer.signed, facts, found


@pytest.mark.parametrize("workers", [0, 1, 2])
@pytest.mark.parametrize("sparing", [False, True])
@pytest.mark.parametrize("wrong", [1, 255, 256, 257, LONG - 1, LONG])
def test_a_record_that_its_producer_did_not_sign_is_found_wherever_it_stands(
    world: World, wrong: int, sparing: bool, workers: int
) -> None:
    topic = list(world.topics[JURA_PROJECTS])
    record = json.loads(topic[wrong - 1])
    stolen = json.loads(topic[wrong - 2 if wrong > 1 else 5])["signature"]
    topic[wrong - 1] = json.dumps(
        {**record, "signature": stolen}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
    found = proven(world, topic, sparing, workers)
    last = {256, 512, LONG}
    if not sparing or wrong in last:
        assert found == (wrong - 1, LONG - 1, wrong - 1, [f"{wrong} chain.signature"])
    else:
        assert found == (LONG, LONG, LONG, [])  # what it says is covered by the last signature of its stretch


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("sparing", [False, True])
def test_what_stands_before_a_break_is_proven_whatever_is_under_way(world: World, sparing: bool, workers: int) -> None:
    topic = [*world.topics[JURA_PROJECTS][:400], b"{}"]
    assert proven(world, topic, sparing, workers) == (400, 400, 400, ["401 record.attributes"])


def test_the_claim_says_how_many_signatures_cover_how_many_records(tmp_path: Path, capsys: object) -> None:
    folder = export(tmp_path, small_world(), answer(small_world(), EXPECTED))
    assert replay(folder, "--signatures", "last") == VERIFIED
    said = capsys.readouterr().out  # type: ignore[attr-defined]
    assert "PASS  signatures  3 signatures verified, which cover 10 of 10 records" in said


def test_the_last_record_of_all_is_never_spared(tmp_path: Path) -> None:
    told = small_world()
    told.change(JURA_PROJECTS, 4, set_to("actor", "pseudonym-2"))
    assert replay(export(tmp_path, told, answer(small_world(), EXPECTED)), "--signatures", "last") == KEY


def test_a_program_that_has_ended_is_told() -> None:
    worker = _Worker()
    verdict = worker.send([Signed(b"0" * 32, b"0" * 64, b"x")])
    assert verdict.found() == [False]
    worker.process.kill()
    worker.process.wait()
    with pytest.raises(Ended):
        worker.send([Signed(b"0" * 32, b"0" * 64, b"x" * 70_000)] * 20).found()
    worker.close()
