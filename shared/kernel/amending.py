"""Correcting and voiding a record: whom it names, who may, and that what holds instead stays where it was.

A record is never rewritten. The author amends within seven days; then, and for anyone else's, the coordinator does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from shared.kernel import canonical, dates
from shared.kernel.decider import Context
from shared.kernel.fields import Key, Part, Payload, Precision
from shared.kernel.refusals import Refused

AUTHOR_DAYS: Final = 7
UNAMENDED: Final = ("RecordCorrected", "RecordVoided", "ProducerKeyIntroduced")


class Target(Part):
    """The original, by its producer and sequence, its type, its stream, and the entities it belongs to."""

    source: Annotated[str, Field(pattern=r"^/members/[a-z][a-z0-9-]{1,62}/[a-z]{1,30}$")]
    sequence: Annotated[int, Field(ge=1, le=2**53 - 1)]
    type: Annotated[str, Field(pattern=r"^[a-z]{1,30}\.[A-Za-z]{1,60}\.v[0-9]{1,3}$")]
    subject: Key
    entities: Annotated[tuple[Key, ...], Field(min_length=1, max_length=60)]


class Replacement(Part):
    """What holds instead: the whole payload, or the date, or both. A correction never moves to other entities."""

    data: dict[str, Any] | None = None
    occurred_on: date | None = None
    occurred_precision: Precision | None = None


@dataclass(frozen=True, slots=True)
class Amendable:
    """What a service amends: its own payloads by type; `entities(type, data)` gives the entities of a payload."""

    service: str
    payloads: Mapping[str, type[Payload]]
    entities: Callable[[str, Mapping[str, Any]], list[str]]

    def permit(self, target: Target, context: Context, found: Mapping[str, Any] | None) -> None:
        """Checks that `target` may be amended by who asks; `found` is the record, if it is of this producer.

        Raises Refused: `amendment.service`, `.target`, `.unknown`, `.mismatch`, `.foreign`, `.late`.
        """
        self._of_this_service(target)
        own = target.source == f"/members/{context.member}/{self.service}"
        if own:
            self._matches(target, found)
        if context.role == "CO":
            return
        if not own or found is None:
            raise Refused(
                "amendment.foreign",
                "Only the coordinator amends another member's records.",
                "Seule la coordination corrige les enregistrements d'un autre membre.",
                ("target", "source"),
            )
        recorded = datetime.fromisoformat(found["time"])
        if found["actor"] != context.actor or context.now - recorded > timedelta(days=AUTHOR_DAYS):
            raise Refused(
                "amendment.late",
                f"The author amends within {AUTHOR_DAYS} days; then the coordinator does.",
                f"L'auteur corrige dans les {AUTHOR_DAYS} jours ; ensuite, la coordination.",
                ("target",),
            )

    def replaced(self, target: Target, asked: Replacement, today: date) -> tuple[Replacement, Payload | None]:
        """The replacement as it is recorded, with its payload read.

        Raises Refused: `correction.empty`, `correction.moves_entity`, `input.invalid`, and those of dates.
        """
        if asked.data is None and asked.occurred_on is None:
            raise Refused("correction.empty", "Nothing is corrected.", "Rien n'est corrigé.", ("replacement",))
        if asked.occurred_on is None and asked.occurred_precision is not None:
            path = ("replacement", "occurred_on")
            raise Refused("input.invalid", "A precision needs its date.", "Une précision va avec sa date.", path)
        changes: dict[str, Any] = {}
        if asked.occurred_on is not None:
            changes["occurred_precision"] = asked.occurred_precision or "day"
            dates.check(asked.occurred_on, changes["occurred_precision"], today)
        fact = None if asked.data is None else self._read(target, asked.data)
        if fact is not None:
            changes["data"] = fact.payload()
        return asked.model_copy(update=changes), fact

    def _of_this_service(self, target: Target) -> None:
        if not target.source.endswith(f"/{self.service}") or not target.type.startswith(f"{self.service}."):
            raise Refused(
                "amendment.service",
                "This is amended where it was recorded.",
                "Ceci se corrige là où ce fut enregistré.",
                ("target", "source"),
            )
        if target.type.split(".")[1] in UNAMENDED or target.type not in self.payloads:
            raise Refused("amendment.target", "This is not amended.", "Ceci ne se corrige pas.", ("target", "type"))

    def _matches(self, target: Target, found: Mapping[str, Any] | None) -> None:
        if found is None:
            raise Refused(
                "amendment.unknown", "There is no such record.", "Cet enregistrement n'existe pas.", ("target",)
            )
        same = found["type"] == target.type and found["subject"] == target.subject
        if not same or self.entities(target.type, found["data"]) != sorted(target.entities):
            raise Refused(
                "amendment.mismatch",
                "The target is not described as it was recorded.",
                "La cible n'est pas décrite telle qu'elle fut enregistrée.",
                ("target",),
            )

    def _read(self, target: Target, data: Mapping[str, Any]) -> Payload:
        try:
            fact = self.payloads[target.type].model_validate_json(canonical.encode(dict(data)), strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            path = ("replacement", "data", *(str(part) for part in first["loc"]))
            raise Refused("input.invalid", f"{first['msg']}.", "Valeur refusée.", path) from None
        if fact.stream() != target.subject or self.entities(target.type, fact.payload()) != sorted(target.entities):
            raise Refused(
                "correction.moves_entity",
                "A correction stays with the objects of its original: void it and record it anew.",
                "Une correction reste sur les objets de l'original : annulez-le et enregistrez à nouveau.",
                ("replacement", "data"),
            )
        return fact
