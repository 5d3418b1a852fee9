"""Response bytes of the current state of the read side, bounded in bytes, dropped whole when the state changes."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from services.gateway.answers import Answer

_OVERHEAD: Final = 512
_MAX_RAW: Final = 8192


class Cache:
    """Answers by what was asked, of one generation (state of the read side, day): older ones are never given."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._kept: OrderedDict[Hashable, tuple[int, Answer]] = OrderedDict()
        self.generation: Hashable = None

    def takes(self, size: int) -> bool:
        """Whether an answer of so many bytes is not too large to be kept."""
        return size <= self._most // 4

    def turn(self, generation: Hashable) -> None:
        """Begins a generation; None keeps nothing until the next."""
        if generation != self.generation:
            self._kept.clear()
            self._bytes = 0
            self.generation = generation

    def get(self, key: Hashable) -> Answer | None:
        """The answer kept for this key, now the most recently used."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[1]

    def put(self, key: Hashable, answer: Answer, generation: Hashable, size: int) -> None:
        """Keeps an answer of this generation, if it is still the current one; `size` is that of the key."""
        weight = size + answer.weight + _OVERHEAD
        stale = generation is None or generation != self.generation
        if stale or not self.takes(weight) or size > _MAX_RAW:
            return
        old = self._kept.pop(key, None)
        self._bytes += weight - (old[0] if old else 0)
        self._kept[key] = (weight, answer)
        while self._bytes > self._most:
            _, (gone, _) = self._kept.popitem(last=False)
            self._bytes -= gone
