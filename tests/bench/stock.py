"""The stock of the bench: a collective's sealed records on real topics, made by the code that seals in earnest."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from multiprocessing import get_context
from random import Random
from typing import Any, Final
from uuid import UUID

import orjson

from deploy.provision import topics
from shared.contracts.routing import entities
from shared.kernel import canonical, record
from shared.kernel.chain import ZERO, Link
from shared.kernel.ids import uuid7
from shared.kernel.keys import Signer
from shared.kernel.record import source_of, topic_of
from shared.runtime.relay import producer as make_producer
from shared.runtime.relay import send
from tests.bench.lives import FIRST, Happening, Place, life

MEMBERS: Final = tuple(f"bench-{letter}" for letter in "abcdef")
COORDINATOR: Final = MEMBERS[0]
SERVICES: Final = ("ideation", "projects")
# Other benches leave topics of their own on the same broker.
TOPICS: Final = tuple(topic_of(source_of(member, service)) for member in MEMBERS for service in SERVICES)
TERRITORIES: Final = 84
_NOW: Final = "2026-11-23T10:00:00.123456Z"
_AT_ONCE: Final = 4000


@dataclass
class Line:
    """One producer's chain, moved on as records are sealed."""

    member: str
    service: str
    link: Link = ZERO
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return source_of(self.member, self.service)

    @property
    def signer(self) -> Signer:
        return Signer(sha256(self.source.encode()).digest())

    def sealed(self, happenings: Sequence[Happening]) -> Iterator[tuple[bytes, bytes]]:
        """`(key, bytes)` of one record per happening, and of a void for one of each 400."""
        signer, chance = self.signer, Random(self.source)
        for one in happenings:
            yield self._one(signer, one)
            if chance.random() < 1 / 400 and one.kind != "ideation.ProducerKeyIntroduced.v1":
                yield self._one(signer, self._void(one))

    def _void(self, one: Happening) -> Happening:
        at = self.link.sequence
        target = {
            "source": self.source,
            "sequence": at,
            "version": self.versions[one.subject],
            "type": one.kind,
            "subject": one.subject,
            "entities": entities(one.kind, one.data, self.member),
        }
        common = {name: one.data[name] for name in ("territory_ids", "evidence", "confidentiality", "language")}
        data = {**common, "target": target, "reason": "error"}
        return Happening(self.service, one.day, f"{self.service}.RecordVoided.v1", one.subject, data)

    def _one(self, signer: Signer, one: Happening) -> tuple[bytes, bytes]:
        sequence = self.link.sequence + 1
        version = self.versions.get(one.subject, 0) + 1
        name = uuid7(1_780_000_000_000 + sequence, sha256(b"%d" % sequence).digest()[:10])
        attributes: dict[str, Any] = {
            "actor": "p-3f9c1a7be2",
            "causationid": name,
            "commandid": name,
            "correlationid": name,
            "datacontenttype": "application/json",
            "dataschema": f"urn:generateur:schema:{one.kind}",
            "id": name,
            "keyid": signer.keyid,
            "occurredon": date.fromordinal(one.day).isoformat(),
            "occurredprecision": "day",
            "origin": "live",
            "prev": self.link.digest,
            "role": "AD",
            "sequence": sequence,
            "source": self.source,
            "specversion": "1.0",
            "streamversion": version,
            "subject": one.subject,
            "time": _NOW,
            "type": one.kind,
        }
        body = orjson.dumps(one.data, option=orjson.OPT_SORT_KEYS)
        signed = record.seal(attributes, body)
        self.link = Link(sequence, sha256(signed).hexdigest())
        self.versions[one.subject] = version
        return one.subject.encode(), record.join(signed, body, signer.sign(signed))


def happenings(member: str, part: int) -> dict[str, list[Happening]]:
    """A member's events of one part of the stock, by service, in the order of their days."""
    chance = Random(f"{member} {part}")
    found: dict[str, list[Happening]] = {service: [] for service in SERVICES}
    for number in range(TERRITORIES):
        for one in life(_place(chance, member, part, number)):
            found[one.service].append(one)
    return {service: sorted(events, key=lambda one: one.day) for service, events in found.items()}


