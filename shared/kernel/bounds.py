"""How long, how many and how much: every bound of a payload and of a record's attributes, once.

Commands and events take them from here, the contracts in `shared/contracts/` are written from those, and whoever reads
records keeps to the contracts. A pattern describes the whole text; `written` is how a JSON Schema says that.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, Final

# Texts, in characters.
TITLE: Final = 200
TEXT: Final = 4000
KEY: Final = 100
ID: Final = 36
ACTOR: Final = 200
SUBJECT: Final = 200
# Lists.
PLACES: Final = 50
THEMES: Final = 20
NEEDS: Final = 200
ENTITIES: Final = 1000
# Amounts: a thousand million records of the largest still sum up to less than 2^63.
AMOUNT: Final = 10_000_000
PEOPLE: Final = 100_000_000
WHOLE: Final = 2**53 - 1
VERSION: Final = 2**31 - 1
# Days: what happened before the first or after the last is no fact of this collective.
FIRST_DAY: Final = date(1990, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)

MEMBER: Final = r"[a-z][a-z0-9-]{1,62}"
CODE: Final = r"[a-z0-9][a-z0-9-]{0,62}"
SIREN: Final = r"[0-9]{9}"
RNA: Final = r"W[0-9][0-9AB][0-9]{7}"
INSEE: Final = r"(?:0[1-9]|[1-8][0-9]|9[0-8]|2[AB])[0-9]{3}"
SHA256: Final = r"[0-9a-f]{64}"
KEYID: Final = r"[0-9a-f]{16}"
UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
UUID7: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
SOURCE: Final = rf"/members/{MEMBER}/[a-z]{{1,30}}"
TYPE: Final = r"[a-z]{1,30}\.[A-Za-z]{1,60}\.v[0-9]{1,3}"
DAY: Final = r"(?:199[0-9]|20[0-9]{2})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
TIME: Final = DAY + r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
# Decimals, as texts: a share of a post up to 1, hours of a week up to 60, an amount up to 10^9.
SHARE: Final = r"(?=.*[1-9])(?:0\.[0-9]{1,4}|1(?:\.0{1,4})?)"
HOURS: Final = r"(?=.*[1-9])(?:[1-5]?[0-9](?:\.[0-9]{1,2})?|60(?:\.0{1,2})?)"
DECIMAL: Final = r"(?:(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,4})?|1000000000)"


def plain(most: int, least: int = 1) -> str:
    """The pattern of a text of one line and that length, without control characters."""
    return rf"[^\u0000-\u001f]{{{least},{most}}}"


def written(pattern: str) -> str:
    """A pattern as a JSON Schema has it."""
    return f"^{pattern}$"


def whole(pattern: str) -> Callable[[str], Any]:
    """Tells whether the whole of a text has a pattern."""
    return re.compile(pattern).fullmatch


def is_day(text: str) -> bool:
    """Whether a text is a day that exists, within the bounds."""
    return len(text) == _LENGTH and _is_day(text)


@lru_cache(maxsize=8192)
def _is_day(text: str) -> bool:
    if not _DAY(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_DAY: Final = whole(DAY)
_LENGTH: Final = len("2019-12-31")
