"""Keys: one Ed25519 pair per producer, the pinned root, and the local token issuer. Secrets have mode 600.

Only a first start makes keys. In place of one that is lost a new one would fork its producer's chain, so nothing does.
"""

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from deploy.provision.collective import Collective
from shared.runtime import keyfiles
from shared.runtime.keyfiles import Unusable

Producer = tuple[str, str]


def check(keys: Path, collective: Collective, begun: Collection[str]) -> None:
    """Looks at the keys in `keys` and changes nothing; `begun` are the members whose services have run.

    Raises Unusable for a key file that is lost (a member has begun, or its other half is there), that holds no key, or
    whose halves do not belong together; and so for the root key and the issuer's.
    """
    for member, service in collective.producers:
        secret, public = keys / f"{member}.{service}.key", keys / f"{member}.{service}.pub"
        if secret.exists():
            _same(secret, public)
        elif member in begun or public.exists():
            raise lost_key(secret)
    _check_root(keys, collective, begun)
    _check_issuer(keys, begun)


def missing(keys: Path, collective: Collective) -> list[Producer]:
    """The producers that have no key."""
    return [one for one in collective.producers if not (keys / "{}.{}.key".format(*one)).exists()]


def ensure(keys: Path, collective: Collective, recorded: Iterable[Producer] = ()) -> None:
    """Makes the keys that are missing in `keys` (mode 700) and writes their public halves beside them.

    `root.pub` is the coordinator's ideation key: what readers and auditors pin. `recorded`: the producers of which
    there are records. Raises Unusable as `check` does, and then makes nothing.
    """
    begun = {member for member, _ in recorded}
    check(keys, collective, begun)
    keys.mkdir(parents=True, exist_ok=True)
    os.chmod(keys, 0o700)
    for member, service in collective.producers:
        public = keyfiles.create(keys / f"{member}.{service}.key").public.hex() + "\n"
        keyfiles.lay(keys / f"{member}.{service}.pub", public.encode())
        if (member, service) == (collective.coordinator, "ideation"):
            keyfiles.lay(keys / "root.pub", public.encode())
    _create_issuer(keys)


def lost_key(secret: Path) -> Unusable:
    """What is said of a producer's key that is lost."""
    return Unusable(
        f"The key file {secret} is lost, and nothing else can sign for its producer: restore it from a backup, or "
        "begin anew without what was recorded (`generateur reset`)."
    )


def lost_issuer(secret: Path) -> Unusable:
    """What is said of the token issuer's key."""
    return Unusable(
        f"The token issuer's key {secret} is lost: restore it from a backup, or make a new one by "
        "`generateur renew-issuer`, after which tokens given so far are worth nothing."
    )


def renew_issuer(keys: Path) -> None:
    """Makes a new token issuer, on purpose: what the one before has signed is refused from the next start on."""
    for name in ("jwks.json", "issuer.key"):
        (keys / name).unlink(missing_ok=True)
    _create_issuer(keys)


def _create_issuer(keys: Path) -> None:
    # Takes long to import, and a start looks at the keys before it starts the servers.
    from shared.runtime.tokens import create_issuer

    create_issuer(keys)


def _same(secret: Path, public: Path) -> None:
    """A lost public half is made again from the secret one."""
    signer = keyfiles.load(secret)
    if public.exists() and keyfiles.public(public) != signer.public:
        raise Unusable(f"{public} is not the public half of {secret.name}: restore both from the same backup.")


def _check_root(keys: Path, collective: Collective, begun: Collection[str]) -> None:
    root, secret = keys / "root.pub", keys / f"{collective.coordinator}.ideation.key"
    if not root.exists():
        if collective.coordinator in begun:
            raise Unusable(
                f"The root key {root} is lost: restore it from a backup, or from an auditor, who has pinned the same."
            )
        return
    pinned = keyfiles.public(root)
    if not secret.exists():
        raise lost_key(secret)
    if keyfiles.load(secret).public != pinned:
        raise Unusable(f"The root key {root} is not the public half of {secret.name}: restore both from one backup.")


def _check_issuer(keys: Path, begun: Collection[str]) -> None:
    secret = keys / "issuer.key"
    if not secret.exists() and (begun or (keys / "jwks.json").exists()):
        raise lost_issuer(secret)
