"""What the ideation service records of listening, needs and ideas."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from services.ideation.events import BatchId, Fact, Ids, Keys, ProjectId
from shared.kernel import bounds
from shared.kernel.fields import Day, Id, Key, Part, Qty, Text, Title, owned

Themes = Annotated[tuple[Key, ...], Field(max_length=bounds.THEMES)]
InterviewId = Annotated[Id, owned("interview")]
WorkshopId = Annotated[Id, owned("workshop")]
NeedId = Annotated[Id, owned("need")]
IdeaId = Annotated[Id, owned("idea")]
Identified = Annotated[int, Field(ge=0, le=bounds.AMOUNT)]


class Gathering(Part):
    """What somebody took part in. `collective`: declared for the collective as a whole, under no accompaniment."""

    kind: Literal["interview", "workshop", "other", "collective"]
    id: Annotated[Id, owned("gathering")]


class InterviewHeld(Fact):
    """An adviser listened to somebody: an interview, a market, a public place."""

    TYPE: ClassVar = "ideation.InterviewHeld.v1"
    STREAM: ClassVar = "interview/{interview_id}"
    ENTITIES: ClassVar = ("interview/{owner}/{interview_id}",)
    interview_id: InterviewId
    form: Literal["bilateral", "service", "market", "public_place", "group", "fair"]
    title: Title | None = None


class WorkshopScheduled(Fact):
    """A workshop was announced."""

    TYPE: ClassVar = "ideation.WorkshopScheduled.v1"
    STREAM: ClassVar = "workshop/{workshop_id}"
    ENTITIES: ClassVar = ("workshop/{owner}/{workshop_id}",)
    workshop_id: WorkshopId
    title: Title
    question: Text | None = None
    themes: Themes = ()
    format: Literal["creative", "project_group", "meeting"]
    place: Title | None = None
    planned_on: Day


class WorkshopHeld(Fact):
    """A workshop took place."""

    TYPE: ClassVar = "ideation.WorkshopHeld.v1"
    STREAM: ClassVar = "workshop/{workshop_id}"
    ENTITIES: ClassVar = ("workshop/{owner}/{workshop_id}",)
    workshop_id: WorkshopId
    title: Title
    question: Text | None = None
    themes: Themes = ()
    format: Literal["creative", "project_group", "meeting"]
    place: Title | None = None
    outputs: Annotated[tuple[Text, ...], Field(max_length=50)] = ()


class WorkshopCancelled(Fact):
    """A workshop that was announced will not take place."""

    TYPE: ClassVar = "ideation.WorkshopCancelled.v1"
    STREAM: ClassVar = "workshop/{workshop_id}"
    ENTITIES: ClassVar = ("workshop/{owner}/{workshop_id}",)
    HANGS_ON: ClassVar = ("ideation.WorkshopScheduled",)
    workshop_id: WorkshopId
    reason: Text


class ParticipationRecorded(Fact):
    """A known actor took part in something."""

    TYPE: ClassVar = "ideation.ParticipationRecorded.v1"
    STREAM: ClassVar = "{activity.kind}/{activity.id}"
    ENTITIES: ClassVar = ("actor/{actor_id}",)
    HANGS_ON: ClassVar = ("ideation.InterviewHeld", "ideation.WorkshopHeld")
    COORDINATOR_WHEN: ClassVar = ("activity.kind", "collective")
    actor_id: Id
    activity: Gathering
    capacity: Literal["contributor", "host", "speaker", "decision"] = "contributor"


class HeadcountDeclared(Fact):
    """How many people took part, and how many of them are known actors (`identified`)."""

    TYPE: ClassVar = "ideation.HeadcountDeclared.v1"
    STREAM: ClassVar = "{activity.kind}/{activity.id}"
    ENTITIES: ClassVar = ("accompaniment/{accompaniment_id}|headcount/{owner}/{activity.id}",)
    HANGS_ON: ClassVar = ("ideation.InterviewHeld", "ideation.WorkshopHeld")
    COORDINATOR_WHEN: ClassVar = ("activity.kind", "collective")
    activity: Gathering
    headcount: Qty
    identified: Identified = 0
    source: Text | None = None


class NeedRecorded(Fact):
    """Somebody said what is missing."""

    TYPE: ClassVar = "ideation.NeedRecorded.v1"
    STREAM: ClassVar = "need/{need_id}"
    ENTITIES: ClassVar = ("need/{owner}/{need_id}",)
    need_id: NeedId
    text: Text
    themes: Themes = ()
    concerned: Keys = ()
    unconventional: bool = False
    source: Key | None = None


class NeedCharacterised(Fact):
    """A need was looked into: its size, today's answer, the gap."""

    TYPE: ClassVar = "ideation.NeedCharacterised.v1"
    STREAM: ClassVar = "need/{need_id}"
    ENTITIES: ClassVar = ("need/{owner}/{need_id}",)
    HANGS_ON: ClassVar = ("ideation.NeedRecorded",)
    need_id: NeedId
    size: Qty | None = None
    current_answer: Text
    gap: Text
    unmet: bool


class IdeaProposed(Fact):
    """Somebody proposed an idea, out of needs and resources."""

    TYPE: ClassVar = "ideation.IdeaProposed.v1"
    STREAM: ClassVar = "idea/{idea_id}"
    ENTITIES: ClassVar = ("idea/{owner}/{idea_id}",)
    idea_id: IdeaId
    title: Title
    description: Text | None = None
    needs: Annotated[tuple[NeedId, ...], Field(max_length=bounds.NEEDS)] = ()
    resources: Ids = ()
    themes: Themes = ()
    provenance: Literal["workshop", "interview", "online", "territory", "other_territory"]
    proposer: Key | None = None
    workshop: WorkshopId | None = None


class IdeaShortlisted(Fact):
    """An idea was kept, to be looked into."""

    TYPE: ClassVar = "ideation.IdeaShortlisted.v1"
    STREAM: ClassVar = "idea/{idea_id}"
    ENTITIES: ClassVar = ("idea/{owner}/{idea_id}",)
    HANGS_ON: ClassVar = ("ideation.IdeaProposed",)
    idea_id: IdeaId
    reason: Text | None = None
    body: Title | None = None


class IdeaBatchDeclared(Fact):
    """Ideas known only as a number, from a list kept on paper."""

    TYPE: ClassVar = "ideation.IdeaBatchDeclared.v1"
    STREAM: ClassVar = "batch/{batch_id}"
    ENTITIES: ClassVar = ("batch/{owner}/{batch_id}",)
    batch_id: BatchId
    count: Qty
    themes: Themes = ()
    source: Text


class IdeaSelected(Fact):
    """A body chose one or several ideas for one project: phase 1 ends."""

    TYPE: ClassVar = "ideation.IdeaSelected.v1"
    STREAM: ClassVar = "selection/{project_id}"
    ENTITIES: ClassVar = ("idea/{owner}/{idea_ids[]}",)
    accompaniment_id: Id
    project_id: ProjectId
    idea_ids: Annotated[tuple[IdeaId, ...], Field(min_length=1, max_length=50)]
    decision_body: Title
    project_title: Title
    nature: Literal["creation", "structuring", "consolidation", "network"] = "creation"
