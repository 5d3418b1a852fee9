"""What figures and sheets read of each payload: the fields they use, typed, one shape per event.

A payload that lacks one, or has it otherwise, breaks its contract here and is parked.
"""

from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from shared.kernel.dates import PRECISIONS

Word = Annotated[str, msgspec.Meta(min_length=1)]
Words = tuple[Word, ...]
Whole = Annotated[int, msgspec.Meta(ge=0)]
Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,12})?$")]
Positive = Annotated[str, msgspec.Meta(pattern=r"^(?=.*[1-9])[0-9]{1,12}(\.[0-9]{1,12})?$")]


class Part(msgspec.Struct, frozen=True, gc=False):
    """A part of a payload; what is not declared is ignored."""


class Qty(Part, frozen=True, gc=False):
    """A number and how well it is known."""

    value: Whole
    precision: Literal["exact", "approx", "at_least"]


class Placed(Part, frozen=True, gc=False):
    """Every event names its territories, and the accompaniment and project it has."""

    territory_ids: Words = ()
    accompaniment_id: Word | None = None
    project_id: Word | None = None


Said = TypeVar("Said", bound=Placed, covariant=True)


class KeyIntroduced(Placed, frozen=True, gc=False, kw_only=True):
    """A producer's public key."""

    producer: Word
    public_key: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class AdviserAppointed(Placed, frozen=True, gc=False, kw_only=True):
    """An adviser appointed by a member, with a share of a full post."""

    member_id: Word
    share: Number


class AdviserDeparted(Placed, frozen=True, gc=False, kw_only=True):
    """An adviser departed from a member."""

    member_id: Word


class AdviserAssigned(Placed, frozen=True, gc=False):
    """An adviser assigned to an accompaniment or a project."""


class AdviserUnassigned(Placed, frozen=True, gc=False):
    """The end of an assignment."""


class AdviserBatch(Placed, frozen=True, gc=False, kw_only=True):
    """Advisers as a number."""

    count: Qty
    member_id: Word | None = None


class EpciLink(Part, frozen=True, gc=False):
    """How a territory relates to a group of communes."""

    siren: Word
    relation: Word


class Registered(Placed, frozen=True, gc=False, kw_only=True):
    """A territory."""

    territory_id: Word
    name: Word
    kind: Word
    siren: str | None = None
    insee: tuple[str, ...] = ()
    population: Whole | None = None
    epci_links: tuple[EpciLink, ...] = ()


class Operator(Part, frozen=True, gc=False):
    """A member that accompanies."""

    member_id: Word


class Admitted(Placed, frozen=True, gc=False, kw_only=True):
    """An accompaniment."""

    territory_id: Word
    accompaniment_id: Word
    operators: tuple[Operator, ...] = ()


class OfOperator(Placed, frozen=True, gc=False, kw_only=True):
    """A fact of one operator of an accompaniment."""

    territory_id: Word
    accompaniment_id: Word
    member_id: Word


class OperatorAssigned(OfOperator, frozen=True, gc=False, kw_only=True):
    """A member became an operator."""


class OperatorReleased(OfOperator, frozen=True, gc=False, kw_only=True):
    """A member is no longer an operator."""


class Actor(Placed, frozen=True, gc=False, kw_only=True):
    """A local actor."""

    kind: Literal["person", "organisation"]


class Participation(Placed, frozen=True, gc=False):
    """An actor took part."""


class Activity(Part, frozen=True, gc=False):
    """A gathering."""

    kind: Literal["interview", "workshop", "other", "collective"]
    id: Word


class Headcount(Placed, frozen=True, gc=False, kw_only=True):
    """How many took part."""

    activity: Activity
    headcount: Qty
    identified: Whole = 0


class Characterised(Placed, frozen=True, gc=False):
    """A need looked into."""


class Interview(Placed, frozen=True, gc=False):
    """An interview held."""


class Workshop(Placed, frozen=True, gc=False):
    """A workshop held."""


class Proposed(Placed, frozen=True, gc=False, kw_only=True):
    """An idea."""

    title: Word
    provenance: Word
    description: str | None = None
    themes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class Shortlisted(Placed, frozen=True, gc=False):
    """An idea kept."""


