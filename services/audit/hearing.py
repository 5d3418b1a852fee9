"""All that proven records say, and which of them were set aside."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from services.audit.attributes import Record
from services.audit.door import Door, Passed, Refused
from services.audit.facts import Amendment, Fact, SetAside
from services.audit.living import Living, live

BEHIND: Final = "parked.behind: an earlier record of this stream is set aside"
Told = TypeVar("Told", Fact, Amendment, SetAside)


@dataclass(slots=True)
class Facts:
    """Everything heard so far, of all producers."""

    door: Door
    facts: list[Fact] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    parked: list[SetAside] = field(default_factory=list)
    _held: set[tuple[str, str]] = field(default_factory=set)

    def hear(self, record: Record) -> bool:
        """Takes one proven record, in the order of its producer; whether it says something that holds."""
        found = record.attributes
        if self.door.passes(found["type"]):
            return False
        stream = (found["source"], found["subject"])
        if stream in self._held:
            self._park(record, BEHIND)
            return False
        try:
            said = self.door.admit(found, record.data)
        except Passed:
            return False
        except Refused as why:
            self._park(record, str(why))
            if why.holds_back:
                self._held.add(stream)
            return False
        if isinstance(said, Fact):
            self.facts.append(said)
        else:
            self.amendments.append(said)
        return True

    def _park(self, record: Record, reason: str) -> None:
        self.parked.append(SetAside(record.attributes["source"], record.sequence, reason))

    def within(self, position: Mapping[str, int]) -> tuple[list[Fact], list[Amendment]]:
        """The facts and amendments up to these sequences."""
        return _within(self.facts, position), _within(self.amendments, position)

    def live(self, position: Mapping[str, int]) -> Living:
        """The facts that hold among the records up to these sequences."""
        return live(*self.within(position))

    def parked_at(self, position: Mapping[str, int]) -> Mapping[str, int]:
        """How many of the records up to these sequences are set aside, by producer and code (`producer code`)."""
        return Counter(f"{one.source} {one.code}" for one in _within(self.parked, position))


def _within(found: Iterable[Told], position: Mapping[str, int]) -> list[Told]:
    return [one for one in found if one.sequence <= position.get(one.source, 0)]
