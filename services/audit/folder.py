"""Replaying an export: every byte in it is bound by the manifest, and the manifest by what is read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from services.audit import canonical
from services.audit.answers import Asked, asked_from
from services.audit.attributes import MAX_RECORD, topic_of
from services.audit.files import FIGURES, FORMAT, MANIFEST, digest_of, file_of
from services.audit.findings import HISTORY, INCOMPLETE, KEY, Altered, Claim, Finding, Missing
from services.audit.pages import SHEETS, Page, saved
from services.audit.progress import Progress
from services.audit.trail import Trail

_SHAPE: Final = {"format", "coordinator", "root", "producers", "figures", "sheets"}
_PRODUCER: Final = {"source", "begins", "records", "bytes", "sequence", "sha256"}
_SHA: Final = re.compile(r"[0-9a-f]{64}")
_MEMBER: Final = re.compile(r"[a-z][a-z0-9-]{1,62}")
_MOST: Final = 64 * 1024 * 1024


@dataclass(slots=True)
class Export:
    """The manifest of an export, read strictly. Raises Missing without one, Altered when it is not in its form."""

    folder: Path
    claim: Claim
    manifest: dict[str, Any]

    @classmethod
    def open(cls, folder: Path) -> "Export":
        """Reads the manifest."""
        file = folder / MANIFEST
        if not file.is_file():
            raise Missing("export.no_manifest", f"{file} is not there")
        with file.open("rb") as opened:
            raw = opened.read(_MOST)
        if not raw.endswith(b"\n"):
            raise Altered("manifest.form", "the last line has no end")
        manifest = canonical.read(raw[:-1])
        _check(manifest)
        return cls(folder, Claim("files"), manifest)

    @property
    def coordinator(self) -> str:
        """Whom the export calls the coordinator; only the root key's signature makes it true."""
        return str(self.manifest["coordinator"])

    def feed(self, trail: Trail, progress: Progress) -> None:
        """Feeds every producer's records and compares the files with the manifest."""
        self._compare_root(trail)
        listed = {one["source"]: one for one in self.manifest["producers"]}
        for source in trail.in_order(listed):
            self._one(trail, listed[source], progress)
        known = {MANIFEST, FIGURES, SHEETS, *(file_of(source) for source in listed)}
        for name, about in ((FIGURES, "figures"), (SHEETS, "sheets")):
            if self.manifest[about] is None:
                known.discard(name)
        for file in sorted(self.folder.iterdir()):
            if file.name not in known:
                self._note(HISTORY, "manifest.unknown_file", f"{file.name} is not in the manifest")
        sizes = sum(one["bytes"] for one in listed.values())
        self.claim.text = f"{len(listed)} files, {sizes} bytes as in the manifest"

    def answers(self) -> Asked:
        """The figures saved in the export. Raises Missing without them, Altered when they are not what was saved."""
        with self._bound("figures", FIGURES).open("rb") as opened:
            return asked_from(canonical.read(opened.read()[:-1]))

    def pages(self) -> Iterator[Page]:
        """The pages of lists in the export. Raises Missing and Altered as `answers` does."""
        return saved(self._bound("sheets", SHEETS))

    def _bound(self, what: str, name: str) -> Path:
        """A file that is what the manifest says. Raises Missing or Altered."""
        about, file = self.manifest[what], self.folder / name
        if about is None or not file.is_file():
            raise Missing(f"{what}.missing", f"the export holds no {what}")
        size = file.stat().st_size
        if size < about["bytes"]:
            raise Missing(f"{what}.truncated", f"{size} of {about['bytes']} bytes")
        if size != about["bytes"] or digest_of(file) != about["sha256"]:
            raise Altered("manifest.digest", f"{name} is not what the manifest says")
        return file

    def _compare_root(self, trail: Trail) -> None:
        if trail.registry.split("/")[2] != self.coordinator:
            self._note(HISTORY, "manifest.coordinator", f"the export names {self.coordinator}")
        root = {"keyid": trail.root_keyid, "public": trail.keyring.root.hex()}
        if self.manifest["root"] != root:
            self._note(KEY, "manifest.root", "the export names another root key than the pinned one")

    def _one(self, trail: Trail, about: dict[str, Any], progress: Progress) -> None:
        source = about["source"]
        producer, file = trail.producer(source), self.folder / file_of(source)
        if not file.is_file():
            producer.lacks(Missing("export.missing_file", file.name))
            self._note(INCOMPLETE, "export.missing_file", file.name, source)
            return
        size, digest, lines = file.stat().st_size, sha256(), 0
        cut = size < about["bytes"]
        for line in _lines(file):
            digest.update(line)
            lines += 1
            progress.record(source)
            if line.endswith(b"\n") or not cut:
                producer.feed(line.removesuffix(b"\n"))
        if about["begins"] and not about["records"]:
            producer.lacks(Missing("topic.begins_late", f"offsets below {about['begins']} were gone, and nothing left"))
        if cut:
            producer.lacks(Missing("export.truncated", f"{size} of {about['bytes']} bytes"))
            self._note(INCOMPLETE, "export.truncated", f"{file.name}: {size} of {about['bytes']} bytes", source)
        elif size != about["bytes"] or digest.hexdigest() != about["sha256"]:
            self._note(HISTORY, "manifest.digest", f"{file.name} is not what the manifest says", source)
        elif lines != about["records"] or producer.sequence != about["sequence"]:
            found = f"{lines} records up to sequence {producer.sequence}"
            self._note(HISTORY, "manifest.count", f"{file.name} holds {found}, not what the manifest says", source)

    def _note(self, code: int, reason: str, detail: str, source: str = "") -> None:
        self.claim.add(Finding(code, reason, detail, source))


def _lines(file: Path) -> Iterator[bytes]:
    """The lines of a file, in pieces where one is longer than any record may be."""
    with file.open("rb") as opened:
        while line := opened.readline(MAX_RECORD + 2):
            yield line


def _check(manifest: Any) -> None:
    """Raises Altered unless every part of the manifest has its form."""
    try:
        fits = (
            manifest.keys() == _SHAPE
            and manifest["format"] == FORMAT
            and _MEMBER.fullmatch(manifest["coordinator"])
            and manifest["root"].keys() == {"keyid", "public"}
            and all(_fits(one, _PRODUCER) and topic_of(one["source"]) for one in manifest["producers"])
            and all(manifest[one] is None or _fits(manifest[one], {"bytes", "sha256"}) for one in ("figures", "sheets"))
        )
        sources = [one["source"] for one in manifest["producers"]]
        fits = fits and sources == sorted(set(sources))
    except (AttributeError, KeyError, TypeError):
        fits = None
    if not fits:
        raise Altered("manifest.form", "the manifest is not in its form")


def _fits(about: Any, names: set[str]) -> bool:
    numbers = names - {"source", "sha256"}
    return (
        about.keys() == names
        and all(type(about[name]) is int and about[name] >= 0 for name in numbers)
        and bool(_SHA.fullmatch(about["sha256"]))
    )
