"""What figures and sheets read of the projects service: of each event the fields they use."""

from datetime import date
from typing import Literal

from services.indicators.heard import ABSENT, Absent, Batch, Hours, Id, Ids, Key, Member, Placed, Title, within


class OfProject(Placed, frozen=True, gc=False, kw_only=True):
    """A fact of a project."""

    project_id: Id


class Opened(OfProject, frozen=True, gc=False, kw_only=True):
    """A project opened."""

    member_id: Member
    title: Title
    nature: Literal["creation", "structuring", "consolidation", "network"]
    origin_kind: Literal["idea", "territory_initiative", "spin_off", "replication", "split"]
    accompaniment_ids: Ids = ()
    idea_ids: Ids = ()


class Holder(OfProject, frozen=True, gc=False, kw_only=True):
    """A project's holder."""

    project_holder: Key


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

    activity_id: Id


class Ceased(OfProject, frozen=True, gc=False, kw_only=True):
    """An activity ceased."""

    activity_id: Id


class Job(OfProject, frozen=True, gc=False, kw_only=True):
    """A post created."""

    activity_id: Id
    job_id: Id
    contract: Literal["open_ended", "fixed_term", "apprentice", "insertion", "self_employed", "agency"]
    starts: date
    reference_hours: Hours = "35"
    weekly_hours: Hours | Absent = ABSENT
    expected_end: date | Absent = ABSENT

    def __post_init__(self) -> None:
        within(self.starts)
        within(self.expected_end)


class JobEnd(OfProject, frozen=True, gc=False, kw_only=True):
    """A post ended."""

    job_id: Id


class ProjectBatch(Batch, frozen=True, gc=False, kw_only=True):
    """Projects as a number."""

    stage: Literal["completed", "nearing", "completed_or_nearing"]


class JobBatch(Batch, frozen=True, gc=False, kw_only=True):
    """Jobs as a number."""

    kind: Literal["created", "consolidated"]
