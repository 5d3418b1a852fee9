"""Key files: 64 hexadecimal digits, readable by their owner only."""

import contextlib
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


def lay(path: Path, content: bytes) -> None:
    """Makes `path` with mode 600 and this content in one step, unless it is there.

    A process killed meanwhile leaves no half of it, and of two at once one content stands.
    """
    if path.exists():
        return
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        with contextlib.suppress(FileExistsError):
            os.link(partial, path)
    finally:
        partial.unlink()


def create(path: Path) -> Signer:
    """Loads the key at `path`, or makes one there with mode 600 if there is none yet."""
    lay(path, bytes(SigningKey.generate()).hex().encode() + b"\n")
    return load(path)
