"""Texts, lists and sets of which all facts share one: they name the same things over and over."""

from collections.abc import Mapping
from typing import Any, TypeVar

Kept = TypeVar("Kept")


class Pool:
    """Gives the first of equal values again for each later one."""

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}

    def one(self, value: Kept) -> Kept:
        """The value that is kept for a text or a set."""
        found: Kept = self._kept.setdefault(value, value)
        return found

    def payload(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The same payload, made of values that are kept."""
        kept = self._kept
        found = {}
        for name, value in data.items():
            if type(value) is str:
                value = kept.setdefault(value, value)
            elif type(value) is list:
                value = self._list(value)
            found[name] = value
        return found

    def _list(self, value: list[Any]) -> list[Any]:
        """Lists of texts are kept whole; others are few."""
        if not all(type(one) is str for one in value):
            return value
        found: list[Any] = self._kept.setdefault(tuple(value), value)
        return found
