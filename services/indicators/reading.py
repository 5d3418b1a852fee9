"""What the figures read of each payload: the fields they use, typed; a payload that lacks one is parked."""

from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec

from shared.kernel.dates import PRECISIONS


class Qty(msgspec.Struct, frozen=True):
    """A number and how well it is known."""

    value: int
    precision: Literal["exact", "approx", "at_least"]


class Placed(msgspec.Struct, frozen=True):
    """Every event names its territories."""

    territory_ids: list[str]


class Batch(Placed, frozen=True):
    """A number without identity."""

    count: Qty


class ProjectBatch(Batch, frozen=True):
    """Projects as a number."""

    stage: Literal["completed", "nearing", "completed_or_nearing"]


class JobBatch(Batch, frozen=True):
    """Jobs as a number."""

    kind: Literal["created", "consolidated"]


class Appointed(Placed, frozen=True):
    """An adviser appointed or departed."""

    adviser_id: str
    member_id: str


class Registered(Placed, frozen=True):
    """A territory."""

    territory_id: str
    name: str
    kind: str


class Admitted(Placed, frozen=True):
    """An accompaniment."""

    territory_id: str
    accompaniment_id: str
    operators: list[dict[str, str]]


class Actor(Placed, frozen=True):
    """A local actor."""

    actor_id: str
    kind: Literal["person", "organisation"]


class Activity(msgspec.Struct, frozen=True):
    """A gathering."""

    kind: str
    id: str


class Participation(Placed, frozen=True):
    """Somebody took part."""

    actor_id: str
    activity: Activity


class Headcount(Placed, frozen=True):
    """How many took part."""

    activity: Activity
    headcount: Qty
    identified: int


class Selected(Placed, frozen=True):
    """Ideas chosen."""

    idea_ids: list[str]
    project_id: str


class Opened(Placed, frozen=True):
    """A project opened."""

    project_id: str
    member_id: str
    title: str
    nature: str
    origin_kind: str


class OfProject(Placed, frozen=True):
    """A fact of a project."""

    project_id: str


class OfActivity(OfProject, frozen=True):
    """A fact of a project's activity."""

    activity_id: str


class Job(OfActivity, frozen=True):
    """A post created."""

    job_id: str
    contract: str
    starts: date
    reference_hours: Decimal
    weekly_hours: Decimal | None = None
    expected_end: date | None = None


class JobEnd(OfActivity, frozen=True):
    """A post ended."""

    job_id: str


class Target(msgspec.Struct, frozen=True):
    """The original of an amendment."""

    source: str
    sequence: int
    type: str
    entities: list[str]


class Replacement(msgspec.Struct, frozen=True):
    """What holds instead."""

    data: dict[str, Any] | None = None
    occurred_on: date | None = None
    occurred_precision: Literal[PRECISIONS] | None = None  # type: ignore[valid-type]


class Corrected(Placed, frozen=True):
    """A correction."""

    target: Target
    replacement: Replacement


class Voided(Placed, frozen=True):
    """A void."""

    target: Target


class Key(Placed, frozen=True):
    """A producer's public key."""

    producer: str
    public_key: str


SHAPES: Final[dict[str, type[Placed]]] = {
    "ideation.ProducerKeyIntroduced.v1": Key,
    "ideation.AdviserAppointed.v1": Appointed,
    "ideation.AdviserDeparted.v1": Appointed,
    "ideation.AdviserBatchDeclared.v1": Batch,
    "ideation.TerritoryRegistered.v1": Registered,
    "ideation.TerritoryAdmitted.v1": Admitted,
    "ideation.ActorRegistered.v1": Actor,
    "ideation.ParticipationRecorded.v1": Participation,
    "ideation.HeadcountDeclared.v1": Headcount,
    "ideation.IdeaBatchDeclared.v1": Batch,
    "ideation.IdeaSelected.v1": Selected,
    "ideation.RecordCorrected.v1": Corrected,
    "ideation.RecordVoided.v1": Voided,
    "projects.ProjectOpened.v1": Opened,
    "projects.ActivityStarted.v1": OfActivity,
    "projects.ActivityCeased.v1": OfActivity,
    "projects.JobCreated.v1": Job,
    "projects.JobEnded.v1": JobEnd,
    "projects.ProjectBatchDeclared.v1": ProjectBatch,
    "projects.JobBatchDeclared.v1": JobBatch,
    "projects.RecordCorrected.v1": Corrected,
    "projects.RecordVoided.v1": Voided,
}


_DECODERS: Final = {kind: msgspec.json.Decoder(shape) for kind, shape in SHAPES.items()}
_ANY: Final = msgspec.json.Decoder(Placed)
_ENCODER: Final = msgspec.json.Encoder()


def check(kind: str, data: bytes) -> None:
    """Raises msgspec.ValidationError if the payload lacks what the figures read of it, or a correction would."""
    read = _DECODERS.get(kind, _ANY).decode(data)
    if isinstance(read, Job) and not read.reference_hours > 0:
        raise msgspec.ValidationError("reference_hours must be above zero")
    if isinstance(read, Corrected) and read.replacement.data is not None:
        if kind.rpartition(".")[0] == read.target.type.rpartition(".")[0]:
            raise msgspec.ValidationError("an amendment is not corrected")
        check(read.target.type, _ENCODER.encode(read.replacement.data))
