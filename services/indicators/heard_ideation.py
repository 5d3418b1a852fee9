"""What figures and sheets read of the ideation service: of each event the fields they use."""

from typing import Annotated, Literal

import msgspec

from services.indicators.heard import ABSENT, Absent, Batch, Number, Part, Placed, Qty, Whole, Word, Words


class Joined(Placed, frozen=True, gc=False, kw_only=True):
    """A member of the collective."""

    member_id: Word
    legal_name: Word
    siren: str | Absent = ABSENT


class Left(Placed, frozen=True, gc=False, kw_only=True):
    """A member that left."""

    member_id: Word


class KeyIntroduced(Placed, frozen=True, gc=False, kw_only=True):
    """A producer's public key."""

    member_id: Word
    service: Word
    producer: Word
    public_key: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class OfAdviser(Placed, frozen=True, gc=False, kw_only=True):
    """What a member says of an adviser of its own."""

    adviser_id: Word


class AdviserAppointed(OfAdviser, frozen=True, gc=False, kw_only=True):
    """An adviser appointed, with a share of a full post."""

    member_id: Word
    share: Number


class AdviserDeparted(OfAdviser, frozen=True, gc=False, kw_only=True):
    """An adviser departed."""

    member_id: Word


class AdviserAssigned(OfAdviser, frozen=True, gc=False, kw_only=True):
    """An adviser assigned to an accompaniment or a project."""


class AdviserUnassigned(OfAdviser, frozen=True, gc=False, kw_only=True):
    """The end of an assignment."""


class AdviserBatch(Batch, frozen=True, gc=False, kw_only=True):
    """Advisers as a number."""

    member_id: Word | Absent = ABSENT


class EpciLink(Part, frozen=True, gc=False):
    """How a territory relates to a group of communes."""

    siren: Word
    relation: Word


class Registered(Placed, frozen=True, gc=False, kw_only=True):
    """A territory."""

    territory_id: Word
    name: Word
    kind: Word
    siren: str | Absent = ABSENT
    insee: tuple[str, ...] = ()
    population: Annotated[int, msgspec.Meta(ge=0)] | Absent = ABSENT
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

    actor_id: Word
    kind: Literal["person", "organisation"]


class Gathering(Part, frozen=True, gc=False):
    """What people took part in."""

    kind: Literal["interview", "workshop", "other", "collective"]
    id: Word


class Participation(Placed, frozen=True, gc=False, kw_only=True):
    """An actor took part."""

    actor_id: Word
    activity: Gathering


class Headcount(Placed, frozen=True, gc=False, kw_only=True):
    """How many took part."""

    activity: Gathering
    headcount: Qty
    identified: Whole = 0


class OfNeed(Placed, frozen=True, gc=False, kw_only=True):
    """A fact of a need."""

    need_id: Word


class Needed(OfNeed, frozen=True, gc=False, kw_only=True):
    """A need recorded."""


class Characterised(OfNeed, frozen=True, gc=False, kw_only=True):
    """A need looked into."""


class Interview(Placed, frozen=True, gc=False, kw_only=True):
    """An interview held."""

    interview_id: Word


class OfWorkshop(Placed, frozen=True, gc=False, kw_only=True):
    """A fact of a workshop."""

    workshop_id: Word


class Workshop(OfWorkshop, frozen=True, gc=False, kw_only=True):
    """A workshop held."""


class OfIdea(Placed, frozen=True, gc=False, kw_only=True):
    """A fact of an idea."""

    idea_id: Word


class Proposed(OfIdea, frozen=True, gc=False, kw_only=True):
    """An idea."""

    title: Word
    provenance: Word
    description: str | Absent = ABSENT
    themes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class Shortlisted(OfIdea, frozen=True, gc=False, kw_only=True):
    """An idea kept."""


class Selected(Placed, frozen=True, gc=False, kw_only=True):
    """Ideas chosen for a project."""

    project_id: Word
    idea_ids: Words


class IdeaBatch(Batch, frozen=True, gc=False, kw_only=True):
    """Ideas as a number."""
