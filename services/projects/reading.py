"""What this service reads of others' events: only the fields it uses; the rest is ignored."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Heard(BaseModel):
    """A payload heard: frozen, unknown fields ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class IdeaSelected(Heard):
    """Ideas were chosen for a project."""

    project_id: UUID
    idea_ids: list[UUID]
    project_title: str
    nature: str
    accompaniment_id: UUID
    territory_ids: list[str]
