"""The HTTP edge of a service: one POST per command, health and readiness."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Protocol
from uuid import UUID

import orjson
from pydantic import AliasGenerator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from shared.adapters.postgres.away import AWAY, Recovering
from shared.kernel import canonical
from shared.kernel.decider import Spec
from shared.kernel.fields import Occurred
from shared.kernel.invalid import not_canonical, refusal
from shared.kernel.refusals import Refused
from shared.runtime import metrics
from shared.runtime.handle import Handler, Outcome, Request
from shared.runtime.tokens import Claims, Verifier, coordinates

log = logging.getLogger("api")
MAX_BODY: Final = 64 * 1024
_STATUS: Final = {
    "input.malformed": 400,
    "input.invalid": 400,
    "input.unknown_field": 400,
    "input.too_large": 413,
    "token.missing": 401,
    "token.invalid": 401,
    "token.foreign_member": 403,
    "role.forbidden": 403,
    "origin.forbidden": 403,
    "command.unknown": 404,
    "command.reused": 409,
    "stream.conflict": 409,
    "stream.version": 409,
    "service.recovering": 503,
    "service.stopped": 503,
}
_STRENGTH: Final = {"CO": 0, "ME": 1}
Sequences = Callable[[Outcome], Awaitable[Sequence[int]]]


class Gate(Protocol):
    """What lets this process work with its store."""

    async def opened(self, seconds: float | None = None) -> None:
        """Waits at most so many seconds until the store may be used. Raises Refused."""

    async def refused(self, fault: BaseException) -> None:
        """After a fault of the database, before its sessions are used again."""


class Envelope(BaseModel):
    """A command's body: its id makes it repeatable."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=AliasGenerator(validation_alias=to_camel))
    command_id: UUID
    input: dict[str, Any]
    occurred_on: Occurred | None = None
    expected_version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    origin: Literal["live", "import", "legacy"] = "live"
    correlation_id: UUID | None = None


class Api:
    """Answers for one service of one member; `sequences` waits, bounded, for the sealer."""

    def __init__(
        self,
        source: str,
        specs: Mapping[str, Spec[Any, Any]],
        handler: Handler,
        verifier: Verifier,
        sequences: Sequences,
        coordinator: str,
        ready: Callable[[], Awaitable[str]],
        gate: Gate | None = None,
    ) -> None:
        _, _, self._member, self._service = source.split("/")
        self._source = source
        self._specs = specs
        self._handler = handler
        self._verifier = verifier
        self._sequences = sequences
        self._coordinator = coordinator
        self._ready = ready
        self._gate = gate

    def app(self, more: Sequence[Route] = ()) -> Starlette:
        """The ASGI application, to be served alone or mounted below the service's base path; `more` answers too."""
        return Starlette(
            routes=[
                *more,
                Route("/commands/{name}", self.command, methods=["POST"]),
                Route("/health", self.health),
                Route("/ready", self.readiness),
            ]
        )

    async def health(self, request: HttpRequest) -> Response:
        """The process is alive."""
        return as_json(200, {"status": "alive", "source": self._source})

    async def readiness(self, request: HttpRequest) -> Response:
        """Whether commands can be answered: `ready` if the database answers and was compared with the topic."""
        status = await self._ready()
        return as_json(200 if status == "ready" else 503, {"status": status, "source": self._source})

    async def command(self, request: HttpRequest) -> Response:
        """One command. Whatever is refused is a problem with a stable code; nothing was written then."""
        name = request.path_params["name"]
        began = time.perf_counter()
        try:
            claims = claims_of(request, self._verifier)
            spec = self._spec(name, claims)
            body = await body_of(request)
            envelope, asked = self._parse(spec, body, claims)
            outcome = await self._handled(spec, asked)
            answer = {"accepted": await self._accepted(envelope, outcome)}
            status, result = 200, "repeated" if outcome.repeated else "accepted"
        except Refused as refused:
            answer, result = {"problem": problem(refused)}, refused.code
            status = status_of(refused)
        except AWAY as fault:
            log.warning("%s could not be decided: %r", name[:80], fault)
            if self._gate is not None:
                await self._gate.refused(fault)
            answer, result, status = {"problem": problem(unavailable())}, "service.unavailable", 503
        known = name if name in self._specs else "unknown"
        metrics.COMMANDS.labels(self._member, self._service, known, result).inc()
        metrics.COMMAND_SECONDS.labels(self._member, self._service).observe(time.perf_counter() - began)
        return as_json(status, answer)

    async def _handled(self, spec: Spec[Any, Any], asked: Request) -> Outcome:
        """Raises Refused, also `service.recovering` and `service.stopped`, and what is in AWAY."""
        try:
            return await self._handler.handle(spec, asked)
        except Recovering:
            if self._gate is not None:
                await self._gate.opened(0)
            raise

    def _spec(self, name: str, claims: Claims) -> Spec[Any, Any]:
        """The command, if a token of this member may give it here: the coordinator's also gives what names a member."""
        spec = self._specs.get(name)
        guest = coordinates(claims, self._coordinator) and spec is not None and spec.member is not None
        if claims.member != self._member and not guest:
            raise foreign(claims, self._member)
        if spec is None:
            raise Refused("command.unknown", "There is no such command here.", "Cette commande n'existe pas ici.")
        return spec

    def _parse(self, spec: Spec[Any, Any], body: bytes, claims: Claims) -> tuple[Envelope, Request]:
        try:
            value = orjson.loads(body)
            canonical.encode(value)
            envelope = Envelope.model_validate_json(body, strict=True)
            asked = spec.model.model_validate_json(
                orjson.dumps(envelope.input), strict=True, context={"member": self._member}
            )
        except orjson.JSONDecodeError:
            raise Refused("input.malformed", "The body is not JSON.", "Le corps n'est pas du JSON.") from None
        except canonical.NotCanonical as error:
            raise not_canonical(error) from None
        except ValidationError as error:
            raise refusal(error) from None
        role = self._role(spec, claims, envelope)
        occurred = envelope.occurred_on
        return envelope, Request(
            command_id=envelope.command_id,
            input=asked,
            actor=claims.sub,
            role=role,
            origin=envelope.origin,
            occurred_on=None if occurred is None else occurred.date,
            precision="day" if occurred is None else occurred.precision,
            correlation_id=envelope.correlation_id,
            expected_version=envelope.expected_version,
        )

    def _role(self, spec: Spec[Any, Any], claims: Claims, envelope: Envelope) -> str:
        """The first of the token's roles that may give this command; CO is the coordinator's alone.

        Where the coordinator gives a command about any member, and where records are amended, the strongest counts.
        """
        held = [r for r in claims.roles if r != "CO" or claims.member == self._coordinator]
        if claims.member != self._member:
            held = ["CO"]
        elif spec.member is not None:
            held.sort(key=lambda r: _STRENGTH.get(r, len(_STRENGTH)))
        role = next((r for r in held if r in spec.roles), None)
        if role is None:
            allowed = ", ".join(sorted(spec.roles - {"SV"}))
            raise forbidden(allowed)
        if envelope.origin != "live" and not {"CO", "ME"} & set(held):
            raise Refused(
                "origin.forbidden",
                "Only a coordinator or a member's administrator records imports and history.",
                "Seuls la coordination ou l'administrateur d'un membre enregistrent imports et historique.",
                ("origin",),
            )
        return role

    async def _accepted(self, envelope: Envelope, outcome: Outcome) -> dict[str, Any]:
        sequences = await self._sequences(outcome) if outcome.changed else []
        return {
            "commandId": str(envelope.command_id),
            "source": self._source,
            "subject": outcome.done.stream,
            "version": max(outcome.done.last, outcome.done.first - 1),
            "firstSequence": sequences[0] if sequences else None,
            "sequence": sequences[-1] if sequences else None,
            "events": [{"type": kind} for kind in outcome.types],
            "repeated": outcome.repeated,
            "changed": outcome.changed,
        }


