"""Records that nobody's service would seal, chained and signed rightly unless told otherwise; and who judges them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, NamedTuple

import orjson

from services.audit.facts import Amendment, Fact
from services.audit.findings import Claim
from services.audit.trail import Trail
from services.indicators import decode
from services.indicators.door import Door
from shared import contracts
from shared.kernel.chain import ZERO
from shared.kernel.keys import Signer
from tests.laws.counting import Row
from tests.laws.moves import key_of
from tests.laws.world import COORDINATOR, public, signer

ROOT: Final = f"/members/{COORDINATOR}/ideation"
MEMBER: Final = "alpha"
IDS: Final = "01933c1e-7b1a-7c3e-8d52-{:012x}"


def example(kind: str, member: str = MEMBER) -> dict[str, Any]:
    """An example of a payload that this member may record."""
    found: dict[str, Any] = dict(contracts.event_example(kind))
    named = contracts.events()[kind].get("names_owner")
    if named:
        found[named] = member
    if isinstance(found.get("activity"), dict):
        found["activity"] = {**found["activity"], "kind": "workshop"}
    return found


@dataclass
class Forger:
    """One producer: what it has signed, and where its chain ends."""

    source: str = f"/members/{MEMBER}/ideation"
    raws: list[bytes] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    digest: str = "0" * 64
    sequence: int = 0
    key: Signer | None = None

    @property
    def signer(self) -> Signer:
        """What signs its records."""
        return self.key or signer(self.source)

    def attributes(self, kind: str, subject: str) -> dict[str, Any]:
        """What a service would say of the next record."""
        name = IDS.format(self.sequence + 1)
        return {
            "actor": "adviser-1",
            "causationid": name,
            "commandid": name,
            "correlationid": name,
            "datacontenttype": "application/json",
            "dataschema": f"urn:generateur:schema:{kind}",
            "id": name,
            "keyid": self.signer.keyid,
            "occurredon": "2019-06-01",
            "occurredprecision": "day",
            "origin": "live",
            "prev": self.digest,
            "role": "AD",
            "sequence": self.sequence + 1,
            "source": self.source,
            "specversion": "1.0",
            "streamversion": self.versions.get(subject, 0) + 1,
            "subject": subject,
            "time": "2026-11-23T10:00:00.000000Z",
            "type": kind,
        }

    def say(self, kind: str, data: Any, subject: str = "stream/1", body: bytes | None = None, **changed: Any) -> bytes:
        """Signs the next record. `body`: the bytes of its data as they are; what is `...` of `changed` is left out."""
        subject = changed.get("subject", subject)
        whole = {**self.attributes(kind, subject), **changed}
        raw = self.seal({k: v for k, v in whole.items() if v is not ...}, _bytes(data) if body is None else body)
        self.versions[subject] = self.versions.get(subject, 0) + 1
        return raw

    def seal(self, attributes: dict[str, Any], data: bytes, by: Signer | None = None) -> bytes:
        """Signs exactly this, as the next of the chain."""
        whole = {"datadigest": sha256(data).hexdigest(), **attributes}
        signed = orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)
        signature = (by or self.signer).sign(signed)
        raw = _with(signed, data, whole.pop("signature", signature))
        self.digest, self.sequence = sha256(signed).hexdigest(), self.sequence + 1
        self.raws.append(raw)
        return raw


def _bytes(data: Any) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def _with(signed: bytes, data: bytes, signature: str) -> bytes:
    """The record's bytes, by key: whatever attributes there are."""
    whole: dict[str, Any] = orjson.loads(signed)
    parts = {name: orjson.dumps(value) for name, value in whole.items()}
    parts |= {"data": data, "signature": orjson.dumps(signature)}
    return b"{%s}" % b",".join(b"%s:%s" % (orjson.dumps(name), parts[name]) for name in sorted(parts))


@dataclass(frozen=True)
class Forgers:
    """Several producers."""

    producers: Mapping[str, Forger]


class Verdict(NamedTuple):
    """What became of a producer's records: the code that stopped it, what was set aside and passed, what counts."""

    stopped: str | None
    aside: tuple[tuple[int, str], ...]
    counted: tuple[int, ...]


def read(forger: Forger, raws: Sequence[bytes] | None = None) -> Verdict:
    """By the reader of figures."""
    rows = [Row(offset, raw) for offset, raw in enumerate(forger.raws if raws is None else raws)]
    found = decode.decode(rows, Door(forger.source, COORDINATOR), public(forger.source), ZERO, 0, set())
    aside = tuple((park.read.attributes.sequence, park.reason.partition(":")[0]) for park in found.parked)
    stopped = None if found.stop is None else found.stop.code
    return Verdict(stopped, aside, tuple(fact.sequence for fact in found.facts))


def audited(forger: Forger, raws: Sequence[bytes] | None = None) -> Verdict:
    """By the audit."""
    trail = trail_of({forger.source: forger.raws if raws is None else raws})
    findings = [one for claim in trail.claims.all() for one in _of(claim, forger.source)]
    said: list[Fact | Amendment] = [*trail.facts.facts, *trail.facts.amendments]
    return Verdict(
        findings[0].reason if findings else None,
        tuple((one.sequence, one.code) for one in trail.facts.parked if one.source == forger.source),
        tuple(sorted(one.sequence for one in said if one.source == forger.source)),
    )


def trail_of(producers: Mapping[str, Sequence[bytes]]) -> Trail:
    """The audit's reading of these producers, whose keys the coordinator introduced before."""
    root = Forger(ROOT)
    if ROOT not in producers:
        for source in producers:
            root.say("ideation.ProducerKeyIntroduced.v1", {**example(_KEY), **key_of(source)}, f"producer/{source}")
    trail = Trail(public(ROOT), COORDINATOR)
    known = {ROOT: root.raws, **producers}
    for source in trail.in_order(known):
        producer = trail.producer(source)
        for raw in known[source]:
            producer.feed(raw)
    trail.settle()
    return trail


def _of(claim: Claim, source: str) -> list[Any]:
    return [one for one in claim.findings if one.producer == source]


_KEY: Final = "ideation.ProducerKeyIntroduced.v1"
Forge = Callable[[Forger], Any]
