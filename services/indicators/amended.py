"""What amendments leave of single records: who may see them still, and by which they are amended."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.indicators.facts import AnyFact, kept, live
from services.indicators.heard import Amends, Voided

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
        amendments = sorted((f for f in its if isinstance(f.said, Amends)), key=lambda fact: fact.sequence)
        if amendments:
            for original in its:
                if not isinstance(original.said, Amends):
                    found |= _of(original, amendments)
    return found


def _of(original: AnyFact, amendments: Sequence[AnyFact]) -> dict[tuple[str, int], Amended]:
    by = [one for one in amendments if _amends(one, original)]
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


def _amends(one: AnyFact, original: AnyFact) -> bool:
    left = live([original, one])
    return not (left and left[0] is original)