def problem(refused: Refused) -> dict[str, Any]:
    """A refusal as data."""
    return {"code": refused.code, "message": {"en": refused.en, "fr": refused.fr}, "path": list(refused.path)}


def claims_of(request: HttpRequest, verifier: Verifier) -> Claims:
    """Who asks. Raises Refused `token.missing`, `token.invalid`."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Refused("token.missing", "This needs a token.", "Ceci demande un jeton.")
    return verifier.claims(token.strip())


def foreign(claims: Claims, member: str) -> Refused:
    """What a token of another member is answered here."""
    return Refused(
        "token.foreign_member",
        f"This token acts for {claims.member}, not for {member}.",
        f"Ce jeton agit pour {claims.member}, pas pour {member}.",
    )


def forbidden(roles: str) -> Refused:
    """What a caller without any of these roles is answered."""
    return Refused("role.forbidden", f"This is for the roles {roles}.", f"Réservé aux rôles {roles}.")


def status_of(refused: Refused) -> int:
    """The HTTP status that a refusal is answered with."""
    return 403 if refused.code.endswith(".foreign") else _STATUS.get(refused.code, 422)


async def body_of(request: HttpRequest) -> bytes:
    """The body, at most 64 KiB within 10 s. Raises Refused `input.too_large`, `input.malformed`."""
    size = request.headers.get("content-length", "0")
    received = bytearray()
    if not size.isdigit() or int(size) > MAX_BODY:
        raise _too_large()
    try:
        async with asyncio.timeout(10):
            async for chunk in request.stream():
                received += chunk
                if len(received) > MAX_BODY:
                    raise _too_large()
    except (TimeoutError, ClientDisconnect):
        raise Refused("input.malformed", "The body did not arrive.", "Le corps n'est pas arrivé.") from None
    return bytes(received)


def unavailable() -> Refused:
    """What is answered while the database is away."""
    return Refused(
        "service.unavailable",
        "The database does not take this now: send this again with the same commandId.",
        "La base de données ne prend pas ceci pour le moment : renvoyez-le avec le même commandId.",
    )


def _too_large() -> Refused:
    return Refused("input.too_large", "At most 64 KiB.", "Au plus 64 Kio.")


def as_json(status: int, value: Any) -> Response:
    """An answer."""
    return Response(orjson.dumps(value), status, media_type="application/json")
