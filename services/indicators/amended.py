"""What amendments leave of single records: who may see them still, and by which they are amended."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.indicators.facts import AnyFact, amendment_of, kept, live, place_of
from services.indicators.heard import Amends, Voided
from shared.contracts.authority import hangs_on
from shared.kernel.living import Amendment, Voids, amends

Stream = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Amended:
    """A record that is amended, or amends: its visibility, and what amends it, by sequence."""

    visibility: str
    by: tuple[AnyFact, ...] = ()

    def named(self) -> list[dict[str, object]]:
        """What amends it, as histories say it."""
        told = [kept(fact.body) for fact in self.by]
        return [{"source": k.source, "sequence": k.sequence, "type": k.type, "time": k.time} for k in told]


def amended(facts: Iterable[AnyFact], fresh: Iterable[AnyFact]) -> dict[tuple[str, int], Amended]:
    """Of one entity's facts, those in a stream with amendments and with something fresh, by source and sequence.

    A record has the visibility of its live form, a voided one that of what it said last before; an amendment that of
    its original. One whose original is not among `facts` is left out: it is found where that original is.
    """
    moved = {(fact.source, fact.subject) for fact in fresh}
    streams: defaultdict[Stream, list[AnyFact]] = defaultdict(list)
    for fact in facts:
        if (fact.source, fact.subject) in moved:
            streams[fact.source, fact.subject].append(fact)
    found: dict[tuple[str, int], Amended] = {}
    for its in streams.values():
        if any(isinstance(fact.said, Amends) for fact in its):
            stream = _Stream(its)
            for original in its:
                if not isinstance(original.said, Amends):
                    found |= _of(original, stream.amending(original))
    return found


class _Stream:
    """The amendments of one stream, found by what they amend: there may be as many of them as of other records."""

    def __init__(self, facts: Iterable[AnyFact]) -> None:
        self._corrections: defaultdict[int, list[tuple[AnyFact, Amendment]]] = defaultdict(list)
        self._by_sequence: dict[int, AnyFact] = {}
        voids: list[Amendment] = []
        for fact in facts:
            said = amendment_of(fact)
            if said is None:
                continue
            self._by_sequence[fact.sequence] = fact
            if said.void:
                voids.append(said)
            else:
                self._corrections[said.target].append((fact, said))
        self._voids = Voids(voids, hangs_on)

    def amending(self, original: AnyFact) -> Sequence[AnyFact]:
        """What amends a record, by sequence; of several voids that take it along with another, one."""
        at = place_of(original)
        along = self._voids.taking(at)
        voids = [*self._voids.naming(at), *(() if along is None else (along,))]
        found = {void.place.position: self._by_sequence[void.place.position] for void in voids}
        found |= {fact.sequence: fact for fact, said in self._corrections.get(at.position, ()) if amends(said, at)}
        return [found[sequence] for sequence in sorted(found)]


def _of(original: AnyFact, by: Sequence[AnyFact]) -> dict[tuple[str, int], Amended]:
    if not by:
        return {}
    before: list[AnyFact] = []
    for one in by:
        if isinstance(one.said, Voided):
            break
        before.append(one)
    visibility = live([original, *before])[0].said.confidentiality
    found = {(original.source, original.sequence): Amended(visibility, tuple(by))}
    for one in by:
        if isinstance(one.said, Amends) and one.said.sequence == original.sequence:
            found[one.source, one.sequence] = Amended(visibility)
    return found
