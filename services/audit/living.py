"""Which facts hold: what was not voided, nor gone with what was, each as its last correction says it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from services.audit.facts import Amendment, Correction, Fact, Void
from services.audit.hanging import hangs_on
from services.audit.kinds import name_of


class Living:
    """The live facts, by name in order of happening."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._by_name: dict[str, list[Fact]] = defaultdict(list)
        for fact in sorted(facts, key=lambda fact: fact.happened):
            self._by_name[fact.name].append(fact)

    def all(self) -> Iterator[Fact]:
        """All of them, event by event."""
        return chain.from_iterable(self._by_name.values())

    def of(self, name: str) -> Sequence[Fact]:
        """The facts of one event, named without its version."""
        return self._by_name.get(name, ())

    def registered(self) -> set[str]:
        """The territories that are in the register."""
        return {fact.data["territory_id"] for fact in self.of("ideation.TerritoryRegistered")}

    def scopes(self) -> list[str]:
        """Where there are figures: the region, each member that joined, each territory that is registered."""
        members = {fact.data["member_id"] for fact in self.of("ideation.MemberJoined")}
        return [
            "region",
            *(f"member/{one}" for one in sorted(members)),
            *(f"territory/{one}" for one in sorted(self.registered())),
        ]


def live(facts: Iterable[Fact], amendments: Iterable[Amendment]) -> Living:
    """The facts that hold after these amendments."""
    amended: dict[tuple[str, str], list[Amendment]] = defaultdict(list)
    for one in amendments:
        amended[one.source, one.subject].append(one)
    untouched: list[Fact] = []
    streams: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        stream = fact.source, fact.subject
        (streams[stream] if stream in amended else untouched).append(fact)
    for stream, its in streams.items():
        untouched += _of_stream(its, amended[stream])
    return Living(untouched)


def _of_stream(facts: Sequence[Fact], amendments: Sequence[Amendment]) -> list[Fact]:
    """What holds of one stream: a void is final, and of several corrections the one with the highest sequence holds."""
    by_sequence = {fact.sequence: fact for fact in facts}
    corrections: dict[int, Correction] = {}
    gone: set[int] = set()
    for one in sorted(amendments, key=lambda one: one.sequence):
        original = by_sequence.get(one.target)
        meant = original is not None and one.amends(original)
        if isinstance(one, Correction) and meant:
            corrections[one.target] = one
        elif isinstance(one, Void):
            gone |= _taken(one, facts) | ({one.target} if meant else set())
    return [_as_corrected(fact, corrections) for fact in facts if fact.sequence not in gone]


def _as_corrected(fact: Fact, corrections: Mapping[int, Correction]) -> Fact:
    correction = corrections.get(fact.sequence)
    return fact if correction is None else correction.of(fact)


def _taken(void: Void, facts: Iterable[Fact]) -> set[int]:
    """What a void takes with it, judged from the void alone: what hangs on the type that it names, stands between that
    record and the void, and is of objects that it names."""
    return {
        fact.sequence
        for fact in facts
        if void.target < fact.sequence < void.sequence
        and hangs_on(fact.name, name_of(void.target_kind))
        and fact.entities <= void.entities
    }
