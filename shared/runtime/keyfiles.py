"""Key files: 64 hexadecimal digits; secret ones are readable by their owner only."""

import contextlib
import os
from pathlib import Path

from nacl.signing import SigningKey

from shared.kernel.keys import Signer

_PUBLIC_BYTES = 32


class Unusable(ValueError):
    """A key file that is lost, or does not hold a key, or another one than it must; the message is one sentence."""


def load(path: Path) -> Signer:
    """The signer of a key file. Raises Unusable, which does not show its content."""
    found = _bytes(path)
    try:
        return Signer(found)
    except ValueError:
        raise _no_key(path) from None


def public(path: Path) -> bytes:
    """The 32 bytes of a public key file. Raises Unusable."""
    found = _bytes(path)
    if len(found) != _PUBLIC_BYTES:
        raise _no_key(path)
    return found


def lost(path: Path) -> Unusable:
    """What is said of a key file that should be there."""
    return Unusable(f"The key file {path} is lost: restore it from a backup.")


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


def _bytes(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        raise lost(path) from None
    except OSError as error:
        raise Unusable(f"The key file {path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise _no_key(path) from None


def _no_key(path: Path) -> Unusable:
    return Unusable(f"{path} is not a key file of 64 hexadecimal digits: restore it from a backup.")
