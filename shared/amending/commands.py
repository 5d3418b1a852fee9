"""What a person gives to correct or to void a record; and the two commands, made for each service."""

from typing import Annotated, Any, Final

from pydantic import BaseModel, Field

from shared.amending.deciding import Amendments
from shared.kernel import bounds
from shared.kernel.amendments import CorrectionReason, VoidReason
from shared.kernel.decider import RecordAddress, Spec
from shared.kernel.fields import Part, Text

ROLES: Final = frozenset(["AD", "ME", "AC", "TR", "PH", "CO"])


class RecordName(Part):
    """A record: its producer and its sequence there. The service knows the rest."""

    source: Annotated[str, Field(pattern=bounds.written(bounds.SOURCE))]
    sequence: Annotated[int, Field(ge=1, le=bounds.WHOLE)]


class CorrectRecord(Part):
    """A recorded fact was wrong: only what changes is given."""

    target: RecordName
    # Under the name of the command that recorded it: the fields that differ, and `occurred_on` if the date does. Null
    # takes a field away; everything else stays as it is.
    changes: Annotated[dict[str, dict[str, Any]], Field(min_length=1, max_length=1)]
    note: Text | None = None
    reason: CorrectionReason


class VoidRecord(Part):
    """A recorded fact never was, or was recorded twice: it counts no more, nor does what hangs on it."""

    target: RecordName
    note: Text | None = None
    reason: VoidReason


def specs(amendments: Amendments) -> tuple[Spec[Any, Any], ...]:
    """The commands CorrectRecord and VoidRecord of a service."""
    return (
        _spec("CorrectRecord", CorrectRecord, amendments, ("Correct a record", "Corriger un enregistrement")),
        _spec("VoidRecord", VoidRecord, amendments, ("Void a record", "Annuler un enregistrement")),
    )


def _address(asked: Any) -> RecordAddress:
    return RecordAddress(asked.target.source, asked.target.sequence)


def _spec(name: str, model: type[BaseModel], amendments: Amendments, titles: tuple[str, str]) -> Spec[Any, Any]:
    correcting = name == "CorrectRecord"
    return Spec(
        name=name,
        model=model,
        stream=_address,
        roles=ROLES,
        emits=((amendments.corrected if correcting else amendments.voided).TYPE,),
        fold=lambda located: located,
        decide=amendments.correct if correcting else amendments.void,
        title_en=titles[0],
        title_fr=titles[1],
        lookups=amendments.lookups if correcting else lambda asked, located: (),
        one_at_a_time=correcting and any(spec.one_at_a_time for spec in amendments.commands.values()),
        member="target.source",
    )
