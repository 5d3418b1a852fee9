"""The projects service with an empty past, and facts to put in it."""

from typing import Any, Final

from services.projects.events import (
    ActivityCeased,
    ActivityStarted,
    JobCreated,
    JobEnded,
    LaunchPhaseOpened,
    ProjectAbandoned,
    ProjectHolderIdentified,
    ProjectNearingDeclared,
    ProjectOpened,
    ProjectPaused,
    ProjectQualified,
    ProjectResumed,
)
from services.projects.service import DEFINITION
from shared.kernel.fields import Payload
from tests.pure.deciding import HERE, OPERATED, OWN, Given, told, uid

projects: Final = Given(DEFINITION)
PROJECT, OTHER_PROJECT, ACTIVITY, JOB, IDEA, BATCH = (uid(n) for n in range(6))
OPEN: Final[dict[str, Any]] = {
    **HERE,
    "project_id": PROJECT,
    "member_id": OWN,
    "accompaniment_ids": [OPERATED],
    "idea_ids": [IDEA],
    "title": "The oven",
    "nature": "creation",
    "origin_kind": "idea",
}
CRITERIA: Final = {"study": True, "partners": True, "project_holder": True, "model": True}
OF: Final = {"project_id": PROJECT, "activity_id": ACTIVITY}
CREATE: Final[dict[str, Any]] = {
    **OF,
    "job_id": JOB,
    "employer": "the-bakery",
    "position": "Baker",
    "contract": "open_ended",
    "weekly_hours": "17.5",
    "starts": "2026-09-01",
}


def opened(**more: Any) -> Payload:
    return told(ProjectOpened, **{**OPEN, **more})


def qualified() -> Payload:
    return told(ProjectQualified, **HERE, project_id=PROJECT, criteria=CRITERIA, body="Committee")


def paused() -> Payload:
    return told(ProjectPaused, **HERE, project_id=PROJECT, reason="No room")


def launched() -> Payload:
    return told(LaunchPhaseOpened, **HERE, project_id=PROJECT)


def nearing() -> Payload:
    return told(ProjectNearingDeclared, **HERE, project_id=PROJECT, member_id=OWN, body="Committee")


def resumed() -> Payload:
    return told(ProjectResumed, **HERE, project_id=PROJECT)


def holder(who: str = "the-bakery", **more: Any) -> Payload:
    return told(ProjectHolderIdentified, **HERE, project_id=PROJECT, project_holder=who, **more)


def abandoned() -> Payload:
    return told(ProjectAbandoned, **HERE, project_id=PROJECT, reason="no_funding")


def started(**more: Any) -> Payload:
    return told(ActivityStarted, **{**HERE, **OF, "kind": "permanent", **more})


def ceased() -> Payload:
    return told(ActivityCeased, **HERE, **OF, reason="The baker retired")


def created(**more: Any) -> Payload:
    return told(JobCreated, **{**HERE, **CREATE, **more})


def ended() -> Payload:
    return told(JobEnded, **HERE, **OF, job_id=JOB, reason="end_of_term")
