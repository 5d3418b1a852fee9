"""A producer's own HTTP door, and tokens for it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx

from shared.runtime import tokens
from shared.runtime.api import Api
from shared.runtime.handle import Outcome
from shared.runtime.serve import listen, serve
from shared.runtime.tokens import Verifier

from .conftest import Producer


async def _no_sequences(outcome: Outcome) -> Sequence[int]:
    return []


async def _ready() -> str:
    return "ready"


def bearer(producer: Producer, member: str, *roles: str, sub: str = "somebody") -> dict[str, str]:
    """The header of a token that acts for a member in these roles."""
    token = tokens.issue(producer.keys / "issuer.key", sub, member, roles, hours=1)
    return {"authorization": f"Bearer {token}"}


@asynccontextmanager
async def served(producer: Producer) -> AsyncIterator[httpx.AsyncClient]:
    """The door, asked by an adviser of its own member unless another token is shown."""
    verifier = Verifier(producer.keys / "jwks.json")
    specs, coordinator = producer.definition.specs, producer.coordinator
    api = Api(producer.source, specs, producer.handler, verifier, _no_sequences, coordinator, _ready)
    listening = listen("127.0.0.1", 0)
    serving = asyncio.create_task(serve(api.app(), listening))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    headers = bearer(producer, producer.member, "AD")
    try:
        async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=10) as client:
            yield client
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def post(client: httpx.AsyncClient, name: str, given: Any, headers: Any = None) -> tuple[int, str]:
    """The status of a command, and `accepted` or the code of its problem."""
    body = {"commandId": str(uuid4()), "input": given}
    answer = await client.post(f"/commands/{name}", json=body, headers=headers)
    said = answer.json()
    return answer.status_code, said["problem"]["code"] if "problem" in said else "accepted"
