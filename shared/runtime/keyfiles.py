"""Key files: 64 hexadecimal digits, readable by their owner only."""

import os
from pathlib import Path

from nacl.signing import SigningKey

from shared.kernel.keys import Signer


def load(path: Path) -> Signer:
    """The signer of a key file. Raises OSError or ValueError, neither showing its content."""
    try:
        return Signer(bytes.fromhex(path.read_text().strip()))
    except ValueError:
        raise ValueError(f"{path.name} is not a key file of 64 hexadecimal digits") from None


def create(path: Path) -> Signer:
    """Loads the key at `path`, or makes one there with mode 600 if there is none yet."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return load(path)
    with os.fdopen(handle, "w") as file:
        file.write(bytes(SigningKey.generate()).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return load(path)
