"""The documentation against what it tells of: commands, codes, links."""

import re
from pathlib import Path

import pytest

from shared import contracts

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "commands-and-codes.md").read_text(encoding="utf-8")
_REFUSED = re.compile(r'Refused\(\s*f?"([a-z_]+\.[a-z_]+)"')
_LINK = re.compile(r"\]\(([^)#]+)\)")


def codes_in(folder: str) -> set[str]:
    found: set[str] = set()
    for file in (ROOT / folder).rglob("*.py"):
        found |= set(_REFUSED.findall(file.read_text(encoding="utf-8")))
    return found


def test_the_page_of_commands_tells_each_of_them_as_the_contracts_do():
    rows = {
        name: (service, roles.split())
        for name, service, roles in re.findall(r"^\| `([A-Z]\w+)` \| (\w+) \| ([A-Z ]+) \|", PAGE, re.MULTILINE)
    }
    assert rows == {name: (about["service"], about["roles"]) for name, about in contracts.commands().items()}


def test_every_code_of_a_refusal_is_on_the_page():
    codes = codes_in("services/ideation") | codes_in("services/projects") | codes_in("shared")
    assert len(codes) > 40
    assert sorted(code for code in codes if f"`{code}`" not in PAGE) == []


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))]
)
def test_links_between_pages_lead_somewhere(page):
    file = ROOT / page
    links = [one for one in _LINK.findall(file.read_text(encoding="utf-8")) if "://" not in one]
    assert [one for one in links if not (file.parent / one).exists()] == []
