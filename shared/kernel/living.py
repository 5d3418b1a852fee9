"""What still holds of records after corrections and voids: the one function that decisions, figures and sheets use.

The rule is that of docs/figures.md, "Amendments". The audit decides it again, with code of its own.
"""

from collections.abc import Callable, Collection, Sequence
from collections.abc import Set as AbstractSet
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
    voids: dict[tuple[str, str], list[Amendment]] = {}
    corrections: dict[tuple[str, str, int], list[tuple[R, Amendment]]] = {}
    for record, said in sorted(amending, key=lambda pair: pair[1].place.position):
        stream = said.place.source, said.place.subject
        if said.void:
            voids.setdefault(stream, []).append(said)
        else:
            corrections.setdefault((*stream, said.target), []).append((record, said))
    held: list[R] = []
    for record in records:
        if amendment(record) is not None:
            continue
        at = place(record)
        if any(_gone(at, void, hangs_on) for void in voids.get((at.source, at.subject), ())):
            continue
        last = [one for one, said in corrections.get((at.source, at.subject, at.position), ()) if _amends(said, at)]
        held.append(corrected(record, last[-1]) if last else record)
    return held


def name_of(kind: str) -> str:
    """The name of an event type without its version: `ideation.IdeaProposed` of `ideation.IdeaProposed.v1`."""
    return kind.rpartition(".v")[0]


def _amends(said: Amendment, at: Place) -> bool:
    """Whether a correction names this record as it was recorded."""
    return said.target_type == at.type and set(said.place.entities) == set(at.entities)


def _gone(at: Place, void: Amendment, hangs_on: Callable[[str], AbstractSet[str]]) -> bool:
    """Whether a void takes this record: it names it, or something before it on which this record hangs."""
    if not set(at.entities) <= set(void.place.entities):
        return False
    if at.position == void.target:
        return at.type == void.target_type
    return void.target < at.position < void.place.position and name_of(void.target_type) in hangs_on(at.type)
