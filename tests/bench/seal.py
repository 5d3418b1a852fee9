"""`seal`: the sealing loop over rows in PostgreSQL, over bare PyNaCl signing of the same digests."""

from collections.abc import Sequence
from hashlib import sha256
from itertools import count

from nacl.signing import SigningKey

from shared.kernel.keys import Signer
from shared.kernel.record import source_of
from shared.runtime.seal import Sealed, Sealer
from tests.bench.rig import Rig, interleaved, rate
from tests.bench.rows import entries, waiting
from tests.bench.table import Entry, ratio

_ROUNDS, _ROWS = 7, 20_000
_SEED = bytes(range(32))


async def bench(rig: Rig) -> dict[str, Entry]:
    """Interleaved runs: an outbox of 20,000 sealed until empty; as many digests signed in a loop."""
    member, service = "bench-seal", "ideation"
    pool = await rig.producer(member, service)
    made, numbers = entries(_ROWS), count()
    digests: list[bytes] = []
    sealer = Sealer(pool, source_of(member, service), Signer(_SEED), _none)
    await sealer.claim()
    key = SigningKey(_SEED)

    async def sealing() -> float:
        await waiting(pool, made, f"seal-{next(numbers)}")
        rates: list[float] = []
        with rate(_ROWS, rates):
            while await sealer.seal():
                pass
        if not digests:
            digests.extend(sha256(row["bytes"]).digest() for row in await pool.fetch("select bytes from record"))
        return rates[0]

    async def signing() -> float:
        rates: list[float] = []
        with rate(_ROWS, rates):
            for digest in digests:
                key.sign(digest)
        return rates[0]

    try:
        ours, bare = await interleaved(_ROUNDS, sealing, signing)
    finally:
        sealer.close()
        await pool.close()
    detail = f"{_ROWS} waiting events of 0.9 kB in batches; {{:.0f}}/s sealed over {{:.0f}}/s signed on one thread"
    return {"seal": ratio(ours, bare, detail.format, floor=0.40, aim=0.55)}


def _none(rows: Sequence[Sealed]) -> None:
    """Nobody waits."""
