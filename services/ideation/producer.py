"""The registry of the producers' public keys."""

from hashlib import sha256
from typing import Any

from services.ideation.events import ProducerKeyIntroduced
from shared.kernel.decider import Context, Draft, Events, Known, Spec
from shared.kernel.deciding import command, draft, exists, history, last
from shared.kernel.refusals import Refused


def introduce(fact: ProducerKeyIntroduced, past: Events, context: Context, known: Known) -> list[Draft]:
    """One key per producer, named by its digest; another key would be another event, not this one again."""
    expected = sha256(bytes.fromhex(fact.public_key)).hexdigest()[:16]
    if fact.key_id != expected or fact.producer != f"/members/{fact.member_id}/{fact.service}":
        raise Refused(
            "key.mismatch",
            "The key id or the producer does not match.",
            "L'identifiant de clé ou le producteur ne correspond pas.",
            ("key_id",),
        )
    before = last(past, ProducerKeyIntroduced)
    if before is None:
        return [draft(fact)]
    if before.public_key == fact.public_key:
        return []
    raise exists("key", "Clé")


SPECS: tuple[Spec[Any, Any], ...] = (
    command(
        ProducerKeyIntroduced,
        "IntroduceProducerKey",
        "CO",
        history,
        introduce,
        ("Introduce a service's key", "Faire connaître une clé"),
    ),
)
