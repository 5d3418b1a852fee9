"""`relay`: publishing sealed records from PostgreSQL, over plain aiokafka produce of the same bytes."""

from deploy.provision import topics
from shared.kernel.keys import Signer
from shared.kernel.record import source_of, topic_of
from shared.runtime.relay import HEADERS, Relay
from shared.runtime.relay import producer as make_producer
from shared.runtime.seal import Sealer
from tests.bench.rig import Rig, interleaved, rate
from tests.bench.rows import entries, waiting
from tests.bench.table import Entry, ratio

_ROUNDS, _ROWS = 7, 40_000


async def bench(rig: Rig) -> dict[str, Entry]:
    """Interleaved runs: records published from the first to the last; as many sent one by one, awaited at the end."""
    member, service, plain = "bench-relay", "ideation", "bench.plain"
    pool = await rig.producer(member, service)
    source = source_of(member, service)
    await waiting(pool, entries(_ROWS), "relay")
    sealer = Sealer(pool, source, Signer(bytes(range(32))))
    await sealer.claim()
    while await sealer.seal():
        pass
    sealer.close()
    await topics.ensure(rig.kafka, [topic_of(source), plain])
    rows = await pool.fetch("select key, bytes from record order by sequence")
    relay = Relay(pool, topic_of(source), rig.kafka)
    producer = make_producer(rig.kafka, "bench-plain")
    await producer.start()

    async def publishing() -> float:
        await pool.execute("update relay_state set acked = 0")
        await relay.claim()
        rates: list[float] = []
        with rate(_ROWS, rates):
            while await relay.publish():
                pass
        assert relay.mark.acked == _ROWS
        return rates[0]

    async def producing() -> float:
        rates: list[float] = []
        with rate(_ROWS, rates):
            sent = [await producer.send(plain, row["bytes"], row["key"], headers=HEADERS) for row in rows]
            for one in sent:
                await one
        return rates[0]

    try:
        # Once unmeasured: connections and caches are made.
        await publishing()
        await producing()
        ours, bare = await interleaved(_ROUNDS, publishing, producing)
    finally:
        await relay.stop()
        await producer.stop()
        await pool.close()
    detail = (
        f"{_ROWS} sealed records of 1.2 kB read from PostgreSQL, published and confirmed there, over the same bytes "
        "sent from memory, one call per record; idempotent, acks=all, lz4 on both sides; {:.0f}/s over {:.0f}/s"
    )
    return {"relay": ratio(ours, bare, detail.format, floor=0.9, aim=1.15)}
