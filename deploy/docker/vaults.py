"""Which files each container is handed: its own key, its own database address, and public keys; nothing else.

A vault is a folder, in its own volume, laid out as a state folder (settings.json, keys/, secrets/).
`python -m deploy.docker.vaults FOLDER` makes the empty folders, for the image.
"""

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.provision import collective, figures
from deploy.provision.collective import Collective

KAFKA: Final = "kafka:9092"
GATEWAY: Final = "http://gateway:8080"
SERVICES: Final = "http://{service}-{member}:8080/members/{member}/{service}"


@dataclass(frozen=True, slots=True)
class Vault:
    """Files copied from the state folder of whoever provisions, and what its settings.json says."""

    files: frozenset[str]
    says: Mapping[str, str]


def vaults(of: Collective) -> dict[str, Vault]:
    """Every vault by its name: `<service>-<member>`, indicators, gateway, history, audit."""
    root = f"keys/{of.coordinator}.ideation.pub"
    told = {"coordinator": of.coordinator, "kafka": KAFKA}
    made = {f"{service}-{member}": Vault(_producer(member, service, root), told) for member, service in of.producers}
    made["indicators"] = Vault(frozenset({"keys/root.pub", f"secrets/{figures.WRITER}.dsn"}), told)
    read = frozenset({"keys/jwks.json", f"secrets/{figures.READER}.dsn"})
    made["gateway"] = Vault(read, {"services": SERVICES, "coordinator": of.coordinator})
    public = {f"keys/{member}.{service}.pub" for member, service in of.producers}
    made["history"] = Vault(frozenset(public | {"keys/issuer.key"}), {"gateway": GATEWAY})
    made["audit"] = Vault(frozenset({"keys/root.pub"}), {**told, "gateway": GATEWAY})
    return made


def _producer(member: str, service: str, root: str) -> frozenset[str]:
    # It acts upon events of its member's ideation and of the registry: it needs their public keys.
    public = {root, f"keys/{member}.ideation.pub", "keys/jwks.json"}
    return frozenset(public | {f"keys/{member}.{service}.key", f"secrets/{member}_{service}.dsn"})


def fill(state: Path, folder: Path, vault: Vault) -> None:
    """Makes `folder` hold exactly what the vault names, from `state`; files have mode 600, replaced whole."""
    wanted = {name: (state / name).read_bytes() for name in vault.files}
    wanted["settings.json"] = json.dumps(dict(vault.says), indent=1).encode()
    for name, content in wanted.items():
        target = folder / name
        target.parent.mkdir(mode=0o700, exist_ok=True)
        partial = target.with_name(target.name + ".partial")
        partial.touch(mode=0o600)
        partial.write_bytes(content)
        partial.rename(target)
    for found in sorted(folder.rglob("*")):
        if found.is_file() and str(found.relative_to(folder)) not in wanted:
            found.unlink()


def fill_all(state: Path, folder: Path, of: Collective) -> None:
    """Fills every vault below `folder`. Raises FileNotFoundError if a vault is not mounted there."""
    for name, vault in vaults(of).items():
        if not (folder / name).is_dir():
            raise FileNotFoundError(f"no vault {name} in {folder}: is the image older than members.toml?")
        fill(state, folder / name, vault)


def lay(folder: Path, of: Collective) -> None:
    """Empty folders to mount volumes over, mode 700."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in vaults(of):
        (folder / name).mkdir(parents=True, mode=0o700)


if __name__ == "__main__":
    lay(Path(sys.argv[1]), collective.load())
