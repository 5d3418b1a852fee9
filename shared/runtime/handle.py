"""The one road of every command: read, decide, append at the version read, begin again on conflict."""

import asyncio
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from pydantic import BaseModel

from shared.kernel import canonical, dates, record
from shared.kernel.decider import Context, Draft, Known, Need, Spec
from shared.kernel.ids import utc_text, uuid7
from shared.kernel.refusals import Conflict, Refused
from shared.ports import Done, Entry, EventStore
from shared.runtime.faults import point

ATTEMPTS: Final = 30
PARIS: Final = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Request:
    """A command as asked: who asks, when it happened, and why. Everything an auditor will want to know."""

    command_id: UUID
    input: BaseModel
    actor: str
    role: str
    origin: str
    occurred_on: date | None
    precision: str
    correlation_id: UUID | None = None
    causation_id: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did. `repeated`: an earlier request with the same id had done it."""

    done: Done
    types: tuple[str, ...]
    repeated: bool

    @property
    def changed(self) -> bool:
        """Whether anything was recorded: a command whose effect stands already records nothing."""
        return self.done.last >= self.done.first


class Handler:
    """The road of one service of one member."""

    def __init__(self, store: EventStore, member: str, coordinator: str) -> None:
        self._store = store
        self._member = member
        self._coordinator = coordinator

    async def handle(self, spec: Spec[Any, Any], request: Request) -> Outcome:
        """Decides and appends. Raises Refused: a decision's own codes, `command.reused`, `stream.conflict`,
        `date.in_future`, `date.too_early`, `input.too_large`."""
        digest = _digest(spec, request)
        for attempt in range(ATTEMPTS):
            repeated = await self._repeated(request.command_id, digest)
            if repeated is not None:
                return repeated
            try:
                return await self._once(spec, request, digest)
            except Conflict:
                await asyncio.sleep(random.uniform(0, 0.002 * 2 ** min(attempt, 5)))
        raise Refused(
            "stream.conflict",
            "Others are writing here at the same time; nothing was recorded. Please try again.",
            "D'autres écrivent ici en même temps ; rien n'a été enregistré. Veuillez réessayer.",
        )

    async def _repeated(self, command_id: UUID, digest: bytes) -> Outcome | None:
        found = await self._store.command(command_id)
        if found is None:
            return None
        done, first_digest = found
        if first_digest != digest:
            raise Refused(
                "command.reused",
                "This command id was already used with another input.",
                "Cet identifiant de commande a déjà servi avec une autre saisie.",
                ("command_id",),
            )
        past = await self._store.load(done.stream)
        return Outcome(done, tuple(p.type for p in past if done.first <= p.version <= done.last), True)

    async def _once(self, spec: Spec[Any, Any], request: Request, digest: bytes) -> Outcome:
        context = self._context(request)
        stream = spec.stream(request.input)
        past = await self._store.load(stream)
        if request.expected_version is not None and request.expected_version != len(past):
            raise Refused(
                "stream.version",
                f"This has changed since you read it (now version {len(past)}).",
                f"Ceci a changé depuis votre lecture (version actuelle {len(past)}).",
                ("expected_version",),
            )
        known = await self._known(spec.needs(request.input))
        drafts = spec.decide(request.input, spec.fold(past), context, known)
        done = Done(stream, len(past) + 1, len(past) + len(drafts))
        if drafts:
            entries = _entries(drafts, request, context)
            point("service.before_append")
            await self._store.append(stream, len(past), entries, request.command_id, digest)
            point("service.after_append")
        else:
            # Else the same command, sent again once others have moved on, would do what it did not do the first time.
            await self._store.remember(done, request.command_id, digest)
        return Outcome(done, tuple(draft.type for draft in drafts), False)

    def _context(self, request: Request) -> Context:
        now = datetime.now(UTC)
        today = now.astimezone(PARIS).date()
        occurred = request.occurred_on or today
        dates.check(occurred, request.precision, today)
        return Context(
            now=now,
            today=today,
            member=self._member,
            coordinator=self._coordinator,
            role=request.role,
            actor=request.actor,
            occurred_on=occurred,
            precision=request.precision,
            origin=request.origin,
        )

    async def _known(self, needs: Sequence[Need]) -> Known:
        known: dict[str, Any] = {}
        for need in needs:
            known[need.name] = await self._look_up(need)
        return known

    async def _look_up(self, need: Need) -> Any:
        match need.kind:
            case "reference":
                return await self._store.reference(need.name)
            case "record":
                raw = await self._store.record(int(need.name))
                return None if raw is None else orjson.loads(raw)
            case "stream" | "either":
                past = await self._store.load(need.name)
                if past or need.kind == "stream":
                    return past or None
                return await self._store.reference(need.name)


def _digest(spec: Spec[Any, Any], request: Request) -> bytes:
    asked = {
        "command": spec.name,
        # Without defaults: a field that a later release adds does not make another command of an earlier one.
        "input": request.input.model_dump(mode="json", exclude_defaults=True),
        "occurred_on": None if request.occurred_on is None else request.occurred_on.isoformat(),
        "precision": request.precision,
        "origin": request.origin,
        "actor": request.actor,
    }
    return sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).digest()


def _entries(drafts: Sequence[Draft], request: Request, context: Context) -> list[Entry]:
    attributes = {
        "actor": request.actor,
        "causationid": request.causation_id or str(request.command_id),
        "commandid": str(request.command_id),
        "correlationid": str(request.correlation_id or request.command_id),
        "occurredon": context.occurred_on.isoformat(),
        "occurredprecision": context.precision,
        "origin": request.origin,
        "role": request.role,
        "time": utc_text(context.now),
    }
    return [_entry(draft, attributes) for draft in drafts]


def _entry(draft: Draft, attributes: dict[str, str]) -> Entry:
    data = canonical.encode(dict(draft.data))
    if len(data) > record.MAX_DATA:
        raise Refused("input.too_large", "This is too long to record.", "Ceci est trop long pour être enregistré.")
    identified = {**attributes, "id": uuid7(time.time_ns() // 1_000_000, os.urandom(10))}
    return Entry(draft.type, canonical.encode(identified), data)
