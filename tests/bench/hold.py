"""`longest_hold`: how long one question without a token keeps the gateway's loop from everyone else."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import asyncpg
import orjson
from graphql import get_introspection_query

from services.gateway.figures import HEADLINES
from services.gateway.service import GatewayApp, build
from services.gateway.settings import Settings
from services.indicators import catalogue
from shared.runtime.tokens import create_issuer
from tests.bench.project import read_side
from tests.bench.rig import Rig
from tests.bench.stock import COORDINATOR
from tests.bench.table import Entry

_DATABASE: Final = "bench_hold"
_CEILING_MS: Final = 50.0
_ROUNDS: Final = 7
_NUMBER: Final = "id indicator value precision unit scale name"
_IDEA: Final = """id code title description status themes needs provenance proposedOn member territories accompaniment
  projects"""
_HISTORY: Final = 'history(of: "territory/t-0", first: 50)'
_EVENT: Final = "source sequence type subject recordedAt occurredOn occurredPrecision origin role entities data"


def questions() -> Mapping[str, str]:
    """The dearest of each kind that nobody needs a token for, and some that are refused."""
    several = orjson.dumps(sorted(catalogue.indicators())[:100]).decode()
    figures = f"items {{ {_NUMBER} {_many('a{0}: name', 15)} parts {{ {_NUMBER} }} beside {{ {_NUMBER} }} }}"
    parts = _many("items { parts { id value name indicator unit } beside { id value } }", 36)
    fragments = _many("fragment f{0} on Figures { complete parked held items { value } }", 50)
    return {
        "months of one indicator": _months(["jobs_created"], 1990),
        "months of the headlines": _months([one.id for one in HEADLINES], 2012),
        "months of everything": _months(sorted(catalogue.indicators())[:20], 1990),
        "ideas": f"{{ {_many(f'i{{0}}: ideas(first: 100) {_both(_IDEA)}', 5)} }}",
        "histories": f"{{ {_many(f'h{{0}}: {_HISTORY} {_both(_EVENT)}', 5)} }}",
        "figures": f"{{ figures {{ {figures} indicators(ids: {several}) {{ {_NUMBER} }} }} }}",
        "introspection": get_introspection_query(specified_by_url=True, input_value_deprecation=True),
        "one field often": f"{{ figures {{ {_many('complete', 380)} }} }}",
        "lists often": f"{{ figures {{ {parts} }} }}",
        "fragments": f"{{ figures {{ {_many('...f{0}', 50)} }} }} {fragments}",
        "errors": f"{{ {_many('no{0}', 390)} }}",
        "much text": "{ state { batch } } # " + "x" * 60_000,
    }


def _many(text: str, count: int) -> str:
    return " ".join(text.replace("{0}", str(n)) for n in range(count))


def _both(fields: str) -> str:
    return f"{{ nodes {{ {fields} }} edges {{ cursor node {{ {fields} }} }} }}"


def _months(names: list[str], first: int) -> str:
    fields = f"{_NUMBER} months {{ month change total }} undated {{ year change }}"
    asked = f'from: "{first}-01-01", to: "2039-12-31", indicators: {orjson.dumps(names).decode()}'
    return f"{{ figuresByMonth({asked}) {{ complete series {{ {fields} }} }} }}"


async def bench(rig: Rig) -> dict[str, Entry]:
    """Each question several times on a filled read side, none from the cache; a task of the same loop counts time."""
    settings = await read_side(rig, _DATABASE)
    await _fill(rig, settings.figures_dsn.get_secret_value())
    keys = rig.folder / "keys"
    keys.mkdir(exist_ok=True)
    create_issuer(keys)
    door = await _gateway(settings.figures_dsn.get_secret_value(), keys)
    found: dict[str, tuple[float, str]] = {}
    try:
        for name, text in questions().items():
            rounds = [await _held(door, f"{text} # {n}") for n in range(_ROUNDS)]
            # The least: the machine has others to serve, too, and that only adds.
            found[name] = min(rounds)
    finally:
        await door.stop()
    worst = max(found, key=lambda name: found[name][0])
    detail = (
        f"{len(found)} kinds of dearest questions, each new to the caches; the longest is `{worst}`: {found[worst][1]}"
    )
    return {"longest_hold": Entry(round(found[worst][0], 1), "ms", detail, ceiling=_CEILING_MS)}


async def _gateway(dsn: str, keys: Path) -> GatewayApp:
    given = {
        "reads_dsn": dsn.replace("indicators_writer:", "gateway_reader:"),
        "coordinator": COORDINATOR,
        "services_url": "http://127.0.0.1:1/{member}/{service}",
        "jwks": keys / "jwks.json",
    }
    door = build(Settings.model_validate(given))
    await door.start()
    while door.feed.state is None:
        await door.feed.change()
    return door


async def _held(door: GatewayApp, text: str) -> tuple[float, str]:
    """Milliseconds of the longest stretch in which nobody else's turn came, and what was answered."""
    body, sent = orjson.dumps({"query": text}), []
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "path": "/graphql", "method": "POST", "headers": headers, "query_string": b""}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    await door(scope, receive, send)
    await asyncio.sleep(0)
    watching.cancel()
    size = sum(len(message.get("body", b"")) for message in sent)
    codes = b"" if sent[-1]["body"].startswith(b'{"data"') else sent[-1]["body"][:140]
    return longest * 1e3, f"{len(text)} bytes asked, {size} answered {codes.decode()}"


async def _fill(rig: Rig, dsn: str) -> None:
    """Fifty years of every indicator in the region; ideas with long texts; a long history of heavy events."""
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=2)
    await pool.execute("select add_version(1)")
    async with pool.acquire() as connection, connection.transaction():
        await catalogue.store(connection)
    await pool.close()
    admin = await asyncpg.connect(rig.servers.postgres.admin_dsn, database=_DATABASE)
    await admin.execute("insert into scope (name) values ('region')")
    await admin.execute(_TOTALS)
    await admin.execute(_IDEAS, orjson.dumps(_BODY).decode())
    await admin.executemany(_FACT, [(orjson.dumps(_fact(n)),) for n in range(60)])
    await admin.close()


def _fact(number: int) -> list[Any]:
    origin = ["/members/m1/ideation", number, "ideation.NeedRecorded.v1", f"2026-01-01T12:00:{number:02}.000000Z", 1]
    said = ["2019-06-01", "day", "need/x", "live", "p-9", "AD", ["territory/t-0"], {"text": "x" * 40_000}, "public"]
    return origin + said


_TOTALS: Final = """insert into total_1
  select 1, api.pack(i.number, s.id, api.month((date '1990-01-01' + m * interval '1 month')::date)), 1, 1
  from indicator i, scope s, generate_series(0, 599) m"""
_IDEAS: Final = """insert into document_1
  select 1, 'idea', 'm1/' || gen_random_uuid(), 0, 2, 'm1', 's' || n, '{}', $1::text::jsonb
  from generate_series(1, 200) n"""
_FACT: Final = """insert into fact_1
  select 1, ('x' || encode(substr(sha256('territory/t-0'), 1, 8), 'hex'))::bit(64)::bigint, 1, $1"""
_BODY: Final[Mapping[str, Any]] = {
    **{"title": "T" * 200, "description": "d" * 2000, "status": "proposed", "themes": ["x" * 40] * 10, "needs": []},
    **{"provenance": "online", "member": "m1", "territories": [f"t-{n}" for n in range(50)], "projects": []},
    **{"accompaniment": None, "proposedOn": None},
}
