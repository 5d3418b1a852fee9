"""The one road of every command: read, decide, append at the versions read, begin again on conflict."""

import asyncio
import os
import random
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import orjson
from pydantic import BaseModel

from shared.amending import refusals
from shared.amending.streams import Door
from shared.contracts import authority
from shared.kernel import canonical, dates, record
from shared.kernel.dates import PARIS
from shared.kernel.decider import Context, Draft, RecordAddress, Spec
from shared.kernel.ids import utc_text, uuid7
from shared.kernel.refusals import Conflict, Refused
from shared.ports import Done, Entry, EventStore
from shared.runtime.faults import point
from shared.runtime.reading import Reading, read_for

ATTEMPTS: Final = 30


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

    def __init__(self, store: EventStore, door: Door, member: str, coordinator: str) -> None:
        self._store = store
        self._door = door
        self._member = member
        self._coordinator = coordinator
        self._source = record.source_of(member, door.service)
        self._turn = asyncio.Lock()

    async def handle(self, spec: Spec[Any, Any], request: Request) -> Outcome:
        """Decides and appends. Raises Refused: a decision's own codes, `command.reused`, `stream.conflict`,
        `date.in_future`, `date.too_early`, `input.too_large`."""
        digest = _digest(spec, request)
        for attempt in range(ATTEMPTS):
            repeated = await self._repeated(request.command_id, digest)
            if repeated is not None:
                return repeated
            try:
                async with self._turn if spec.one_at_a_time else nullcontext():
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
        # A command taken back from the topic is known by its id alone: what was asked is not in its records.
        if first_digest and first_digest != digest:
            raise Refused(
                "command.reused",
                "This command id was already used with another input.",
                "Cet identifiant de commande a déjà servi avec une autre saisie.",
                ("command_id",),
            )
        return Outcome(done, tuple(await self._store.types(done.stream, done.first, done.last)), True)

    async def _once(self, spec: Spec[Any, Any], request: Request, digest: bytes) -> Outcome:
        context = self._context(request)
        self._speaks(spec)
        address = spec.stream(request.input)
        at = await self._stream_of(address) if isinstance(address, RecordAddress) else (address, None)
        reading = await read_for(self._store, self._door, self._member, spec, request.input, at)
        if request.expected_version is not None and request.expected_version != reading.version:
            raise Refused(
                "stream.version",
                f"This has changed since you read it (now version {reading.version}).",
                f"Ceci a changé depuis votre lecture (version actuelle {reading.version}).",
                ("expected_version",),
            )
        drafts = spec.decide(request.input, spec.fold(reading.past), context, reading.known)
        self._may_say(drafts)
        done = Done(reading.stream, reading.version + 1, reading.version + len(drafts))
        if drafts:
            await self._append(reading, _entries(drafts, request, context), request.command_id, digest)
        else:
            # Else the same command, sent again once others have moved on, would do what it did not do the first time.
            await self._store.remember(done, request.command_id, digest)
        return Outcome(done, tuple(draft.type for draft in drafts), False)

    async def _append(self, reading: Reading, entries: Sequence[Entry], command_id: UUID, digest: bytes) -> None:
        point("service.before_append")
        await self._store.append(reading.stream, reading.version, entries, command_id, digest, reading.guards)
        point("service.after_append")

    def _speaks(self, spec: Spec[Any, Any]) -> None:
        """What is the coordinator's is founded and ended at its services alone. Raises Refused `<object>.foreign`."""
        if self._member == self._coordinator:
            return
        for kind in spec.emits:
            payload = self._door.payloads[kind]
            if payload.AUTHORITY == "coordinator":
                raise _foreign(payload.ENTITIES[-1].partition("/")[0], self._coordinator)

    def _may_say(self, drafts: Sequence[Draft]) -> None:
        """By the same rule as every reader: what would be set aside is not recorded."""
        for draft in drafts:
            if authority.fault(draft.type, draft.data, self._source, self._coordinator) is not None:
                raise _foreign(self._door.payloads[draft.type].ENTITIES[0].partition("/")[0], self._coordinator)

    async def _stream_of(self, address: RecordAddress) -> tuple[str, int]:
        """The stream of a record of this service and its version there. Raises Refused `amendment.…`."""
        if address.source != self._source:
            same_member = address.source.split("/")[2] == self._member
            raise refusals.other_service() if same_member else refusals.foreign()
        found = await self._store.stream_of(address.sequence)
        if found is None:
            raise refusals.unknown()
        return found

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


def _foreign(what: str, owner: str) -> Refused:
    return Refused(
        f"{what}.foreign",
        f"Only {owner} records this, at its own service.",
        f"Seul {owner} enregistre ceci, dans son propre service.",
    )


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
