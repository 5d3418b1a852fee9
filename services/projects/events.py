"""What the projects service records: projects, their activities and their jobs. A fact is a fact for ever."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.kernel import bounds
from shared.kernel.fields import (
    Amount,
    Code,
    Day,
    DecidedDay,
    Evidences,
    Hours,
    Id,
    Insee,
    Key,
    MemberId,
    Part,
    Payload,
    Qty,
    Share,
    Text,
    Title,
    owned,
)

Ids = Annotated[tuple[Id, ...], Field(max_length=50)]
BatchId = Annotated[Id, owned("batch")]
IdeaId = Annotated[Id, owned("idea")]
ProjectId = Annotated[Id, owned("project")]
ActivityId = Annotated[Id, owned("activity")]
JobId = Annotated[Id, owned("job")]


class Fact(Payload):
    """What every event carries: where, with what evidence, for whom."""

    territory_ids: Annotated[tuple[Code, ...], Field(max_length=bounds.PLACES)] = ()
    accompaniment_id: Id | None = None
    project_id: ProjectId | None = None
    evidence: Evidences = ()
    confidentiality: Literal["public", "partners", "member"] = "partners"
    language: Literal["fr", "en"] = "fr"


class OfProject(Fact):
    """A fact of one project."""

    STREAM: ClassVar = "project/{project_id}"
    ENTITIES: ClassVar[tuple[str, ...]] = ("project/{owner}/{project_id}",)
    project_id: ProjectId


class ProjectOpened(OfProject):
    """A project begins: chosen from ideas, or from a territory's own initiative."""

    TYPE: ClassVar = "projects.ProjectOpened.v1"
    ENTITIES: ClassVar[tuple[str, ...]] = ("project/{owner}/{project_id}", "territory/{territory_ids[]}")
    NAMES_OWNER: ClassVar = "member_id"
    member_id: MemberId
    accompaniment_ids: Ids = ()
    idea_ids: Annotated[tuple[IdeaId, ...], Field(max_length=50)] = ()
    title: Title
    nature: Literal["creation", "structuring", "consolidation", "network"]
    origin_kind: Literal["idea", "territory_initiative", "spin_off", "replication", "split"]
    predecessor_attempt: Text | None = None


class ProjectHolderIdentified(OfProject):
    """Somebody will carry the project: a pseudonym, or an organisation."""

    TYPE: ClassVar = "projects.ProjectHolderIdentified.v1"
    HANGS_ON: ClassVar = ("projects.ProjectOpened",)
    project_holder: Key
    legal_form: Key | None = None


class Criteria(Part):
    """What qualifies a project."""

    study: bool
    partners: bool
    project_holder: bool
    model: bool


class ProjectQualified(OfProject):
    """A body found the project worth launching: phase 2 ends."""

    TYPE: ClassVar = "projects.ProjectQualified.v1"
    HANGS_ON: ClassVar = ("projects.ProjectOpened",)
    criteria: Criteria
    exceptions: Text | None = None
    body: Title


class LaunchPhaseOpened(OfProject):
    """The launch of a qualified project began: phase 3."""

    TYPE: ClassVar = "projects.LaunchPhaseOpened.v1"
    HANGS_ON: ClassVar = ("projects.ProjectOpened",)
    decision: Key | None = None


class ProjectNearingDeclared(OfProject):
    """The steering body declared that the project nears completion."""

    TYPE: ClassVar = "projects.ProjectNearingDeclared.v1"
    NAMES_OWNER: ClassVar = "member_id"
    HANGS_ON: ClassVar = ("projects.ProjectOpened",)
    member_id: MemberId
    body: Title
    remaining: Annotated[tuple[Text, ...], Field(max_length=50)] = ()


class ProjectAbandoned(OfProject):
    """The project was given up."""

    TYPE: ClassVar = "projects.ProjectAbandoned.v1"
    HANGS_ON: ClassVar = ("projects.ProjectOpened",)
    reason: Literal[
        "no_project_holder",
        "no_economic_model",
        "no_funding",
        "competitor_exists",
        "territory_withdrew",
        "regulation",
        "duplicate",
        "merged",
        "other",
    ]


class ProjectPaused(OfProject):
    """The project waits."""

    TYPE: ClassVar = "projects.ProjectPaused.v1"
    HANGS_ON: ClassVar = ("projects.ProjectOpened",)
    reason: Text


class ProjectResumed(OfProject):
    """The project goes on after a pause."""

    TYPE: ClassVar = "projects.ProjectResumed.v1"
    HANGS_ON: ClassVar = ("projects.ProjectOpened",)


class PilotStarted(OfProject):
    """A test began: neither an activity nor a completion."""

    TYPE: ClassVar = "projects.PilotStarted.v1"
    HANGS_ON: ClassVar = ("projects.ProjectOpened",)
    hypothesis: Text


class ActivityStarted(OfProject):
    """A project's activity opened to its users."""

    TYPE: ClassVar = "projects.ActivityStarted.v1"
    STREAM: ClassVar = "activity/{activity_id}"
    activity_id: ActivityId
    kind: Literal["permanent", "periodic", "seasonal"]
    operator: Key | None = None
    place: Title | None = None
    insee: Insee | None = None
    naf: Key | None = None


class ActivityCeased(OfProject):
    """An activity ended for good."""

    TYPE: ClassVar = "projects.ActivityCeased.v1"
    HANGS_ON: ClassVar = ("projects.ActivityStarted",)
    STREAM: ClassVar = "activity/{activity_id}"
    activity_id: ActivityId
    reason: Text


class Attribution(Part):
    """A programme that claims a share of a job."""

    programme: Key
    share: Share


class JobCreated(OfProject):
    """An activity opened a paid post."""

    TYPE: ClassVar = "projects.JobCreated.v1"
    STREAM: ClassVar = "job/{job_id}"
    job_id: JobId
    activity_id: ActivityId
    employer: Key
    position: Title
    contract: Literal["open_ended", "fixed_term", "apprentice", "insertion", "self_employed", "agency"]
    weekly_hours: Hours | None = None
    reference_hours: Hours = Decimal(35)
    starts: DecidedDay
    expected_end: Day | None = None
    insertion: bool = False
    attribution: Annotated[tuple[Attribution, ...], Field(max_length=10)] = ()


class JobEnded(OfProject):
    """A post ended."""

    TYPE: ClassVar = "projects.JobEnded.v1"
    HANGS_ON: ClassVar = ("projects.JobCreated",)
    STREAM: ClassVar = "job/{job_id}"
    job_id: JobId
    activity_id: ActivityId
    reason: Literal["end_of_term", "closure", "redundancy", "departure_not_replaced", "transfer"]


class ProjectBatchDeclared(Fact):
    """Projects known only as a number."""

    TYPE: ClassVar = "projects.ProjectBatchDeclared.v1"
    STREAM: ClassVar = "batch/{batch_id}"
    ENTITIES: ClassVar = ("batch/{owner}/{batch_id}",)
    batch_id: BatchId
    count: Qty
    stage: Literal["completed", "nearing", "completed_or_nearing"]
    source: Text


class JobBatchDeclared(Fact):
    """Jobs known only as a number."""

    TYPE: ClassVar = "projects.JobBatchDeclared.v1"
    STREAM: ClassVar = "batch/{batch_id}"
    ENTITIES: ClassVar = ("batch/{owner}/{batch_id}",)
    batch_id: BatchId
    count: Qty
    fte: Amount | None = None
    kind: Literal["created", "consolidated"]
    source: Text
