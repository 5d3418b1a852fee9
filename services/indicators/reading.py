"""Reading a payload: each event into its shape, with the fields that figures and sheets use.

A payload that lacks one, or has it otherwise, breaks its contract here and is parked.
"""

from typing import Any, Final

import msgspec

from services.indicators import heard
from services.indicators import heard_ideation as ideation
from services.indicators import heard_projects as projects
from services.indicators.heard import Amending, Corrected, Placed

SHAPES: Final[dict[str, type[Placed]]] = {
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
    "ideation.NeedCharacterised.v1": ideation.Characterised,
    "ideation.InterviewHeld.v1": ideation.Interview,
    "ideation.WorkshopHeld.v1": ideation.Workshop,
    "ideation.IdeaProposed.v1": ideation.Proposed,
    "ideation.IdeaShortlisted.v1": ideation.Shortlisted,
    "ideation.IdeaSelected.v1": ideation.Selected,
    "ideation.IdeaBatchDeclared.v1": ideation.IdeaBatch,
    "ideation.RecordCorrected.v1": heard.Corrected,
    "ideation.RecordVoided.v1": heard.Voided,
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
    "projects.RecordCorrected.v1": heard.Corrected,
    "projects.RecordVoided.v1": heard.Voided,
}
_DECODERS: Final = {kind: msgspec.json.Decoder(shape) for kind, shape in SHAPES.items()}
_ANY: Final = msgspec.json.Decoder(Placed)


def read(kind: str, data: bytes | msgspec.Raw) -> Placed:
    """What a payload says. Raises msgspec.ValidationError if it lacks what is read of it, or a correction would."""
    said: Placed = _DECODERS.get(kind, _ANY).decode(data)
    if type(said) is Corrected and said.replacement.data is not None:
        replaced(said.target.type, said.replacement.data)
    return said


def replaced(kind: str, data: dict[str, Any]) -> Placed:
    """What a correction puts in place of a payload of type `kind`. Raises msgspec.ValidationError as `read`."""
    shape = SHAPES.get(kind, Placed)
    if issubclass(shape, Amending):
        raise msgspec.ValidationError("an amendment is not amended")
    return msgspec.convert(data, shape)
