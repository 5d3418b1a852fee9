"""A collective without servers: the real deciders, real seals and chains, and what each service has heard of others.

Nothing here decides anything: commands go through the services' own specifications, on the events that still hold.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import orjson

from services.ideation.service import DEFINITION as IDEATION
from services.projects.service import DEFINITION as PROJECTS
from shared.amending.streams import live
from shared.kernel import canonical, record
from shared.kernel.decider import Call, Context, Draft, Events, Heard, Known, Located, Lookup, RecordAddress
from shared.kernel.ids import utc_text, uuid7
from shared.kernel.keys import Signer
from shared.kernel.record import source_of
from shared.kernel.refusals import Refused
from shared.ports import Stored
from shared.runtime.reading import _holds, recorded
from shared.runtime.service import Definition

COORDINATOR: Final = "coord"
MEMBERS: Final = (COORDINATOR, "alpha", "beta")
DEFINITIONS: Final[Mapping[str, Definition]] = {"ideation": IDEATION, "projects": PROJECTS}
TODAY: Final = date(2026, 11, 23)
_START: Final = datetime(2026, 11, 20, 22, 58, tzinfo=UTC)
_SIGNERS: Final = {
    source_of(member, service): Signer(sha256(f"{member} {service}".encode()).digest())
    for member in MEMBERS
    for service in DEFINITIONS
}


def public(source: str) -> bytes:
    """The raw public key of a producer."""
    return _SIGNERS[source].public


def signer(source: str) -> Signer:
    """What signs a producer's records."""
    return _SIGNERS[source]


@dataclass(frozen=True)
class Asked:
    """Who asks, when it happened, and whether the clock has gone back an hour meanwhile."""

    role: str
    on: date
    precision: str
    actor: str = "adviser-1"
    origin: str = "live"
    clock_back: bool = False


@dataclass
class Producer:
    """One service of one member: its records as sealed, and its streams as stored."""

    source: str
    definition: Definition
    raws: list[bytes] = field(default_factory=list)
    streams: defaultdict[str, list[Stored]] = field(default_factory=lambda: defaultdict(list))
    places: list[tuple[str, int]] = field(default_factory=list)
    digest: str = "0" * 64
    spoiled: bool = False
    """Whether it holds records that nobody decided."""

    @property
    def member(self) -> str:
        """Whose it is."""
        return self.source.split("/")[2]

    def all(self, stream: str) -> Events:
        """A stream's events, amendments too."""
        return recorded(self.streams.get(stream, ()), self.definition.door)

    def live(self, stream: str) -> Events:
        """A stream's events that hold."""
        return live(self.all(stream), self.member, self.definition.door)

    def holds(self, stream: str) -> bool:
        """Whether anything of a stream holds, as a look-up for existence finds it."""
        bare = [
            Stored(one.type, one.version, b"", one.data if ".RecordVoided." in one.type else b"")
            for one in self.streams.get(stream, ())
        ]
        return _holds(bare, self.definition.door)

    def append(self, stream: str, kind: str, data: Mapping[str, Any], attributes: Mapping[str, str]) -> None:
        """Stores and seals one event."""
        body, version = canonical.encode(dict(data)), len(self.streams[stream]) + 1
        self.streams[stream].append(Stored(kind, version, canonical.encode(dict(attributes)), body))
        self.places.append((stream, version))
        signer = _SIGNERS[self.source]
        sealed = record.seal(
            {
                **attributes,
                "source": self.source,
                "specversion": "1.0",
                "datacontenttype": "application/json",
                "type": kind,
                "dataschema": f"urn:generateur:schema:{kind}",
                "subject": stream,
                "streamversion": version,
                "sequence": len(self.raws) + 1,
                "prev": self.digest,
                "keyid": signer.keyid,
            },
            body,
        )
        self.digest = sha256(sealed).hexdigest()
        self.raws.append(record.join(sealed, body, signer.sign(sealed)))


