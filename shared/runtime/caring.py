"""What the reactions of a service set aside: seen, tried again or given up, by whoever answers for the member."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, Final

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from shared.adapters.postgres.heard import Fault, Waiting
from shared.kernel.invalid import refusal
from shared.kernel.refusals import Refused
from shared.runtime.api import as_json, body_of, claims_of, forbidden, foreign, problem, status_of, unavailable
from shared.runtime.hearing import Hearing
from shared.runtime.tokens import Verifier, coordinates
from shared.runtime.verdict import whose

log = logging.getLogger("api")
_EXCERPT: Final = 200
_MOST_ID: Final = 2**63 - 1


class Asked(BaseModel):
    """Which records, by the ids that the list gives; `skip` gives them up instead of trying them again."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    ids: Annotated[list[Annotated[int, Field(ge=1, le=_MOST_ID)]], Field(min_length=1, max_length=200)]
    skip: bool = False


class Care:
    """`GET /reactions?after=<id>` and `POST /reactions/release`, for the member's administrator and the coordinator."""

    def __init__(self, member: str, coordinator: str, verifier: Verifier, hearing: Hearing) -> None:
        self._member = member
        self._coordinator = coordinator
        self._verifier = verifier
        self._hearing = hearing

    def routes(self) -> Sequence[Route]:
        """To be served beside the service's commands."""
        return [
            Route("/reactions", self.waiting),
            Route("/reactions/release", self.release, methods=["POST"]),
        ]

    async def waiting(self, request: HttpRequest) -> Response:
        """The records that wait, at most 200 behind an id."""

        async def answer() -> dict[str, Any]:
            after = request.query_params.get("after", "0")
            if not after.isascii() or not after.isdigit() or int(after[:20]) > _MOST_ID:
                raise Refused("input.invalid", "after: this is an id.", "after : c'est un identifiant.", ("after",))
            return {"waiting": [_shown(one) for one in await self._hearing.waiting(int(after[:20]))]}

        return await self._answered(request, answer)

    async def release(self, request: HttpRequest) -> Response:
        """Tries some of them again: which were heard, and what is still the matter with the others."""

        async def answer() -> dict[str, Any]:
            asked = _parse(await body_of(request))
            told = await self._hearing.release(asked.ids, asked.skip)
            done = [number for number, fault in told.items() if fault is None]
            left = [{"id": number, **_problem(fault)} for number, fault in told.items() if fault is not None]
            return {"released": done, "waiting": left, "unknown": [one for one in asked.ids if one not in told]}

        return await self._answered(request, answer)

    async def _answered(self, request: HttpRequest, answer: Callable[[], Awaitable[dict[str, Any]]]) -> Response:
        try:
            self._may(request)
            return as_json(200, await answer())
        except Refused as refused:
            return as_json(status_of(refused), {"problem": problem(refused)})
        except Exception as error:
            if whose(error) != "moment":
                raise
            log.warning("what was set aside could not be told: %r", error)
            return as_json(503, {"problem": problem(unavailable())})

    def _may(self, request: HttpRequest) -> None:
        claims = claims_of(request, self._verifier)
        if coordinates(claims, self._coordinator):
            return
        if claims.member != self._member:
            raise foreign(claims, self._member)
        if "ME" not in claims.roles:
            raise forbidden("CO, ME")


def _parse(body: bytes) -> Asked:
    try:
        orjson.loads(body)
        return Asked.model_validate_json(body, strict=True)
    except orjson.JSONDecodeError:
        raise Refused("input.malformed", "The body is not JSON.", "Le corps n'est pas du JSON.") from None
    except ValidationError as error:
        raise refusal(error) from None


def _shown(one: Waiting) -> dict[str, Any]:
    return {
        "id": one.id,
        "topic": one.topic,
        "offset": one.offset,
        "source": one.source,
        "sequence": one.sequence,
        "event": one.event,
        "type": one.type,
        "at": one.at.isoformat(),
        "tries": one.tries,
        "size": one.size,
        "sha256": one.digest,
        "excerpt": one.raw[:_EXCERPT].decode(errors="replace"),
        **_problem(one),
    }


def _problem(fault: Fault | Waiting) -> dict[str, Any]:
    return {"code": fault.code, "message": {"en": fault.en, "fr": fault.fr}}
