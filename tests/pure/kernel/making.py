"""Builders for kernel tests: sealed records with a key of their own; what does not matter is filled in."""

from typing import Any

from shared.kernel import canonical, record
from shared.kernel.chain import ZERO, Link
from shared.kernel.keys import Signer

SIGNER = Signer(b"\x07" * 32)
ID = "01933c1e-7b1a-7c3e-8d52-000000000001"
SOURCE = "/members/cluster-jura/ideation"


def sealed(link: Link = ZERO, signer: Signer = SIGNER, data: Any = None, **changed: Any) -> bytes:
    """The bytes of the record after `link`."""
    body = canonical.encode({"title": "Un garage"} if data is None else data)
    attributes = {
        "actor": "someone",
        "causationid": ID,
        "commandid": ID,
        "correlationid": ID,
        "datacontenttype": "application/json",
        "dataschema": "urn:generateur:schema:ideation.IdeaProposed.v1",
        "id": ID,
        "keyid": signer.keyid,
        "occurredon": "2019-06-01",
        "occurredprecision": "day",
        "origin": "live",
        "prev": link.digest,
        "role": "AD",
        "sequence": link.sequence + 1,
        "source": SOURCE,
        "specversion": "1.0",
        "streamversion": 1,
        "subject": "idea/1",
        "time": "2026-11-23T10:00:00.000001Z",
        "type": "ideation.IdeaProposed.v1",
        **changed,
    }
    signed = record.seal(attributes, body)
    return record.join(signed, body, signer.sign(signed))
