"""Texts that people write: visible, and without characters that steer a screen."""

import unicodedata
from typing import Final

_LINE_MARKS: Final = "\n\t"
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
# Letters that carry their weight but show nothing: fillers and the blank Braille pattern.
_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_JOINED: Final = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})


def line(text: str) -> str:
    """The text if it fits on one line: something in it is seen, no control character. Raises ValueError otherwise."""
    return _checked(text, "")


def lines(text: str) -> str:
    """The same for a text of several lines: line ends and tabs are allowed."""
    return _checked(text, _LINE_MARKS)


def sort_key(text: str) -> str:
    """What a text is sorted by, as French does: without case and accents, œ as oe; then the text itself."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_JOINED))
    return "".join(char for char in plain if not unicodedata.combining(char)) + "\x1f" + text


def shown(text: str) -> str:
    """The text as a terminal may have it: control and direction characters written out as JSON does, `\\u001b`."""
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


def _shown(char: str) -> str:
    harmless = char in _LINE_MARKS or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    return char if harmless else f"\\u{ord(char):04x}"


def _checked(text: str, allowed: str) -> str:
    if any(unicodedata.category(char) == "Cc" and char not in allowed for char in text):
        raise ValueError("a control character is not allowed here")
    if all(unicodedata.category(char) in _UNSEEN or char in _BLANK or unicodedata.combining(char) for char in text):
        raise ValueError("at least one visible character is needed")
    return text
