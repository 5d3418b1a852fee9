"""Where a producer's records come in: each becomes a fact in its newest shape, is passed, or is set aside.

The order of the questions: is the name known, do the attributes have their form, may the producer use the type, is the
version known, does the payload keep its contract, may the producer say this. An amendment is first asked whether it may
name its target.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from services.indicators.facts import AnyFact, fact_of_record
from services.indicators.heard import Corrected, Placed
from services.indicators.reading import AMENDMENTS, READING, Bytes, Reading, name_of, targeted
from shared import contracts
from shared.contracts.authority import amendment_fault, fault, member_of
from shared.contracts.routing import entities
from shared.kernel import attributes
from shared.kernel.record import Record

_LONGEST: Final = 500
BEHIND: Final = "parked.behind: an earlier event of this stream is parked"


class SetAside(Exception):
    """A record counts nothing until it can be read. `reason` begins with its code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason[:_LONGEST]


def holds_back(reason: str) -> bool:
    """Whether what follows in the stream of a record set aside for this reason is set aside too."""
    return not reason.startswith("authority.")


class Passed(Exception):
    """A record says nothing here: `kind` has no contract."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class _Way(NamedTuple):
    """How a type that the producer may use comes in: its newest type, its reader, and whether nothing else is asked."""

    kind: str
    read: Callable[[Bytes], Placed]
    plain: bool


class Door:
    """The door of one producer."""

    def __init__(self, source: str, coordinator: str, reading: Reading = READING) -> None:
        self.source = source
        self._coordinator = coordinator
        self._member = member_of(source)
        self._reading = reading
        # Remembered by type, since it is asked for every record.
        self._ways: dict[str, _Way] = {}

    def admit(self, read: Record, behind: bool = False) -> AnyFact:
        """The fact of a record of this producer; `behind`: its stream is held back. Raises SetAside, Passed."""
        recorded = read.attributes.type
        if behind:
            raise SetAside(BEHIND) if self._reading.knows_name(recorded) else Passed(recorded)
        wrong = attributes.fault(read.attributes)
        if wrong is not None:
            if not self._reading.knows_name(recorded):
                raise Passed(recorded)
            raise SetAside(f"{attributes.CODE}: {wrong}")
        way = self._ways.get(recorded)
        if way is None:
            way = self._ways[recorded] = self._way(recorded)
        try:
            if not way.plain:
                return self._other(read, way)
            said = way.read(read.data_bytes)
            named = self._named(way.kind, read.data)
            return fact_of_record(read, self.source, self._member, way.kind, said, tuple(named))
        except ValueError as error:
            raise SetAside(f"payload.contract: {error}") from None

    def _other(self, read: Record, way: _Way) -> AnyFact:
        """The same of an amendment, and of an older version."""
        if way.kind in AMENDMENTS:
            self._judge_target(read)
        said = way.read(read.data_bytes)
        named = self._named(way.kind, self._reading.lifted(read.attributes.type, read.data))
        if type(said) is Corrected:
            self._judge_instead(read, named)
        return fact_of_record(read, self.source, self._member, way.kind, said, tuple(named))

    def _way(self, recorded: str) -> _Way:
        """Raises Passed, SetAside."""
        kind = self._known(recorded)
        if code := fault(kind, {}, self.source, self._coordinator):
            raise SetAside(code)
        return _Way(*self._reading.way(recorded), kind == recorded and kind not in AMENDMENTS)

    def _known(self, recorded: str) -> str:
        """The newest type of one that is recorded. Raises Passed, SetAside."""
        kind = self._reading.newest(recorded)
        if kind is not None:
            return kind
        if not self._reading.knows_name(recorded):
            raise Passed(recorded)
        for other in contracts.events():
            if name_of(other) == name_of(recorded) and (code := fault(other, {}, self.source, self._coordinator)):
                raise SetAside(code)
        raise SetAside(f"payload.version: {recorded} is not known here")

    def _named(self, kind: str, data: Mapping[str, Any]) -> list[str]:
        """The objects of a payload that this producer may record."""
        named = entities(kind, data, self._member)
        if not named:
            raise ValueError("the event names no object")
        if code := fault(kind, data, self.source, self._coordinator):
            raise SetAside(code)
        return named

    def _judge_target(self, read: Record) -> None:
        """Whether an amendment may name its target. One of a type without a contract says nothing here: Passed."""
        target, a = targeted(read.data_bytes), read.attributes
        named = {**read.data["target"], "type": self._known(target.type)}
        if code := amendment_fault(named, self.source, a.subject, a.sequence):
            raise SetAside(code)
        written = read.data.get("data_type")
        if isinstance(written, str):
            if name_of(written) != name_of(target.type):
                raise ValueError("data_type: another event than that of the original")
            self._known(written)

    def _judge_instead(self, read: Record, named: Sequence[str]) -> None:
        """Whether a correction's payload might be recorded itself, and is of the objects of its original."""
        recorded = read.data.get("data_type") or read.data["target"]["type"]
        if self._named(self._known(recorded), self._reading.lifted(recorded, read.data["data"])) != named:
            raise ValueError("a correction stays with the objects of its original")
