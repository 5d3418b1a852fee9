"""The specification's own audit of GraphQL over HTTP, all its checks, against a real gateway on a real port."""

import json
from pathlib import Path

from shared.runtime import tokens
from tests.conformance.node import run
from tests.gateway.serving import gateway, settings

CHECKS = 60


async def test_every_check_of_the_audit_is_ok(tmp_path: Path) -> None:
    tokens.create_issuer(tmp_path)
    async with gateway(settings(tmp_path)) as client:
        printed = await run("audit.mjs", f"{client.url}/graphql")
    checks = [json.loads(line) for line in printed.splitlines()]
    assert [check for check in checks if check["status"] != "ok"] == []
    assert len(checks) >= CHECKS
