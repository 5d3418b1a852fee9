"""All producers together: the coordinator's registry of keys first, then everyone, with the facts they state."""

from collections.abc import Iterable

from services.audit.attributes import Record, member_of
from services.audit.door import Door
from services.audit.findings import INCOMPLETE, Altered, Finding
from services.audit.hearing import Facts
from services.audit.keys import INTRODUCTION, Keyring
from services.audit.signing import Checker
from services.audit.verify import Claims, Producer


class Trail:
    """The evidence read so far. Feed the coordinator's ideation before any other producer: it introduces their keys."""

    def __init__(
        self,
        root: bytes,
        coordinator: str,
        members: frozenset[str] = frozenset(),
        sparing: bool = False,
        facts: bool = True,
        checker: Checker | None = None,
    ) -> None:
        """`members`: whose records are to be here; everyone's who has a key, without any.

        `sparing`: the last signature of a stretch stands for those before it. Without `facts` only keys are remembered.
        `checker`: one of its own, which uses other cores, unless given.
        """
        self._sparing, self._hears = sparing, facts
        self._checker = Checker() if checker is None else checker
        self._members = members
        self.keyring = Keyring(root, coordinator)
        self.claims = Claims()
        self.producers: dict[str, Producer] = {}
        self.facts = Facts(Door(coordinator))

    @property
    def registry(self) -> str:
        """The producer whose records introduce all other keys."""
        return self.keyring.root_source

    def in_order(self, sources: Iterable[str]) -> list[str]:
        """Producers in the order in which they are to be read."""
        return sorted(set(sources), key=lambda source: (source != self.registry, source))

    def producer(self, source: str) -> Producer:
        """The producer of this name, its keys as introduced by now."""
        self.settle()  # what the registry introduces counts from its next producer on
        found = self.producers.get(source)
        if found is None:
            found = Producer(source, {}, self.claims, self._accept, self._checker, self._sparing)
            self.producers[source] = found
        found.keys = self.keyring.of(source)
        return found

    def settle(self) -> None:
        """Waits until the signatures of all that was read are checked, and takes what they prove."""
        for one in self.producers.values():
            one.settle()

    def close(self) -> None:
        """Says what is missing once everything at hand was read, and words the claims."""
        self.settle()
        self._checker.close()
        for source in sorted(self.keyring.sources - self.producers.keys()):
            if self._members and member_of(source) not in self._members:
                continue
            self.claims.keys.add(Finding(INCOMPLETE, "evidence.missing", "it has a key, but no records here", source))
        known = list(self.producers.values())
        records, signed = sum(one.records for one in known), sum(one.signed for one in known)
        duplicates, unread = sum(one.duplicates for one in known), sum(one.unread for one in known)
        if not records:
            for claim in (self.claims.history, self.claims.signatures):
                claim.add(Finding(INCOMPLETE, "evidence.none", "there is not one record"))
        self.claims.history.text = (
            f"{len(known)} producers, {records} records in unbroken order, {duplicates} repeated, {unread} not followed"
        )
        spared = sum(one.spared for one in known)
        self.claims.signatures.text = f"{signed} of {records} signatures verified"
        if spared:
            self.claims.signatures.text = (
                f"{signed - spared} signatures verified, which cover {signed} of {records} records"
            )
        used = sum(len(one.used) for one in known)
        self.claims.keys.text = f"{used} keys in use, all from the root key {self.root_keyid}"

    @property
    def root_keyid(self) -> str:
        """The short name of the pinned key."""
        return next(iter(self.keyring.of(self.registry)))

    @property
    def trusted(self) -> dict[str, int]:
        """How far each producer's records are proven."""
        self.settle()
        return {source: one.trusted for source, one in self.producers.items()}

    def _accept(self, record: Record) -> None:
        found = record.attributes
        introduces = found["type"] == INTRODUCTION and found["source"] == self.registry
        # Keys are heard even where nothing is counted: one that is set aside introduces nothing.
        heard = (self._hears or introduces) and self.facts.hear(record)
        if heard and introduces:
            try:
                self.keyring.introduce(record.data)
            except Altered as why:
                self.producers[self.registry].doubt(why, record)
