"""Metrics stand on a port of their own, and on no other."""

import asyncio
from pathlib import Path

import httpx

from shared.runtime import scrape
from shared.runtime.serve import listen, serve
from tests.gateway.members import Members
from tests.gateway.serving import Client


async def test_metrics_are_read_on_their_own_port_alone(client: Client, collective: Members) -> None:
    listening = listen("127.0.0.1", 0)
    serving = asyncio.create_task(serve(scrape.app(client.app.scraped), listening, grace=1))
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await client.http.get("/metrics")).status_code == 404
            inside = collective.url.format(member=collective.other, service="ideation")
            assert (await http.get(f"{inside}/ready")).status_code == 200
            assert (await http.get(f"{inside}/metrics")).status_code == 404
            found = await http.get(f"http://127.0.0.1:{listening.getsockname()[1]}/metrics")
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    assert found.headers["content-type"].startswith("text/plain")
    for name in ("gateway_batch", "gateway_refused", "generateur_sealed_sequence", "generateur_connections_dropped"):
        assert f"# HELP {name}" in found.text


def test_the_runner_has_a_port_for_them(tmp_path: Path) -> None:
    from deploy.local.state import State

    with State(tmp_path / "state") as state:
        assert len(set(state.ports().values())) == len(state.ports()) and "metrics" in state.ports()
