"""What this service reads of others' events: only the fields it uses; the rest is ignored."""

from typing import ClassVar, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.amending.streams import Door
from shared.kernel.amendments import Correction, Void
from shared.kernel.fields import Payload


class IdeaSelected(BaseModel):
    """Ideas were chosen for a project."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    project_id: UUID
    idea_ids: list[UUID]
    project_title: str
    nature: str
    accompaniment_id: UUID
    territory_ids: list[str]
    confidentiality: str = "partners"
    language: str = "fr"


class Heard(Payload):
    """An event of the coordinator's ideation: frozen, unknown fields ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TerritoryRegistered(Heard):
    """A territory may be named here."""

    TYPE: ClassVar = "ideation.TerritoryRegistered.v1"
    STREAM: ClassVar = "territory/{territory_id}"
    territory_id: str
    name: str


class Operator(BaseModel):
    """A member that accompanies."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    member_id: str


class TerritoryAdmitted(Heard):
    """An accompaniment began."""

    TYPE: ClassVar = "ideation.TerritoryAdmitted.v1"
    STREAM: ClassVar = "accompaniment/{accompaniment_id}"
    accompaniment_id: UUID
    territory_id: str
    operators: tuple[Operator, ...] = ()


class OperatorAssigned(Heard):
    """A member became an operator."""

    TYPE: ClassVar = "ideation.OperatorAssigned.v1"
    STREAM: ClassVar = "accompaniment/{accompaniment_id}"
    accompaniment_id: UUID
    territory_id: str
    member_id: str


class OperatorReleased(OperatorAssigned):
    """A member is no longer an operator."""

    TYPE: ClassVar = "ideation.OperatorReleased.v1"


class RecordCorrected(Correction):
    """One of these was wrong."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    TYPE: ClassVar = "ideation.RecordCorrected.v1"


class RecordVoided(Void):
    """One of these never was."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    TYPE: ClassVar = "ideation.RecordVoided.v1"


_HEARD: Final[tuple[type[Payload], ...]] = (
    TerritoryRegistered,
    TerritoryAdmitted,
    OperatorAssigned,
    OperatorReleased,
    RecordCorrected,
    RecordVoided,
)
DOOR: Final = Door("ideation", {kind.TYPE: kind for kind in _HEARD}, lenient=True)
