"""What a void takes with it, by the table in docs/figures.md. Events are named without their version."""

from collections.abc import Mapping
from typing import Final

_STEPS: Final = (
    "ProjectHolderIdentified",
    "ProjectQualified",
    "LaunchPhaseOpened",
    "ProjectNearingDeclared",
    "ProjectAbandoned",
    "ProjectPaused",
    "ProjectResumed",
    "PilotStarted",
)
_GATHERINGS: Final = frozenset(("ideation.WorkshopHeld", "ideation.InterviewHeld"))
HANGS_ON: Final[Mapping[str, frozenset[str]]] = {
    "ideation.WorkshopCancelled": frozenset(("ideation.WorkshopScheduled",)),
    "ideation.ParticipationRecorded": _GATHERINGS,
    "ideation.HeadcountDeclared": _GATHERINGS,
    "ideation.IdeaShortlisted": frozenset(("ideation.IdeaProposed",)),
    "ideation.NeedCharacterised": frozenset(("ideation.NeedRecorded",)),
    "ideation.OperatorAssigned": frozenset(("ideation.TerritoryAdmitted",)),
    "ideation.OperatorReleased": frozenset(("ideation.TerritoryAdmitted",)),
    **{f"projects.{step}": frozenset(("projects.ProjectOpened",)) for step in _STEPS},
    "projects.ActivityCeased": frozenset(("projects.ActivityStarted",)),
    "projects.JobEnded": frozenset(("projects.JobCreated",)),
}


def hangs_on(name: str, original: str) -> bool:
    """Whether an event goes with an original of that name when the original is voided."""
    return original in HANGS_ON.get(name, ())
