"""The lists and sheets that the gateway showed, against those drawn from the records, each at its page's position."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.audit.compare import beyond
from services.audit.findings import FIGURE, INCOMPLETE, Claim, Finding
from services.audit.hearing import Facts
from services.audit.pages import Page
from services.audit.sheets import FIELDS, Sheet, Sheets, digest
from services.audit.standing import behind
from services.audit.trail import Trail

_SEEN: Final = {"anyone": "anyone", "auditor": "an auditor"}
Position = Mapping[str, int]


@dataclass(slots=True)
class _List:
    """One list as far as it was shown: its first page, and which codes were on its pages."""

    first: Page
    seen: set[str] = field(default_factory=set)


class Lists:
    """Compares page after page; notes in the claim what differs, by object and field."""

    def __init__(self, trail: Trail, claim: Claim, asked: Position) -> None:
        """`asked`: how far each producer was proven before the first page was asked for."""
        self._trail, self._claim, self._asked = trail, claim, asked
        self._drawn = _Drawn(trail.facts)
        self._open: _List | None = None
        self._lists: set[tuple[str, str]] = set()
        self._sheets = 0
        self.reached: dict[str, int] = {}

    def compare(self, pages: Iterable[Page]) -> None:
        """Takes all pages, and says in the claim how many sheets are equal."""
        for page in pages:
            self._one(page)
        self._end()
        views = sorted({view for view, _ in self._lists})
        for view in views:
            for kind in sorted(FIELDS.keys() - {kind for of, kind in self._lists if of == view}):
                self._missing(f"no list of every {kind} as {_SEEN[view]} sees it")
        if not views:
            self._missing("not one page that could be compared")
        seen = ", as " + " and as ".join(_SEEN[view] for view in views) + " sees them" if views else ""
        self._claim.text = f"{self._sheets} sheets equal in all lists and some by their codes{seen}"

    def _one(self, page: Page) -> None:
        for source, sequence in page.position.items():
            self.reached[source] = max(sequence, self.reached.get(source, 0))
        drawn = self._drawn.at(page.position).seen(page.view)[page.kind]
        for source, counted in behind(page.position, self._asked).items():
            said = f"a page counts it up to {counted}, {self._asked[source]} were there before"
            self._claim.add(Finding(INCOMPLETE, "sheets.behind", said, source))
        ahead = beyond([page.position], self._trail)
        for source, counted in ahead.items():
            said = f"a page counts it up to {counted}, proven up to {self._trail.trusted.get(source, 0)}"
            self._claim.add(Finding(INCOMPLETE, "sheets.beyond", said, source))
        if ahead:
            return
        for sheet in page.sheets:
            self._sheet(page, sheet, drawn.get(sheet["code"]))
        if page.where.startswith("code/"):
            code = page.where.removeprefix("code/")
            if code in drawn and not page.sheets:
                self._differs(page, code, "missing", "not there", "there")
            self._sheets += not page.sheets and code not in drawn
            return
        self._listed(page)

    def _sheet(self, page: Page, shown: Sheet, drawn: Sheet | None) -> None:
        code = shown["code"]
        if drawn is None or not _belongs(drawn, page.where):
            self._differs(page, code, "unknown", "there", "not there")
        elif digest(shown) == digest(drawn):
            self._sheets += 1
        else:
            for name in FIELDS[page.kind]:
                if shown[name] != drawn[name]:
                    self._differs(page, code, name, shown[name], drawn[name])

    def _listed(self, page: Page) -> None:
        """Once a list has ended, all that belongs in it was shown, once."""
        if self._open is None or _name(self._open.first) != _name(page):
            self._end()
            self._open = _List(page)
        for sheet in page.sheets:
            if sheet["code"] in self._open.seen:
                self._differs(page, sheet["code"], "twice", "in the list twice", "once")
            self._open.seen.add(sheet["code"])
        if not page.last:
            return
        if not page.where:
            self._lists.add((page.view, page.kind))
        before = self._drawn.at(self._open.first.position).seen(page.view)[page.kind]
        after = self._drawn.at(page.position).seen(page.view)[page.kind]
        for code in sorted(before.keys() & after.keys() - self._open.seen):
            # What moved in the list while it was read may have slipped between two pages.
            still = all(before[code].get(name) == after[code].get(name) for name in ("title", "name", "legalName"))
            if still and _belongs(before[code], page.where) and _belongs(after[code], page.where):
                self._differs(page, code, "missing", "not in the list", "in it")
        self._open = None

    def _end(self) -> None:
        if self._open is not None:
            page = self._open.first
            self._missing(f"the list of every {page.kind} {page.where} as {_SEEN[page.view]} sees it does not end")
            self._open = None

    def _differs(self, page: Page, code: str, what: str, theirs: object, ours: object) -> None:
        of = f"{page.kind.lower()}/{code}, as {_SEEN[page.view]} sees it"
        where = f" in the list of {page.where}" if page.where and not page.where.startswith("code/") else ""
        self._claim.add(
            Finding(FIGURE, f"sheet {what}", f"{of}{where}: the gateway says {theirs!r}, the records {ours!r}")
        )

    def _missing(self, detail: str) -> None:
        self._claim.add(Finding(INCOMPLETE, "sheets.missing", detail))


@dataclass(slots=True)
class _Drawn:
    """Sheets at the positions that pages reflect; the last few are kept."""

    facts: Facts
    _kept: dict[str, Sheets] = field(default_factory=dict)

    def at(self, position: Position) -> Sheets:
        """The sheets that the records up to these sequences make."""
        key = repr(sorted(position.items()))
        if key not in self._kept:
            while len(self._kept) > 2:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = Sheets(self.facts.live(position))
        return self._kept[key]


def _name(page: Page) -> tuple[str, str, str]:
    return page.view, page.kind, page.where


def _belongs(sheet: Sheet, where: str) -> bool:
    """Whether an object is in the list of this territory or member; in the list of all without any."""
    by, _, code = where.partition("/")
    match by:
        case "territory":
            return code in sheet["territories"]
        case "member":
            return bool(sheet["member"] == code)
        case _:
            return True
