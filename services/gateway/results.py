"""What a mutation may answer: accepted, or one of the problems."""

import re
from collections.abc import Sequence
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Final, Self

import strawberry

from services.gateway import positions
from services.gateway.commands import Reply, contracts
from services.gateway.faults import said
from services.gateway.inputs import camel
from services.gateway.scalars import Count


@strawberry.interface(description="The command was decided; its facts are recorded")
class Accepted:
    command_id: strawberry.ID
    subject: str = strawberry.field(description="The stream that the facts belong to, like idea/<uuid>")
    version: Count = strawberry.field(description="The stream's version now; give it as expectedVersion")
    position: str | None = strawberry.field(
        description="Give it to asOf.atLeast to read this write; null if nothing was recorded or sealing is late"
    )
    changed: bool = strawberry.field(description="False: it already was so, nothing was recorded")
    repeated: bool = strawberry.field(description="True: this commandId was already accepted; this is its result")


@strawberry.interface(description="Why a command was not accepted. Nothing was written, unless said otherwise")
class Problem:
    code: str = strawberry.field(description="Stable; made for programs")
    message: str = strawberry.field(description="For a person, in the request's language")
    path: list[str] = strawberry.field(description="The input field meant, if one")

    @classmethod
    def of(cls, code: str, message: str, path: list[str] | None = None) -> Self:
        """The problem of these words."""
        return cls(code=code, message=message, path=path or [])


@strawberry.type(description="The input does not have the expected form")
class ValidationProblem(Problem):
    pass


@strawberry.type(description="The decision says no: the facts so far do not allow it")
class RefusedProblem(Problem):
    pass


@strawberry.type(description="The object has changed meanwhile: read again, decide again")
class ConflictProblem(Problem):
    pass


@strawberry.type(description="This role, or this member, may not do this")
class ForbiddenProblem(Problem):
    pass


@strawberry.type(description="This commandId was already used with another input")
class IdempotencyConflictProblem(Problem):
    pass


@strawberry.type(
    description="No answer came, or the service records nothing now, as the code says: send it again, same commandId"
)
class UnavailableProblem(Problem):
    pass


PROBLEMS: Final[tuple[type[Problem], ...]] = (
    ValidationProblem,
    RefusedProblem,
    ConflictProblem,
    ForbiddenProblem,
    IdempotencyConflictProblem,
    UnavailableProblem,
)
_BY_STATUS: Final[dict[int, type[Problem]]] = {
    400: ValidationProblem,
    401: ForbiddenProblem,
    403: ForbiddenProblem,
    409: ConflictProblem,
    413: ValidationProblem,
    422: RefusedProblem,
    503: UnavailableProblem,
}


def result_types(name: str) -> tuple[type[Any], Any]:
    """The `…Accepted` type of a command, and its result union."""
    made = type(f"{name}Accepted", (Accepted,), {"__annotations__": {}})
    accepted: type[Any] = strawberry.type(made, name=f"{name}Accepted")
    members: Any = reduce(or_, PROBLEMS, accepted)
    # Nullable: a fault in one command must not take away the results of those before it.
    return accepted, Annotated[members, strawberry.union(f"{name}Result")] | None


def result(reply: Reply, accepted: type[Any], lang: str) -> Any:
    """A service's reply as a member of the result union."""
    if reply.status == 200 and isinstance(reply.body.get("accepted"), dict):
        return _accepted(reply.body["accepted"], accepted)
    problem = reply.body.get("problem")
    kind = _BY_STATUS.get(reply.status)
    if kind is None or not isinstance(problem, dict):
        return unavailable(lang)
    code = str(problem.get("code", "service.unavailable"))
    if code == "command.reused":
        kind = IdempotencyConflictProblem
    words = problem.get("message") or {}
    said = str(words.get(lang) or words.get("en") or code)
    path = [str(part) for part in problem.get("path") or ()]
    return kind.of(code, in_our_names(said, path), ["input", *map(camel, path)] if path else [])


def in_our_names(message: str, path: Sequence[str]) -> str:
    """A service's message with the names that mutations have: its fields' where it names `path`, and commands'."""
    if path:
        message = message.replace(".".join(path), ".".join(map(camel, path)), 1)
    return _names().sub(lambda found: camel(found[0]), message)


@cache
def _names() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(contracts())})\b")


def unavailable(lang: str) -> UnavailableProblem:
    """The problem of a service that gave no answer."""
    return UnavailableProblem.of("service.unavailable", said("service.unavailable", lang))


def _accepted(body: dict[str, Any], kind: type[Any]) -> Any:
    sequence = body.get("sequence")
    return kind(
        command_id=strawberry.ID(str(body["commandId"])),
        subject=str(body["subject"]),
        version=Count(int(body["version"])),
        position=None if sequence is None else positions.position({str(body["source"]): int(sequence)}),
        changed=bool(body["changed"]),
        repeated=bool(body["repeated"]),
    )
