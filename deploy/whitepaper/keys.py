"""The producers' public keys, told to the coordinator's registry: before anything else, since readers hold others."""

from pathlib import Path

from deploy.provision.collective import Collective
from deploy.whitepaper.planned import Planned
from deploy.whitepaper.subjects import COORDINATOR_ROLES
from shared.kernel.keys import keyid
from shared.kernel.record import source_of


def introductions(collective: Collective, keys: Path) -> list[Planned]:
    """A command per producer, the registry's own first; ids follow from the keys, so that a start repeats them.

    `keys` holds `<member>.<service>.pub` files (hexadecimal). Raises OSError if one is missing.
    """
    root = (collective.coordinator, "ideation")
    others = sorted(one for one in collective.producers if one != root)
    steps = [_introduce(collective.coordinator, root, keys, ())]
    return steps + [_introduce(collective.coordinator, one, keys, (steps[0].key,)) for one in others]


def _introduce(coordinator: str, producer: tuple[str, str], keys: Path, after: tuple[str, ...]) -> Planned:
    member, service = producer
    public = (keys / f"{member}.{service}.pub").read_text().strip()
    key_id = keyid(bytes.fromhex(public))
    return Planned(
        key=f"key/{member}/{service}/{key_id}",
        member=coordinator,
        service="ideation",
        roles=COORDINATOR_ROLES,
        command="IntroduceProducerKey",
        input={
            "territory_ids": [],
            "member_id": member,
            "service": service,
            "producer": source_of(member, service),
            "key_id": key_id,
            "algorithm": "ed25519",
            "public_key": public,
        },
        after=after,
        origin="live",
    )
