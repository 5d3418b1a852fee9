"""What figures and sheets read of the projects service: of each event the fields they use."""

from datetime import date
from typing import Literal

from services.indicators.heard import ABSENT, Absent, Batch, Number, Placed, Positive, Word


class OfProject(Placed, frozen=True, gc=False, kw_only=True):
    """A fact of a project."""

    project_id: Word


class Opened(OfProject, frozen=True, gc=False, kw_only=True):
    """A project opened."""

    member_id: Word
    title: Word
    nature: Word
    origin_kind: Word
    accompaniment_ids: tuple[str, ...] = ()
    idea_ids: tuple[str, ...] = ()


class Holder(OfProject, frozen=True, gc=False, kw_only=True):
    """A project's holder."""

    project_holder: Word


class Qualified(OfProject, frozen=True, gc=False, kw_only=True):
    """A project qualified."""


class Launched(OfProject, frozen=True, gc=False, kw_only=True):
    """A project's launch phase opened."""


class Nearing(OfProject, frozen=True, gc=False, kw_only=True):
    """A project declared nearing completion."""


class Abandoned(OfProject, frozen=True, gc=False, kw_only=True):
    """A project given up."""


class Paused(OfProject, frozen=True, gc=False, kw_only=True):
    """A project that waits."""


class Resumed(OfProject, frozen=True, gc=False, kw_only=True):
    """A project that goes on."""


class Started(OfProject, frozen=True, gc=False, kw_only=True):
    """An activity started."""

    activity_id: Word


class Ceased(OfProject, frozen=True, gc=False, kw_only=True):
    """An activity ceased."""

    activity_id: Word


class Job(OfProject, frozen=True, gc=False, kw_only=True):
    """A post created."""

    activity_id: Word
    job_id: Word
    contract: Literal["open_ended", "fixed_term", "apprentice", "insertion", "self_employed", "agency"]
    starts: date
    reference_hours: Positive = "35"
    weekly_hours: Number | Absent = ABSENT
    expected_end: date | Absent = ABSENT


class JobEnd(OfProject, frozen=True, gc=False, kw_only=True):
    """A post ended."""

    job_id: Word


class ProjectBatch(Batch, frozen=True, gc=False, kw_only=True):
    """Projects as a number."""

    stage: Literal["completed", "nearing", "completed_or_nearing"]


class JobBatch(Batch, frozen=True, gc=False, kw_only=True):
    """Jobs as a number."""

    kind: Literal["created", "consolidated"]
