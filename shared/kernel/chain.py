"""A producer's chain: dense sequence, each record naming the digest of the one before."""

from hashlib import sha256
from typing import Final

import msgspec

from shared.kernel.record import Record
from shared.kernel.refusals import Broken


class Link(msgspec.Struct, frozen=True):
    """Where a reader stands in a producer's chain: the last sequence seen and the digest of its signed part."""

    sequence: int
    digest: str


ZERO: Final = Link(0, "0" * 64)


def advance(link: Link, record: Record, source: str) -> Link | None:
    """The next link, or None for a record already seen (at-least-once delivery repeats equal bytes).

    Raises Broken: `chain.owner` (another source), `chain.hole`, `chain.prev`, `chain.digest`, `chain.equivocation` (the
    last sequence again with other content; whether an earlier one is what was seen, the caller must judge).
    """
    attributes = record.attributes
    if attributes.source != source:
        raise Broken("chain.owner", f"a record of {attributes.source[:80]!r} stands among those of {source}")
    if attributes.sequence <= link.sequence:
        if attributes.sequence == link.sequence and record.digest != link.digest:
            raise Broken("chain.equivocation", f"sequence {attributes.sequence} comes again with other content")
        return None
    if attributes.sequence != link.sequence + 1:
        raise Broken("chain.hole", f"sequence {attributes.sequence} follows {link.sequence}")
    if attributes.prev != link.digest:
        raise Broken("chain.prev", f"sequence {attributes.sequence} does not name the record before it")
    if sha256(record.data_bytes).hexdigest() != attributes.datadigest:
        raise Broken("chain.digest", f"the data of sequence {attributes.sequence} is not what was signed")
    return Link(attributes.sequence, record.digest)