class Selected(Placed, frozen=True, gc=False, kw_only=True):
    """Ideas chosen for a project."""

    project_id: Word
    idea_ids: Words


class IdeaBatch(Placed, frozen=True, gc=False, kw_only=True):
    """Ideas as a number."""

    count: Qty


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
    weekly_hours: Number | None = None
    expected_end: date | None = None


class JobEnd(OfProject, frozen=True, gc=False, kw_only=True):
    """A post ended."""

    job_id: Word


class ProjectBatch(Placed, frozen=True, gc=False, kw_only=True):
    """Projects as a number."""

    count: Qty
    stage: Literal["completed", "nearing", "completed_or_nearing"]


class JobBatch(Placed, frozen=True, gc=False, kw_only=True):
    """Jobs as a number."""

    count: Qty
    kind: Literal["created", "consolidated"]


class Target(Part, frozen=True, gc=False):
    """The original of an amendment."""

    source: Word
    sequence: int
    type: Word
    entities: tuple[str, ...]


class Amending(Placed, frozen=True, gc=False, kw_only=True):
    """What speaks of another record."""

    target: Target


class Replacement(Part, frozen=True, gc=False):
    """What holds instead; `data` is read by the original's shape."""

    data: dict[str, Any] | None = None
    occurred_on: date | None = None
    occurred_precision: Literal[PRECISIONS] | None = None  # type: ignore[valid-type]


class Corrected(Amending, frozen=True, gc=False, kw_only=True):
    """A correction."""

    replacement: Replacement


class Voided(Amending, frozen=True, gc=False, kw_only=True):
    """A void."""


SHAPES: Final[dict[str, type[Placed]]] = {
    "ideation.ProducerKeyIntroduced.v1": KeyIntroduced,
    "ideation.AdviserAppointed.v1": AdviserAppointed,
    "ideation.AdviserDeparted.v1": AdviserDeparted,
    "ideation.AdviserAssigned.v1": AdviserAssigned,
    "ideation.AdviserUnassigned.v1": AdviserUnassigned,
    "ideation.AdviserBatchDeclared.v1": AdviserBatch,
    "ideation.TerritoryRegistered.v1": Registered,
    "ideation.TerritoryAdmitted.v1": Admitted,
    "ideation.OperatorAssigned.v1": OperatorAssigned,
    "ideation.OperatorReleased.v1": OperatorReleased,
    "ideation.ActorRegistered.v1": Actor,
    "ideation.ParticipationRecorded.v1": Participation,
    "ideation.HeadcountDeclared.v1": Headcount,
    "ideation.NeedCharacterised.v1": Characterised,
    "ideation.InterviewHeld.v1": Interview,
    "ideation.WorkshopHeld.v1": Workshop,
    "ideation.IdeaProposed.v1": Proposed,
    "ideation.IdeaShortlisted.v1": Shortlisted,
    "ideation.IdeaSelected.v1": Selected,
    "ideation.IdeaBatchDeclared.v1": IdeaBatch,
    "ideation.RecordCorrected.v1": Corrected,
    "ideation.RecordVoided.v1": Voided,
    "projects.ProjectOpened.v1": Opened,
    "projects.ProjectHolderIdentified.v1": Holder,
    "projects.ProjectQualified.v1": Qualified,
    "projects.LaunchPhaseOpened.v1": Launched,
    "projects.ProjectNearingDeclared.v1": Nearing,
    "projects.ProjectAbandoned.v1": Abandoned,
    "projects.ProjectPaused.v1": Paused,
    "projects.ProjectResumed.v1": Resumed,
    "projects.ActivityStarted.v1": Started,
    "projects.ActivityCeased.v1": Ceased,
    "projects.JobCreated.v1": Job,
    "projects.JobEnded.v1": JobEnd,
    "projects.ProjectBatchDeclared.v1": ProjectBatch,
    "projects.JobBatchDeclared.v1": JobBatch,
    "projects.RecordCorrected.v1": Corrected,
    "projects.RecordVoided.v1": Voided,
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
