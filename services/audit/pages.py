"""Pages of lists, and single sheets, as the gateway showed them; one a line in an export."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from services.audit import canonical
from services.audit.answers import number, numbers, truth
from services.audit.findings import Altered
from services.audit.sheets import FIELDS, LEVELS, Sheet

SHEETS: Final = "sheets.ndjson"
_SHAPE: Final = {"view", "kind", "where", "position", "last", "sheets"}
_LONGEST: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list of this type: all of them, or those of `territory/<code>` or `member/<code>` (`where`).

    `where` is `code/<code>` for one sheet that was asked for by its code: no sheet, if it was not there. `last`: the
    list ended with it. `view`: as whom it was asked for, `anyone` or `auditor`.
    """

    view: str
    kind: str
    where: str
    position: Mapping[str, int]
    last: bool
    sheets: Sequence[Sheet]

    def line(self) -> bytes:
        """The page as it is saved."""
        saved = {name: getattr(self, name) for name in _SHAPE}
        return canonical.write({**saved, "position": dict(self.position), "sheets": list(self.sheets)}) + b"\n"


def read(raw: bytes) -> Page:
    """A page from its line; raises Altered `sheets.form`."""
    value = canonical.read(raw)
    try:
        if value.keys() != _SHAPE or value["view"] not in LEVELS or value["kind"] not in FIELDS:
            raise ValueError
        sheets = [sheet(value["kind"], one) for one in value["sheets"]]
        where = str(value["where"])
        return Page(value["view"], value["kind"], where, numbers(value["position"]), truth(value["last"]), sheets)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Altered("sheets.form", "a saved page is not in its form") from None


def sheet(kind: str, value: Mapping[str, Any]) -> Sheet:
    """The fields of a sheet of this type, and no others; raises ValueError or KeyError."""
    return {name: _plain(value[name]) for name in FIELDS[kind]}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [text(one) for one in value]
    if value is None or isinstance(value, str | bool):
        return value
    return number(value)


def text(value: Any) -> str:
    """A text as it is; raises ValueError."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r:.60} is no text")
    return value


def lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file of pages. Raises Altered for one without an end."""
    while line := file.readline(_LONGEST):
        if not line.endswith(b"\n"):
            raise Altered("sheets.form", "a page without an end")
        yield line[:-1]


def saved(file: Path) -> Iterator[Page]:
    """The pages in a file; raises Altered."""
    with file.open("rb") as opened:
        for line in lines(opened):
            yield read(line)
