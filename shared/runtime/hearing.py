"""One record heard: judged, acted upon, or set aside with its reason, so that the next one is heard whatever it was."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import orjson
from pydantic import ValidationError

from shared.adapters.postgres.heard import Author, Fault, PostgresHeard, Waiting
from shared.adapters.postgres.store import PostgresStore
from shared.kernel import attributes, canonical, invalid, keys, record
from shared.kernel.chain import Link
from shared.kernel.decider import Call, Heard, Reaction, Replica, Spec
from shared.kernel.refusals import Broken, Conflict, Refused, Unreadable
from shared.runtime import metrics
from shared.runtime.handle import Handler, Request
from shared.runtime.verdict import whose

log = logging.getLogger("reactions")
# What a command asks for may be heard a moment later from another topic; what fails otherwise fails again.
_PAUSES: Final = (0.1, 0.2, 0.3, 0.4)
_AT_ONCE: Final = 200
_FRENCH: Final = {
    "record.too_large": "l'enregistrement est trop grand",
    "record.not_canonical": "ce n'est pas du JSON, ou pas dans sa forme canonique",
    "record.attributes": "un attribut de l'enregistrement manque ou ne va pas",
    attributes.CODE: "un de ses attributs n'a pas la forme convenue",
    "chain.owner": "il vient d'un autre producteur que celui de ce sujet",
    "chain.signature": "il n'est pas signé par la clé de son producteur",
    "chain.digest": "son contenu n'est pas celui qui a été signé",
    "chain.hole": "des enregistrements manquent avant lui",
    "chain.prev": "il ne suit pas ce qui a été entendu, ou il le répète avec un autre contenu",
}


class Hearing:
    """What the reactions of one service of one member make of records.

    `trusted` maps a source to its raw public key: nobody else's records are acted upon.
    """

    def __init__(
        self,
        member: str,
        service: str,
        reactions: Sequence[Reaction],
        specs: Mapping[str, Spec[Any, Any]],
        handler: Handler,
        store: PostgresStore,
        kept: PostgresHeard,
        trusted: Mapping[str, bytes],
        coordinator: str,
    ) -> None:
        self._labels = (member, service)
        self.actor = f"service:{service}"
        self.topics = tuple(sorted(record.topic_of(source) for source in trusted))
        self._coordinator = coordinator
        self._reactions = reactions
        self._specs = specs
        self._handler = handler
        self._store = store
        self._kept = kept
        self._trusted = trusted
        self._links: dict[str, Link] = {}
        self._turn = asyncio.Lock()

    async def hear(self, raw: bytes, topic: str, offset: int) -> None:
        """Acts upon a record, or sets it aside. Raises only what is not its fault: see `verdict.whose`."""
        async with self._turn:
            fault = await self._fault(raw, topic)
            if fault is not None:
                await self._set_aside(fault, raw, topic, offset)

    async def waiting(self, after: int = 0) -> Sequence[Waiting]:
        """What was set aside and waits, at most 200 behind an id."""
        return await self._kept.waiting(after, _AT_ONCE)

    async def release(self, ids: Sequence[int], skip: bool) -> Mapping[int, Fault | None]:
        """Tries records that wait once more, or gives them up (`skip`); of each what is still the matter with it.

        Raises what `hear` raises; those that came before are done then.
        """
        told: dict[int, Fault | None] = {}
        async with self._turn:
            for one in await self._kept.named(ids):
                told[one.id] = None if skip else await self._again(one)
                if told[one.id] is None:
                    await self._kept.settle(one.id, skip)
            await self.measure()
        return told

    async def measure(self) -> None:
        """Tells the metrics how many records wait."""
        metrics.WAITING.labels(*self._labels).set(await self._kept.count())

    async def _again(self, one: Waiting) -> Fault | None:
        if not one.whole:
            return Fault(one.code, "only its beginning is kept", "seul son début est conservé")
        fault = await self._fault(one.raw, one.topic)
        if fault is not None:
            await self._kept.tried(one.id, fault)
        return fault

    async def _set_aside(self, fault: Fault, raw: bytes, topic: str, offset: int) -> None:
        if fault.author is not None:
            self._moved(fault.author)
        new = await self._kept.set_aside(raw, topic, offset, fault)
        metrics.REACTIONS.labels(*self._labels, "set_aside").inc()
        if new:
            of = f"sequence {fault.author.sequence} of {fault.author.source}" if fault.author else "a record"
            log.error("%s: %s, at %s@%d, is set aside: %s: %s", self.actor, of, topic, offset, fault.code, fault.en)
            await self.measure()

    async def _fault(self, raw: bytes, topic: str) -> Fault | None:
        """Acts upon a record unless that was done before; what is the matter with it, if anything."""
        author = None
        try:
            read = self._read(raw, topic)
            author = Author(
                read.attributes.source, read.attributes.sequence, read.digest, read.attributes.id, read.attributes.type
            )
            if not await self._is_new(read, author):
                return None
            await self._tried(self._concerned(read), heard_of(read))
        except (Unreadable, Broken) as error:
            return Fault(error.code, error.message, _FRENCH.get(error.code, error.message), author)
        except Exception as error:
            if whose(error) != "record":
                raise
            return _said(error, author)
        if not await self._kept.note(author, raw):
            raise Conflict(f"sequence {author.sequence} of {author.source} was heard otherwise at the same time")
        self._moved(author)
        return None

    def _read(self, raw: bytes, topic: str) -> record.Record:
        read = record.read(raw)
        a = read.attributes
        public = self._trusted.get(a.source)
        if public is None or record.topic_of(a.source) != topic:
            raise Unreadable("chain.owner", f"a record of {a.source[:80]!r} stands in {topic}")
        if not keys.verify(public, read.signed, a.signature):
            raise Unreadable("chain.signature", f"sequence {a.sequence} of {a.source} is not signed by it")
        if sha256(read.data_bytes).hexdigest() != a.datadigest:
            raise Unreadable("chain.digest", f"the data of sequence {a.sequence} is not what was signed")
        return read

    async def _is_new(self, read: record.Record, author: Author) -> bool:
        """Whether a record was not acted upon before. Raises Broken if it does not continue what was heard."""
        prev, link = read.attributes.prev, self._links.get(author.source)
        if link is not None and (author.sequence, prev) == (link.sequence + 1, link.digest):
            return True
        known = await self._kept.around(author.source, author.sequence)
        if known.own and known.own != author.digest:
            raise Broken("chain.prev", f"sequence {author.sequence} comes again with other content")
        if known.own and not known.aside:
            return False
        if known.before and known.before != prev:
            raise Broken("chain.prev", f"sequence {author.sequence} does not name the record before it")
        if known.last and not known.before and author.sequence > known.last:
            raise Broken("chain.hole", f"sequence {author.sequence} follows {known.last}")
        return True

    def _moved(self, author: Author) -> None:
        """Where the producer's chain was heard to: also behind what was set aside, or all that follows would be too."""
        link = self._links.get(author.source)
        if link is None or author.sequence > link.sequence:
            self._links[author.source] = Link(author.sequence, author.digest)

    async def _tried(self, concerned: Sequence[Reaction], heard: Heard) -> None:
        """Reacts, with patience for a command that is refused. Raises the last refusal, or anything else at once."""
        for pause in _PAUSES:
            try:
                return await self._react(concerned, heard)
            except Refused as error:
                if whose(error) != "record":
                    raise
                await asyncio.sleep(pause)
        await self._react(concerned, heard)

    async def _react(self, concerned: Sequence[Reaction], heard: Heard) -> None:
        for reaction in concerned:
            await self._act(reaction, heard)

    def _concerned(self, read: record.Record) -> Sequence[Reaction]:
        """The reactions that hear this record. Raises Unreadable `attribute.contract` if it is not fit to be heard."""
        a = read.attributes
        concerned = [one for one in self._reactions if a.type in one.types and self._in_scope(one, a.source)]
        if concerned and (wrong := attributes.fault(a)) is not None:
            raise Unreadable(attributes.CODE, f"{wrong} does not have its form")
        return concerned

    def _in_scope(self, reaction: Reaction, source: str) -> bool:
        whose_record = source.split("/")[2]
        match reaction.scope:
            case "own":
                return whose_record == self._labels[0]
            case "coordinator":
                return whose_record == self._coordinator

    async def _act(self, reaction: Reaction, heard: Heard) -> None:
        name = reaction.replica(heard)
        before = None if name is None else await self._store.replica_body(name)
        for wanted in reaction.handle(heard, None if before is None else orjson.loads(before)):
            match wanted:
                case Replica():
                    view = None if wanted.view is None else canonical.encode(dict(wanted.view))
                    await self._store.put_replica(wanted.name, before, canonical.encode(dict(wanted.body)), view)
                case Call():
                    spec = self._specs[wanted.name]
                    await self._handler.handle(spec, self._request(spec, wanted, heard))
        metrics.REACTIONS.labels(*self._labels, "done").inc()

    def _request(self, spec: Spec[Any, Any], wanted: Call, heard: Heard) -> Request:
        return Request(
            command_id=wanted.command_id,
            input=spec.model.model_validate_json(canonical.encode(dict(wanted.input)), strict=True),
            actor=self.actor,
            role="SV",
            origin=heard.origin,
            occurred_on=date.fromisoformat(heard.occurred_on),
            precision=heard.precision,
            correlation_id=UUID(heard.correlation_id),
            causation_id=heard.id,
        )


def heard_of(read: record.Record) -> Heard:
    """What a reaction sees of a record."""
    a = read.attributes
    return Heard(
        id=a.id,
        type=a.type,
        source=a.source,
        sequence=a.sequence,
        subject=a.subject,
        version=a.streamversion,
        time=a.time,
        occurred_on=a.occurredon,
        precision=a.occurredprecision,
        origin=a.origin,
        correlation_id=a.correlationid,
        data=read.data,
    )


def _said(error: Exception, author: Author | None) -> Fault:
    if isinstance(error, ValidationError):
        error = invalid.refusal(error)
    if isinstance(error, Refused):
        return Fault(error.code, error.en, error.fr, author)
    # Nobody foresaw it, so whoever mends it needs to see where.
    log.error("a record of %s ended in something unforeseen", author and author.source, exc_info=error)
    what = f"{type(error).__name__}: {error}"[:200]
    return Fault("reaction.failed", f"it could not be handled: {what}", f"il n'a pas pu être traité : {what}", author)
