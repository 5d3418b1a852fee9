"""Where records come in: each becomes a fact or an amendment in its newest shape, is passed, or is set aside.

The order of the questions: is the name known, do the attributes have their form, may the producer use the type, is the
version known, does the payload keep its contract, may the producer say this.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.audit import attributes, authority, kinds, payloads
from services.audit.attributes import member_of
from services.audit.facts import Amendment, Correction, Fact, Void, fact_of
from services.audit.keeping import Pool
from services.audit.kinds import LIFTS, Lift
from services.audit.naming import entities
from services.audit.readers import Unfit

ATTRIBUTE: Final = "attribute.contract"
CONTRACT: Final = "payload.contract"
VERSION: Final = "payload.version"


class Refused(Exception):
    """A record is set aside for the reason of this code."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code

    @property
    def holds_back(self) -> bool:
        """Whether what follows in the stream is set aside as well."""
        return not self.code.startswith("authority.")


class Passed(Exception):
    """A record says nothing here: it amends an event that no contract knows."""


class Door:
    """Knows who coordinates, and how older versions are lifted."""

    def __init__(self, coordinator: str, lifts: Mapping[str, Lift] = LIFTS) -> None:
        self._coordinator = coordinator
        self._lifts = lifts
        self._pool = Pool()

    def passes(self, kind: str) -> bool:
        """Whether a record of this type says nothing here: its name is in no contract."""
        return not kinds.is_known_name(kinds.newest(kind, self._lifts))

    def admit(self, found: Mapping[str, Any], data: dict[str, Any]) -> Fact | Amendment:
        """What a record with these attributes and this payload says. Raises Refused, Passed."""
        if wrong := attributes.fault(found):
            raise Refused(ATTRIBUTE, wrong)
        kind = kinds.newest(found["type"], self._lifts)
        self._permit(authority.of_type(kind, found["source"], self._coordinator))
        self._known(found["type"])
        said = _kept(lambda: kinds.lifted(found["type"], data, self._lifts))
        read = _kept(lambda: payloads.read(kind, said))
        if kinds.is_amendment(kind):
            return self._amendment(kind, found, said)
        self._permit(authority.of_payload(kind, read, found["source"], self._coordinator))
        named = self._pool.one(entities(kind, member_of(found["source"]), said))
        return fact_of(found, kinds.name_of(kind), named, self._pool.payload(read), self._pool)

    def _permit(self, code: str | None) -> None:
        if code is not None:
            raise Refused(code)

    def _amendment(self, kind: str, found: Mapping[str, Any], said: dict[str, Any]) -> Amendment:
        target = _kept(lambda: payloads.target(kind, said))
        if self.passes(target["type"]):
            raise Passed(target["type"])
        self._permit(authority.of_amendment(target, found))
        self._known(target["type"])
        place = found["source"], found["subject"], found["sequence"]
        meant = target["sequence"], target["type"], frozenset(target["entities"])
        if kinds.name_of(kind).endswith(".RecordVoided"):
            return Void(*place, *meant)
        written = said.get("data_type")
        self._writable(found["source"], target["type"], written if isinstance(written, str) else target["type"])
        instead = _kept(lambda: payloads.instead(kind, said))
        data = self._instead(found["source"], target, instead.get("data_type", target["type"]), instead["data"])
        return Correction(*place, *meant, data, instead["occurred_on"], instead["occurred_precision"])

    def _writable(self, source: str, original: str, written: str) -> None:
        """Whether a correction of an original of this type may be written in that one."""
        if kinds.name_of(written) != kinds.name_of(original):
            raise Refused(CONTRACT, "data_type: another event than that of the original")
        self._permit(authority.of_type(kinds.newest(written, self._lifts), source, self._coordinator))
        self._known(written)

    def _instead(self, source: str, target: Mapping[str, Any], written: str, data: dict[str, Any]) -> dict[str, Any]:
        """The payload of a correction, read as a record of the type it is written in."""
        kind = kinds.newest(written, self._lifts)
        said = _kept(lambda: kinds.lifted(written, data, self._lifts))
        read = _kept(lambda: payloads.read(kind, said))
        self._permit(authority.of_payload(kind, read, source, self._coordinator))
        if entities(kind, member_of(source), said) != frozenset(target["entities"]):
            raise Refused(CONTRACT, "data: a correction stays with the objects of its original")
        return read

    def _known(self, kind: str) -> None:
        if not kinds.is_known(kinds.newest(kind, self._lifts)):
            raise Refused(VERSION, f"{kind} is not known here")


def _kept(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What is read; a payload that breaks its contract is refused."""
    try:
        return read()
    except Unfit as why:
        raise Refused(CONTRACT, str(why)) from None
