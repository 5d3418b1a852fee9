"""What figures and sheets read of the ideation service: of each event the fields they use."""

from typing import Annotated, Literal

import msgspec

from services.indicators.heard import Number, Part, Placed, Qty, Whole, Word, Words


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
