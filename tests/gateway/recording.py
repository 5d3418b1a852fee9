"""Producers whose records are made by hand: signed and chained as services do it, of contents chosen by a test."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from shared import contracts
from shared.contracts.routing import entities
from shared.kernel import canonical, record
from shared.kernel.chain import ZERO, Link
from shared.kernel.ids import uuid7
from shared.kernel.keys import Signer
from shared.kernel.record import source_of


@dataclass
class Producer:
    """One service of one member. `last` is the record made last, as `made` returns it."""

    member: str
    service: str
    signer: Signer = field(default_factory=lambda: Signer(uuid4().bytes * 2))
    link: Link = ZERO
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Its name in records."""
        return source_of(self.member, self.service)

    def made(self, event: str, subject: str, data: dict[str, Any], **changed: Any) -> bytes:
        """Its next record: what the contract's example says, but for `data` and the attributes in `changed`."""
        kind = f"{self.service}.{event}.v1"
        version = self.versions.get(subject, 0) + 1
        body = canonical.encode({**contracts.event_example(kind), "territory_ids": [], **data})
        attributes = {
            **dict.fromkeys(("causationid", "commandid", "correlationid", "id"), uuid7(version, uuid4().bytes)),
            "actor": "p-9",
            "datacontenttype": "application/json",
            "dataschema": f"urn:generateur:schema:{kind}",
            "keyid": self.signer.keyid,
            "occurredon": "2019-06-01",
            "occurredprecision": "day",
            "origin": "live",
            "prev": self.link.digest,
            "role": "AD",
            "sequence": self.link.sequence + 1,
            "source": self.source,
            "specversion": "1.0",
            "streamversion": version,
            "subject": subject,
            "time": f"2026-01-01T12:{(self.link.sequence + 1) // 60:02}:{(self.link.sequence + 1) % 60:02}.000000Z",
            "type": kind,
            **changed,
        }
        signed = record.seal(attributes, body)
        raw = record.join(signed, body, self.signer.sign(signed))
        self.link = Link(attributes["sequence"], record.read(raw).digest)
        self.versions[subject] = version
        return raw

    def corrected(self, original: bytes, **fields: Any) -> bytes:
        """The correction of one of its records in some fields of its payload."""
        read = record.read(original)
        a = read.attributes
        said = {
            "target": self._target(read),
            "data": {**read.data, **fields},
            "occurred_on": a.occurredon,
            "occurred_precision": a.occurredprecision,
            "changed": sorted(fields),
            "reason": "typo",
        }
        return self.made("RecordCorrected", a.subject, said)

    def voided(self, original: bytes) -> bytes:
        """The void of one of its records."""
        read = record.read(original)
        return self.made("RecordVoided", read.attributes.subject, {"target": self._target(read)})

    def _target(self, read: record.Record) -> dict[str, Any]:
        a = read.attributes
        return {
            "source": a.source,
            "sequence": a.sequence,
            "version": a.streamversion,
            "type": a.type,
            "subject": a.subject,
            "entities": entities(a.type, read.data, self.member),
        }
