"""Keys: one Ed25519 pair per producer, the pinned root, and the local token issuer. Secrets have mode 600."""

import os
from pathlib import Path

from deploy.provision.collective import Collective
from shared.runtime import keyfiles
from shared.runtime.tokens import create_issuer


def ensure(keys: Path, collective: Collective) -> None:
    """Makes the keys that are missing in `keys` (mode 700) and writes their public halves beside them.

    `root.pub` is the coordinator's ideation key: what readers and auditors pin.
    """
    keys.mkdir(parents=True, exist_ok=True)
    os.chmod(keys, 0o700)
    for member, service in collective.producers:
        signer = keyfiles.create(keys / f"{member}.{service}.key")
        (keys / f"{member}.{service}.pub").write_text(signer.public.hex() + "\n")
        if (member, service) == (collective.coordinator, "ideation"):
            (keys / "root.pub").write_text(signer.public.hex() + "\n")
    create_issuer(keys)
