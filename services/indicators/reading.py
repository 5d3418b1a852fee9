"""Reading a payload: each event into its newest shape, with the fields that figures and sheets use.

A payload that lacks one, or has it otherwise, breaks its contract here and is set aside.
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from services.indicators import heard, lifts
from services.indicators import heard_ideation as ideation
from services.indicators import heard_projects as projects
from services.indicators.heard import Corrected, Correction, Placed, Void, Voided

SHAPES: Final[Mapping[str, type[Placed]]] = {
    "ideation.MemberJoined.v1": ideation.Joined,
    "ideation.MemberLeft.v1": ideation.Left,
    "ideation.ProducerKeyIntroduced.v1": ideation.KeyIntroduced,
    "ideation.AdviserAppointed.v1": ideation.AdviserAppointed,
    "ideation.AdviserDeparted.v1": ideation.AdviserDeparted,
    "ideation.AdviserAssigned.v1": ideation.AdviserAssigned,
    "ideation.AdviserUnassigned.v1": ideation.AdviserUnassigned,
    "ideation.AdviserBatchDeclared.v1": ideation.AdviserBatch,
    "ideation.TerritoryRegistered.v1": ideation.Registered,
    "ideation.TerritoryAdmitted.v1": ideation.Admitted,
    "ideation.OperatorAssigned.v1": ideation.OperatorAssigned,
    "ideation.OperatorReleased.v1": ideation.OperatorReleased,
    "ideation.ActorRegistered.v1": ideation.Actor,
    "ideation.ParticipationRecorded.v1": ideation.Participation,
    "ideation.HeadcountDeclared.v1": ideation.Headcount,
    "ideation.NeedRecorded.v1": ideation.Needed,
    "ideation.NeedCharacterised.v1": ideation.Characterised,
    "ideation.InterviewHeld.v1": ideation.Interview,
    "ideation.WorkshopHeld.v1": ideation.Workshop,
    "ideation.IdeaProposed.v1": ideation.Proposed,
    "ideation.IdeaShortlisted.v1": ideation.Shortlisted,
    "ideation.IdeaSelected.v1": ideation.Selected,
    "ideation.IdeaBatchDeclared.v1": ideation.IdeaBatch,
    "ideation.RecordCorrected.v1": Correction,
    "ideation.RecordVoided.v1": Void,
    "projects.ProjectOpened.v1": projects.Opened,
    "projects.ProjectHolderIdentified.v1": projects.Holder,
    "projects.ProjectQualified.v1": projects.Qualified,
    "projects.LaunchPhaseOpened.v1": projects.Launched,
    "projects.ProjectNearingDeclared.v1": projects.Nearing,
    "projects.ProjectAbandoned.v1": projects.Abandoned,
    "projects.ProjectPaused.v1": projects.Paused,
    "projects.ProjectResumed.v1": projects.Resumed,
    "projects.ActivityStarted.v1": projects.Started,
    "projects.ActivityCeased.v1": projects.Ceased,
    "projects.JobCreated.v1": projects.Job,
    "projects.JobEnded.v1": projects.JobEnd,
    "projects.ProjectBatchDeclared.v1": projects.ProjectBatch,
    "projects.JobBatchDeclared.v1": projects.JobBatch,
    "projects.RecordCorrected.v1": Correction,
    "projects.RecordVoided.v1": Void,
}
# What no figure and no sheet reads: it stands in histories. A type in neither table fails a test.
UNREAD: Final[Mapping[str, type[Placed]]] = {
    "ideation.WorkshopScheduled.v1": ideation.OfWorkshop,
    "ideation.WorkshopCancelled.v1": ideation.OfWorkshop,
    "projects.PilotStarted.v1": projects.OfProject,
}
AMENDMENTS: Final = frozenset(kind for kind, shape in SHAPES.items() if shape in (Correction, Void))
_ALL: Final = {**SHAPES, **UNREAD}
_DECODERS: Final = {kind: msgspec.json.Decoder(shape) for kind, shape in _ALL.items()}
_TARGETED: Final = msgspec.json.Decoder(Void)
_CORRECTION: Final = msgspec.json.Decoder(Correction)

Bytes = bytes | msgspec.Raw


class Reading:
    """Reads payloads of every version that is known; `lifts`: see `services.indicators.lifts`."""

    def __init__(self, lifting: Mapping[str, lifts.Lift] = lifts.LIFTS) -> None:
        self._lifts = lifting
        self._readers: dict[str, Callable[[Bytes], Placed]] = {kind: d.decode for kind, d in _DECODERS.items()}
        for kind, shape in SHAPES.items():
            if shape is Void:
                self._readers[kind] = self._void
            elif shape is Correction:
                self._readers[kind] = self._correction
        for kind in lifting:
            self._readers[kind] = self._lifting(kind)
        self._ways = {kind: (lifts.newest(kind, lifting), read) for kind, read in self._readers.items()}
        self._names = frozenset(name_of(kind) for kind in self._readers)

    def newest(self, kind: str) -> str | None:
        """The type that a known one has become by now; None for one that is not known."""
        found = lifts.newest(kind, self._lifts)
        return found if found in _ALL else None

    def knows_name(self, kind: str) -> bool:
        """Whether some version of this event is known."""
        return name_of(kind) in self._names

    def way(self, kind: str) -> tuple[str, Callable[[Bytes], Placed]]:
        """The newest type of a known one, and what reads its payloads.

        That raises ValueError (msgspec's is one) if a payload breaks its contract in what is read of it.
        """
        return self._ways[kind]

    def read(self, kind: str, data: Bytes) -> Placed:
        """What a payload of a known type says. Raises ValueError if it breaks its contract in what is read of it."""
        return self._readers[kind](data)

    def instead(self, kind: str, data: lifts.Payload) -> Placed:
        """The same for the payload that a correction puts in place of one of this type."""
        shape = _ALL[lifts.newest(kind, self._lifts)]
        return msgspec.convert(self.lifted(kind, data), shape)

    def lifted(self, kind: str, data: lifts.Payload) -> lifts.Payload:
        """A payload in its newest shape. Raises ValueError."""
        return lifts.lifted(kind, data, self._lifts) if kind in self._lifts else data

    def _lifting(self, kind: str) -> Callable[[Bytes], Placed]:
        newest = lifts.newest(kind, self._lifts)
        return lambda data: self._readers[newest](msgspec.json.encode(self.lifted(kind, msgspec.json.decode(data))))

    def _void(self, data: Bytes) -> Voided:
        said = _TARGETED.decode(data)
        return Voided(sequence=said.target.sequence, type=self._target(said))

    def _correction(self, data: Bytes) -> Corrected:
        said = _CORRECTION.decode(data)
        return Corrected(
            sequence=said.target.sequence,
            type=self._target(said),
            instead=self.instead(said.data_type or said.target.type, said.data),
            occurred_on=said.occurred_on,
            precision=said.occurred_precision,
        )

    def _target(self, said: Void | Correction) -> str:
        return lifts.newest(said.target.type, self._lifts)


def name_of(kind: str) -> str:
    """An event's name, whatever its version: `ideation.IdeaProposed`."""
    return kind.rpartition(".")[0]


def targeted(data: bytes) -> heard.Target:
    """The target that an amendment names. Raises ValueError if it names none."""
    return _TARGETED.decode(data).target


READING: Final = Reading()