def registrations(part: int) -> list[Happening]:
    """What the coordinator records before: every member's territories, and an accompaniment in each for this part."""
    found: list[Happening] = []
    for member in MEMBERS:
        for number in range(TERRITORIES):
            place = _place(Random(0), member, part, number)
            found += [_registered(place)] if part == 0 else []
            found.append(
                place.happens(
                    "ideation",
                    FIRST,
                    "TerritoryAdmitted",
                    f"accompaniment/{place.accompaniment}",
                    territory_id=place.territory,
                    operators=[{"member_id": member, "role": "lead"}],
                )
            )
    return found


def _place(chance: Random, member: str, part: int, number: int) -> Place:
    accompaniment = str(UUID(int=Random(f"{member} {part} {number}").getrandbits(128), version=4))
    return Place(chance, f"{member}-t{number}", accompaniment, member)


def _registered(place: Place) -> Happening:
    return place.happens(
        "ideation",
        FIRST,
        "TerritoryRegistered",
        f"territory/{place.territory}",
        territory_id=place.territory,
        name=f"Communauté de communes {place.territory}",
        kind="cc",
        siren="200000008",
        insee=["39999"],
        parts=[],
        epci_links=[{"siren": "200000008", "relation": "is"}],
        zonings=[],
    )


def introductions() -> list[Happening]:
    """The coordinator makes every other producer's key known."""
    found = []
    for member in MEMBERS:
        for service in SERVICES:
            line = Line(member, service)
            data: dict[str, Any] = {
                "producer": line.source,
                "member_id": member,
                "service": service,
                "key_id": line.signer.keyid,
                "algorithm": "ed25519",
                "public_key": line.signer.public.hex(),
                "territory_ids": [],
                "confidentiality": "public",
            }
            kind, subject = "ideation.ProducerKeyIntroduced.v1", f"producer/{member}/{service}"
            found.append(Happening("ideation", FIRST - 1, kind, subject, data))
    return found


async def _publish(bootstrap: str, lines: dict[str, Line], part: int) -> int:
    kafka = make_producer(bootstrap, "bench-stock")
    await kafka.start()
    count = 0
    try:
        member = next(iter(lines.values())).member
        for service, events in happenings(member, part).items():
            if (member, service) == (COORDINATOR, "ideation"):
                events = (introductions() if part == 0 else []) + registrations(part) + events
            rows = list(lines[service].sealed(events))
            for at in range(0, len(rows), _AT_ONCE):
                await send(kafka, topic_of(lines[service].source), rows[at : at + _AT_ONCE])
            count += len(rows)
    finally:
        await kafka.stop()
    return count


def _member(bootstrap: str, lines: dict[str, Line], part: int) -> tuple[dict[str, Line], int]:
    count = asyncio.run(_publish(bootstrap, lines, part))
    return lines, count


class Stock:
    """All producers, and how many records they have published."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._lines = {m: {s: Line(m, s) for s in SERVICES} for m in MEMBERS}
        self._parts = 0
        self.records = 0

    async def lay(self) -> None:
        """Makes the topics."""
        await topics.ensure(self._bootstrap, TOPICS)

    def grow(self) -> int:
        """Publishes one part more, about 210,000 records, on both cores; gives their number."""
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            given = [self._lines[member] for member in MEMBERS]
            made = list(pool.map(_member, [self._bootstrap] * 6, given, [self._parts] * 6))
        self._lines = {member: lines for member, (lines, _) in zip(MEMBERS, made, strict=True)}
        self._parts += 1
        fresh = sum(count for _, count in made)
        self.records += fresh
        return fresh


def some(count: int) -> list[tuple[Happening, bytes]]:
    """Events of one member with their canonical data, for benches that need rows and no topics."""
    found = [one for events in happenings(COORDINATOR, 0).values() for one in events]
    return [(found[n % len(found)], canonical.encode(found[n % len(found)].data)) for n in range(count)]
