"""What still holds of records after corrections and voids: the one function that decisions, figures and sheets use.

The rule is that of docs/figures.md, "Amendments". The audit decides it again, with code of its own.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate
from typing import NamedTuple, TypeVar

R = TypeVar("R")


class Place(NamedTuple):
    """Where a record stands: producer, stream, position (sequence, or version within one stream), and what it is."""

    source: str
    subject: str
    position: int
    type: str
    entities: Collection[str]


class Amendment(NamedTuple):
    """What a correction (`void` False) or a void says: from its own place, of the record at `target` in its stream."""

    place: Place
    target: int
    target_type: str
    void: bool


def live(
    records: Sequence[R],
    amendment: Callable[[R], Amendment | None],
    place: Callable[[R], Place],
    hangs_on: Callable[[str], AbstractSet[str]],
    corrected: Callable[[R, R], R],
) -> Sequence[R]:
    """The records that hold, in their order, each as its last correction says; amendments are not among them.

    `hangs_on(type)` names the events (types without version) on which one of this type hangs; `corrected(original,
    correction)` is what a correction leaves of its original. `records` may be a part of a stream, or of several: a
    void is judged from itself alone, so that whoever sees some records of a stream judges them as who sees all.
    """
    amending = [(record, said) for record in records if (said := amendment(record)) is not None]
    if not amending:
        return records
    voids: defaultdict[tuple[str, str], list[Amendment]] = defaultdict(list)
    corrections: dict[tuple[str, str, int], list[tuple[R, Amendment]]] = {}
    for record, said in sorted(amending, key=lambda pair: pair[1].place.position):
        stream = said.place.source, said.place.subject
        if said.void:
            voids[stream].append(said)
        else:
            corrections.setdefault((*stream, said.target), []).append((record, said))
    by_stream = {stream: Voids(its, hangs_on) for stream, its in voids.items()}
    held: list[R] = []
    for record in records:
        if amendment(record) is not None:
            continue
        at = place(record)
        its = by_stream.get((at.source, at.subject))
        if its is not None and its.take(at):
            continue
        last = [one for one, said in corrections.get((at.source, at.subject, at.position), ()) if amends(said, at)]
        held.append(corrected(record, last[-1]) if last else record)
    return held


def name_of(kind: str) -> str:
    """The name of an event type without its version: `ideation.IdeaProposed` of `ideation.IdeaProposed.v1`."""
    return kind.rpartition(".v")[0]


def amends(said: Amendment, at: Place) -> bool:
    """Whether a correction names this record as it was recorded."""
    return said.target_type == at.type and set(said.place.entities) == set(at.entities)


class Voids:
    """The voids of one stream. Found by what they name: a stream may have as many of them as of other records."""

    def __init__(self, voids: Iterable[Amendment], hangs_on: Callable[[str], AbstractSet[str]]) -> None:
        self._hangs_on = hangs_on
        self._voids = sorted(voids, key=lambda void: void.place.position)
        self._entities = [frozenset(void.place.entities) for void in self._voids]
        self._naming: defaultdict[int, list[int]] = defaultdict(list)
        # By the name of what is voided: all, and those that name an entity.
        self._all: defaultdict[str, list[int]] = defaultdict(list)
        self._with: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for number, void in enumerate(self._voids):
            name = name_of(void.target_type)
            self._naming[void.target].append(number)
            self._all[name].append(number)
            for entity in self._entities[number]:
                self._with[name, entity].append(number)
        self._covering: dict[tuple[str, frozenset[str]], _Covering] = {}

    def take(self, at: Place) -> bool:
        """Whether one of them takes this record: it names it, or something before it on which this record hangs."""
        return bool(self.naming(at)) or self.taking(at) is not None

    def naming(self, at: Place) -> list[Amendment]:
        """Those that name this record as it was recorded, in their order."""
        entities = set(at.entities)
        named = [number for number in self._naming.get(at.position, ()) if entities <= self._entities[number]]
        return [void for number in named if (void := self._voids[number]).target_type == at.type]

    def taking(self, at: Place) -> Amendment | None:
        """One that takes this record along with another; of several the one whose target stands first."""
        entities = frozenset(at.entities)
        for name in sorted(self._hangs_on(at.type)):
            if name not in self._all:
                continue
            covering = self._covering.get((name, entities))
            if covering is None:
                covering = self._covering[name, entities] = self._cover(name, entities)
            # Of those that stand behind this record, the lowest target.
            behind = bisect_right(covering.positions, at.position)
            if behind < len(covering.lowest) and covering.lowest[behind][0] < at.position:
                return self._voids[covering.lowest[behind][1]]
        return None

    def _cover(self, name: str, entities: frozenset[str]) -> "_Covering":
        lists = [self._with.get((name, entity), []) for entity in entities] or [self._all[name]]
        numbers = [number for number in min(lists, key=len) if entities <= self._entities[number]]
        targets = [(self._voids[number].target, number) for number in reversed(numbers)]
        return _Covering([self._voids[n].place.position for n in numbers], [*accumulate(targets, min)][::-1])


class _Covering(NamedTuple):
    """The voids that include some entities: their positions, and from each on the lowest target with its void."""

    positions: list[int]
    lowest: list[tuple[int, int]]
