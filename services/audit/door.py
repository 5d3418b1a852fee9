"""Where records come in: each becomes a fact or an amendment in its newest shape, is passed, or is set aside.

The order of the questions: is the name known, may the producer use the type, is the version known, does the payload
keep its contract, may the producer say this.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.audit import authority, kinds, payloads
from services.audit.attributes import member_of
from services.audit.facts import Amendment, Correction, Fact, Void, fact_of
from services.audit.keeping import Pool
from services.audit.kinds import LIFTS, Lift
from services.audit.naming import entities
from services.audit.readers import DATE_PRECISIONS, Reader, Unfit, day, fields, mapping, one_of, place, some, text

CONTRACT: Final = "payload.contract"
VERSION: Final = "payload.version"

_TARGET: Final[Mapping[str, Reader]] = {
    "source": text,
    "sequence": place,
    "version": place,
    "type": text,
    "subject": text,
    "entities": some(text),
}
_INSTEAD: Final[Mapping[str, Reader]] = {
    "data": mapping,
    "data_type?": text,
    "occurred_on": day,
    "occurred_precision": one_of(*DATE_PRECISIONS),
}


class Refused(Exception):
    """A record is set aside for the reason of this code."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code

    @property
    def holds_back(self) -> bool:
        """Whether what follows in the stream is set aside as well."""
        return self.code.startswith("payload.")


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
        """What a record with these attributes and this payload says. Raises Refused."""
        kind = kinds.newest(found["type"], self._lifts)
        self._permit(authority.of_type(kind, found["source"], self._coordinator))
        if not kinds.is_known(kind):
            raise Refused(VERSION, f"{found['type']} is not known here")
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
        target = _kept(lambda: fields(mapping(said.get("target")), dict(_TARGET), {}))
        if not self.passes(target["type"]):
            self._permit(authority.of_amendment(target, found))
        if not (self.passes(target["type"]) or kinds.is_known(kinds.newest(target["type"], self._lifts))):
            raise Refused(VERSION, f"{target['type']} is not known here")
        place = found["source"], found["subject"], found["sequence"]
        meant = target["sequence"], target["type"], frozenset(target["entities"])
        if kinds.name_of(kind).endswith(".RecordVoided"):
            return Void(*place, *meant)
        instead = _kept(lambda: fields(said, dict(_INSTEAD), {}))
        data = self._instead(found["source"], target, instead.get("data_type", target["type"]), instead["data"])
        return Correction(*place, *meant, data, instead["occurred_on"], instead["occurred_precision"])

    def _instead(self, source: str, target: Mapping[str, Any], written: str, data: dict[str, Any]) -> dict[str, Any]:
        """The payload of a correction, read as a record of the type it is written in; of an unknown event, nothing."""
        kind, original = (kinds.newest(one, self._lifts) for one in (written, target["type"]))
        if kinds.name_of(kind) != kinds.name_of(original):
            raise Refused(CONTRACT, "data_type: another event than that of the original")
        if self.passes(kind):
            return {}
        if not kinds.is_known(kind):
            raise Refused(VERSION, f"{written} is not known here")
        self._permit(authority.of_type(kind, source, self._coordinator))
        said = _kept(lambda: kinds.lifted(written, data, self._lifts))
        read = _kept(lambda: payloads.read(kind, said))
        self._permit(authority.of_payload(kind, read, source, self._coordinator))
        if entities(kind, member_of(source), said) != frozenset(target["entities"]):
            raise Refused(CONTRACT, "data: a correction stays with the objects of its original")
        return read


def _kept(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What is read; a payload that breaks its contract is refused."""
    try:
        return read()
    except Unfit as why:
        raise Refused(CONTRACT, str(why)) from None
