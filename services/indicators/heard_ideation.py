"""What figures and sheets read of the ideation service: of each event the fields they use."""

from typing import Annotated, Literal

import msgspec

from services.indicators.heard import (
    ABSENT,
    Absent,
    Batch,
    Code,
    Id,
    Insee,
    Key,
    Member,
    Part,
    Placed,
    PublicKey,
    Qty,
    Share,
    Siren,
    Text,
    Title,
    Whole,
)
from shared.kernel import bounds


class Joined(Placed, frozen=True, gc=False, kw_only=True):
    """A member of the collective."""

    member_id: Member
    legal_name: Title
    siren: Siren | Absent = ABSENT


class Left(Placed, frozen=True, gc=False, kw_only=True):
    """A member that left."""

    member_id: Member


class KeyIntroduced(Placed, frozen=True, gc=False, kw_only=True):
    """A producer's public key."""

    member_id: Member
    service: Literal["ideation", "projects"]
    producer: Key
    public_key: PublicKey


class OfAdviser(Placed, frozen=True, gc=False, kw_only=True):
    """What a member says of an adviser of its own."""

    adviser_id: Id


class AdviserAppointed(OfAdviser, frozen=True, gc=False, kw_only=True):
    """An adviser appointed, with a share of a full post."""

    member_id: Member
    share: Share


class AdviserDeparted(OfAdviser, frozen=True, gc=False, kw_only=True):
    """An adviser departed."""

    member_id: Member


class AdviserAssigned(OfAdviser, frozen=True, gc=False, kw_only=True):
    """An adviser assigned to an accompaniment or a project."""


class AdviserUnassigned(OfAdviser, frozen=True, gc=False, kw_only=True):
    """The end of an assignment."""


class AdviserBatch(Batch, frozen=True, gc=False, kw_only=True):
    """Advisers as a number."""

    member_id: Member | Absent = ABSENT


class EpciLink(Part, frozen=True, gc=False):
    """How a territory relates to a group of communes."""

    siren: Siren
    relation: Literal["is", "part", "member_of", "contains", "overlaps"]


class Registered(Placed, frozen=True, gc=False, kw_only=True):
    """A territory."""

    territory_id: Code
    name: Title
    kind: Literal[
        "commune",
        "commune_nouvelle",
        "cc",
        "ca",
        "cu",
        "metropole",
        "petr_pays",
        "syndicat_mixte",
        "department",
        "district",
        "partnership",
    ]
    siren: Siren | Absent = ABSENT
    insee: Annotated[tuple[Insee, ...], msgspec.Meta(max_length=400)] = ()
    population: Annotated[int, msgspec.Meta(ge=0, le=bounds.PEOPLE)] | Absent = ABSENT
    epci_links: Annotated[tuple[EpciLink, ...], msgspec.Meta(max_length=50)] = ()


class Operator(Part, frozen=True, gc=False):
    """A member that accompanies."""

    member_id: Member
    role: Literal["lead", "support"] = "lead"


class Admitted(Placed, frozen=True, gc=False, kw_only=True):
    """An accompaniment."""

    territory_id: Code
    accompaniment_id: Id
    operators: Annotated[tuple[Operator, ...], msgspec.Meta(max_length=20)] = ()


class OfOperator(Placed, frozen=True, gc=False, kw_only=True):
    """A fact of one operator of an accompaniment."""

    territory_id: Code
    accompaniment_id: Id
    member_id: Member


class OperatorAssigned(OfOperator, frozen=True, gc=False, kw_only=True):
    """A member became an operator."""


class OperatorReleased(OfOperator, frozen=True, gc=False, kw_only=True):
    """A member is no longer an operator."""


class Actor(Placed, frozen=True, gc=False, kw_only=True):
    """A local actor."""

    actor_id: Id
    kind: Literal["person", "organisation"]


class Gathering(Part, frozen=True, gc=False):
    """What people took part in."""

    kind: Literal["interview", "workshop", "other", "collective"]
    id: Id


class Participation(Placed, frozen=True, gc=False, kw_only=True):
    """An actor took part."""

    actor_id: Id
    activity: Gathering


class Headcount(Placed, frozen=True, gc=False, kw_only=True):
    """How many took part."""

    activity: Gathering
    headcount: Qty
    identified: Whole = 0


class OfNeed(Placed, frozen=True, gc=False, kw_only=True):
    """A fact of a need."""

    need_id: Id


class Needed(OfNeed, frozen=True, gc=False, kw_only=True):
    """A need recorded."""


class Characterised(OfNeed, frozen=True, gc=False, kw_only=True):
    """A need looked into."""


class Interview(Placed, frozen=True, gc=False, kw_only=True):
    """An interview held."""

    interview_id: Id


class OfWorkshop(Placed, frozen=True, gc=False, kw_only=True):
    """A fact of a workshop."""

    workshop_id: Id


class Workshop(OfWorkshop, frozen=True, gc=False, kw_only=True):
    """A workshop held."""


class OfIdea(Placed, frozen=True, gc=False, kw_only=True):
    """A fact of an idea."""

    idea_id: Id


class Proposed(OfIdea, frozen=True, gc=False, kw_only=True):
    """An idea."""

    title: Title
    provenance: Literal["workshop", "interview", "online", "territory", "other_territory"]
    description: Text | Absent = ABSENT
    themes: Annotated[tuple[Key, ...], msgspec.Meta(max_length=bounds.THEMES)] = ()
    needs: Annotated[tuple[Id, ...], msgspec.Meta(max_length=bounds.NEEDS)] = ()


class Shortlisted(OfIdea, frozen=True, gc=False, kw_only=True):
    """An idea kept."""


class Selected(Placed, frozen=True, gc=False, kw_only=True):
    """Ideas chosen for a project."""

    project_id: Id
    idea_ids: Annotated[tuple[Id, ...], msgspec.Meta(min_length=1, max_length=50)]


class IdeaBatch(Batch, frozen=True, gc=False, kw_only=True):
    """Ideas as a number."""
