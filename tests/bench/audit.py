"""`audit`, `audit_each`: the auditor's proof of records in one process, against the least that it must do."""

import json
import time
from base64 import b64decode
from collections.abc import Callable

from nacl.bindings import crypto_sign_open

from services.audit.attributes import read
from services.audit.signing import Checker
from services.audit.trail import Trail
from tests.bench.rig import Rig, interleaved
from tests.bench.stock import COORDINATOR, Line, happenings, introductions
from tests.bench.table import Entry, ratio

_RECORDS = 20_000
_ROUNDS = 5


async def bench(_: Rig) -> dict[str, Entry]:
    """CPU of this process only: other programs share the cores."""
    events = happenings(COORDINATOR, 0)["ideation"][: _RECORDS - 20]
    line = Line(COORDINATOR, "ideation")
    records = [raw for _, raw in line.sealed([*introductions(), *events])]
    public = line.signer.public

    def proof(sparing: bool) -> None:
        trail = Trail(public, COORDINATOR, sparing=sparing, checker=Checker(workers=0))
        producer = trail.producer(line.source)
        for raw in records:
            producer.feed(raw)
        trail.close()
        assert producer.trusted == len(records)

    signed = [(b64decode(found.attributes["signature"]) + found.encoding) for found in map(read, records)]

    async def audit() -> float:
        return _timed(lambda: proof(sparing=True), len(records))

    async def each() -> float:
        return _timed(lambda: proof(sparing=False), len(records))

    async def parsing() -> float:
        return _timed(lambda: [json.loads(raw) for raw in records], len(records))

    async def verifying() -> float:
        return _timed(lambda: [crypto_sign_open(one, public) for one in signed], len(records))

    ours, bare, all_ours, all_bare = await interleaved(_ROUNDS, audit, parsing, each, verifying)
    return {
        "audit": ratio(
            ours,
            bare,
            lambda mine, other: (
                f"{len(records)} records proven (last signature of 256) and kept as facts, by "
                f"CPU of one core: {mine:,.0f}/s; json.loads of the same bytes: {other:,.0f}/s"
            ),
            floor=0.2,
        ),
        "audit_each": ratio(
            all_ours,
            all_bare,
            lambda mine, other: (
                f"the same with every signature, on that one core: {mine:,.0f}/s; bare Ed25519 "
                f"verification: {other:,.0f}/s"
            ),
            floor=0.3,
        ),
    }


def _timed(work: Callable[[], object], count: int) -> float:
    began = time.process_time()
    work()
    return count / (time.process_time() - began)
