"""An export: a file of exact record bytes per producer, that moment's figures and sheets, and a manifest over them."""

import os
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from services.audit import canonical
from services.audit.answers import Asked
from services.audit.attributes import topic_of
from services.audit.keys import keyid
from services.audit.pages import SHEETS
from services.audit.trail import Trail

MANIFEST: Final = "manifest.json"
FIGURES: Final = "figures.json"
FORMAT: Final = "generateur-export/3"


def file_of(source: str) -> str:
    """The file of a producer's records: its topic's name, one record a line."""
    return f"{topic_of(source)}.ndjson"


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


@dataclass(slots=True)
class _File:
    out: BinaryIO
    records: int = 0
    size: int = 0
    digest: Any = field(default_factory=sha256)

    def line(self, raw: bytes) -> None:
        whole = raw + b"\n"
        self.out.write(whole)
        self.digest.update(whole)
        self.records += 1
        self.size += len(whole)


class Unwritable(Exception):
    """An export cannot be written there."""


class Writer:
    """Writes an export into a folder that must be new or empty; raises Unwritable otherwise. First `begin`."""

    def __init__(self, folder: Path) -> None:
        try:
            taken = folder.exists() and any(folder.iterdir())
        except OSError as why:
            raise Unwritable(f"{folder}: {why.strerror}") from None
        if taken:
            raise Unwritable(f"{folder} is not empty")
        self._folder = folder
        self._files: dict[str, _File] = {}

    def begin(self) -> None:
        """Makes the folder. Raises Unwritable."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as why:
            raise Unwritable(f"{self._folder} cannot be made: {why.strerror}") from None
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise Unwritable(f"{self._folder} cannot be written")

    def add(self, source: str, raw: bytes) -> None:
        """Writes the next record of a producer."""
        self._open(source).line(raw)

    def _open(self, source: str) -> _File:
        found = self._files.get(source)
        if found is None:
            found = _File((self._folder / file_of(source)).open("xb"))
            self._files[source] = found
        return found

    def sheets(self) -> BinaryIO:
        """The file for the pages of lists; closed by the caller."""
        return (self._folder / SHEETS).open("xb+")

    def finish(self, trail: Trail, begins: dict[str, int], asked: Asked | None) -> None:
        """Closes the files and writes figures and manifest; without a manifest an export is no evidence."""
        producers = []
        for source in sorted(trail.producers):
            file = self._open(source)
            file.out.close()
            producers.append(
                {
                    "source": source,
                    "begins": begins.get(source, 0),
                    "records": file.records,
                    "bytes": file.size,
                    "sequence": trail.producers[source].sequence,
                    "sha256": file.digest.hexdigest(),
                }
            )
        figures = None
        if asked is not None:
            text = canonical.write(asked.saved()) + b"\n"
            (self._folder / FIGURES).write_bytes(text)
            figures = {"bytes": len(text), "sha256": sha256(text).hexdigest()}
        pages = self._folder / SHEETS
        manifest = {
            "format": FORMAT,
            "coordinator": trail.registry.split("/")[2],
            "root": {"keyid": keyid(trail.keyring.root), "public": trail.keyring.root.hex()},
            "producers": producers,
            "figures": figures,
            "sheets": {"bytes": pages.stat().st_size, "sha256": digest_of(pages)} if pages.exists() else None,
        }
        (self._folder / MANIFEST).write_bytes(canonical.write(manifest) + b"\n")