class World:
    """The collective's producers, and one clock that may step back."""

    def __init__(self, definitions: Mapping[str, Definition] = MappingProxyType({})) -> None:
        known = {**DEFINITIONS, **definitions}
        self.producers = {source: Producer(source, known[source.rpartition("/")[2]]) for source in sorted(_SIGNERS)}
        self._moments = 0
        self._replicas: dict[tuple[str, str, int], Mapping[str, Any] | None] = {}

    def producer(self, member: str, service: str) -> Producer:
        """A member's service."""
        return self.producers[source_of(member, service)]

    def give(self, member: str, service: str, name: str, given: Mapping[str, Any], asked: Asked) -> Sequence[Draft]:
        """One command, decided and recorded. Raises Refused, and nothing is recorded then."""
        at = self.producer(member, service)
        spec = at.definition.specs[name]
        command = spec.model.model_validate_json(orjson.dumps(given), strict=True, context={"member": member})
        context = self._context(member, asked)
        address = spec.stream(command)
        if isinstance(address, RecordAddress):
            if address.source != at.source or address.sequence > len(at.places):
                raise Refused("amendment.unknown", "There is no such record.")
            stream, version = at.places[address.sequence - 1]
            past: Any = Located(at.all(stream), version)
        else:
            stream, past = address, at.live(address)
        known = self._known(at, spec.lookups(command, past))
        drafts = spec.decide(command, spec.fold(past), context, known)
        for draft in drafts:
            at.append(stream, draft.type, draft.data, self.attributes(context, asked))
        self._react(at, drafts, asked)
        return drafts

    def attributes(self, context: Context, asked: Asked) -> dict[str, str]:
        """The attributes that an append gives a record."""
        self._moments += 1
        name = str(UUID(int=self._moments))
        return {
            "actor": asked.actor,
            "causationid": name,
            "commandid": name,
            "correlationid": name,
            "id": uuid7(self._moments, self._moments.to_bytes(10, "big")),
            "occurredon": context.occurred_on.isoformat(),
            "occurredprecision": context.precision,
            "origin": context.origin,
            "role": context.role,
            "time": utc_text(context.now),
        }

    def _context(self, member: str, asked: Asked) -> Context:
        now = _START + timedelta(seconds=self._moments * 7) - timedelta(hours=int(asked.clock_back))
        return Context(
            now=now,
            today=TODAY,
            member=member,
            coordinator=COORDINATOR,
            role=asked.role,
            actor=asked.actor,
            occurred_on=asked.on,
            precision=asked.precision,
            origin=asked.origin,
        )

    def raw_context(self, member: str, asked: Asked) -> Context:
        """What a record says that nobody decided."""
        return self._context(member, asked)

    def _known(self, at: Producer, lookups: Sequence[Lookup]) -> Known:
        streams, existing, replicas = {}, set(), {}
        for one in lookups:
            if one.kind in ("stream", "either"):
                streams[one.name] = at.live(one.name)
            if one.kind == "naming":
                named = (stream for stream in at.streams if stream.startswith(one.name))
                streams.update({stream: at.live(stream) for stream in named})
            if one.kind in ("exists", "either_exists") and at.holds(one.name):
                existing.add(one.name)
            if one.kind in ("replica", "either", "either_exists"):
                heard = self._replica(at, one.name)
                if heard is not None:
                    replicas[one.name] = heard
        return Known({name: found for name, found in streams.items() if found}, frozenset(existing), replicas)

    def _replica(self, at: Producer, name: str) -> Mapping[str, Any] | None:
        """What a service keeps of one of the coordinator's objects, having heard everything."""
        if at.source == source_of(COORDINATOR, "ideation"):
            return None
        registry = self.producer(COORDINATOR, "ideation")
        key = at.definition.name, name, len(registry.streams.get(name, ()))
        if key not in self._replicas:
            self._replicas[key] = _kept(at.definition, registry, name)
        return self._replicas[key]

    def _react(self, at: Producer, drafts: Sequence[Draft], asked: Asked) -> None:
        """A choice of ideas opens a project in the same member's projects service, if that is possible there."""
        for number, draft in enumerate(drafts, len(at.raws) - len(drafts)):
            if draft.type != "ideation.IdeaSelected.v1":
                continue
            for reaction in PROJECTS.reactions:
                if draft.type in reaction.types:
                    (call,) = reaction.handle(_heard(at.raws[number]), None)
                    assert isinstance(call, Call)
                    by = Asked("SV", asked.on, asked.precision, "service:projects", asked.origin)
                    try:
                        self.give(at.member, "projects", call.name, call.input, by)
                    except Refused:
                        continue


def _kept(definition: Definition, registry: Producer, name: str) -> Mapping[str, Any] | None:
    body: Mapping[str, Any] | None = None
    view: Mapping[str, Any] | None = None
    numbers = [number for number, (stream, _) in enumerate(registry.places) if stream == name]
    for number in numbers:
        heard = _heard(registry.raws[number])
        for reaction in definition.reactions:
            if heard.type in reaction.types and reaction.replica(heard) is not None:
                for replica in reaction.handle(heard, body):
                    assert not isinstance(replica, Call)
                    body, view = orjson.loads(canonical.encode(dict(replica.body))), replica.view
    return view


def _heard(raw: bytes) -> Heard:
    from shared.runtime.hearing import heard_of

    return heard_of(record.read(raw))
