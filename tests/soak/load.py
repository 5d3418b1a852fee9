"""Writers that give their commands through the gateway, as everybody does."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

import httpx

from deploy.whitepaper.planned import Planned
from deploy.whitepaper.wire import variables
from tests.faults.load import Load
from tests.soak.rig import Apart

_AWAY: Final = {"problem": {"code": "service.unavailable", "message": "no answer of the gateway"}}


class _Given(Planned):
    """One command under the id that the writer chose."""

    @property
    def command_id(self) -> UUID:
        return UUID(self.key)


@dataclass
class ThroughGateway(Load):
    """The same writers and one more; what they ask and hear is GraphQL."""

    def writers(self) -> list[Coroutine[Any, Any, None]]:
        return [*super().writers(), self._projects()]

    async def _projects(self) -> None:
        async with self.client() as client:
            while self.going:
                given = {"project_id": str(uuid4()), "member_id": "beta", "title": "Un projet", "nature": "creation"}
                await self.tell(client, "beta-projects", "OpenProject", str(uuid4()), {**given, "origin_kind": "idea"})
                await asyncio.sleep(self.pace)

    async def _give(
        self, client: httpx.AsyncClient, part: str, command: str, command_id: str, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        rig = self.rig
        assert isinstance(rig, Apart)
        member, service = rig.answering[part]
        asked = variables(_Given(command_id, member, service, (), command, given, origin="live"))
        body = {"query": _mutation(command), "variables": asked}
        headers = {"authorization": f"Bearer {self.token(part)}"}
        try:
            answer = (await client.post(f"{rig.gateway}/graphql", json=body, headers=headers)).json()
        except (httpx.HTTPError, ValueError):
            return _AWAY
        if answer.get("errors"):
            error = answer["errors"][0]
            return {"problem": {"code": error["extensions"]["code"], "message": error["message"]}}
        (found,) = answer["data"].values()
        return {"accepted": found} if "subject" in found else {"problem": found}


def _mutation(command: str) -> str:
    root = command[:1].lower() + command[1:]
    return (
        f"mutation {command}($input: {command}Input!) {{ {root}(input: $input) {{ __typename "
        "... on Accepted { commandId subject version } ... on Problem { code message path } } }"
    )
