"""What the ideation service records of people, territories and listening. A fact is a fact for ever.

The day a fact happened is an attribute of its record (`occurredon`), not a field of its payload.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from shared.kernel import bounds
from shared.kernel.fields import (
    Code,
    Day,
    Digest,
    Evidences,
    Id,
    Insee,
    Key,
    MemberId,
    Part,
    Payload,
    Qty,
    Rna,
    Share,
    Siren,
    Text,
    Title,
    owned,
)

Codes = Annotated[tuple[Code, ...], Field(max_length=bounds.PLACES)]
Keys = Annotated[tuple[Key, ...], Field(max_length=200)]
Ids = Annotated[tuple[Id, ...], Field(max_length=bounds.NEEDS)]
BatchId = Annotated[Id, owned("batch")]
ProjectId = Annotated[Id, owned("project")]
Category = Literal[
    "elected",
    "public_service",
    "association",
    "company",
    "producer",
    "resident",
    "student",
    "teacher",
    "school",
    "user",
    "expert",
    "network",
    "funder",
]


class Fact(Payload):
    """What every event carries: where, with what evidence, for whom."""

    territory_ids: Codes = ()
    accompaniment_id: Id | None = None
    project_id: ProjectId | None = None
    evidence: Evidences = ()
    confidentiality: Literal["public", "partners", "member"] = "partners"
    language: Literal["fr", "en"] = "fr"


class MemberJoined(Fact):
    """An organisation became a member of the collective."""

    TYPE: ClassVar = "ideation.MemberJoined.v1"
    STREAM: ClassVar = "member/{member_id}"
    ENTITIES: ClassVar = ("member/{member_id}",)
    AUTHORITY: ClassVar = "coordinator"
    member_id: MemberId
    legal_name: Title
    siren: Siren | None = None
    rna: Rna | None = None


class MemberLeft(Fact):
    """A member left the collective."""

    TYPE: ClassVar = "ideation.MemberLeft.v1"
    STREAM: ClassVar = "member/{member_id}"
    ENTITIES: ClassVar = ("member/{member_id}",)
    AUTHORITY: ClassVar = "coordinator"
    member_id: MemberId
    successor: MemberId | None = None


class ProducerKeyIntroduced(Fact):
    """The coordinator made known the public key of a member's service."""

    TYPE: ClassVar = "ideation.ProducerKeyIntroduced.v1"
    STREAM: ClassVar = "producer/{member_id}/{service}"
    ENTITIES: ClassVar = ("producer/{member_id}/{service}",)
    AUTHORITY: ClassVar = "coordinator"
    AMENDABLE: ClassVar = False
    member_id: MemberId
    service: Literal["ideation", "projects"]
    producer: Key
    key_id: Annotated[str, Field(pattern=bounds.written(bounds.KEYID))]
    algorithm: Literal["ed25519"] = "ed25519"
    public_key: Annotated[str, Field(pattern=bounds.written(bounds.SHA256))]


class AdviserAppointed(Fact):
    """A member appointed an adviser, with the share of a full post."""

    TYPE: ClassVar = "ideation.AdviserAppointed.v1"
    STREAM: ClassVar = "adviser/{adviser_id}"
    ENTITIES: ClassVar = ("adviser/{adviser_id}",)
    AUTHORITY: ClassVar = "shared"
    NAMES_OWNER: ClassVar = "member_id"
    adviser_id: Id
    member_id: MemberId
    share: Share


class AdviserDeparted(Fact):
    """An adviser no longer works for the member."""

    TYPE: ClassVar = "ideation.AdviserDeparted.v1"
    STREAM: ClassVar = "adviser/{adviser_id}"
    ENTITIES: ClassVar = ("adviser/{adviser_id}",)
    AUTHORITY: ClassVar = "shared"
    NAMES_OWNER: ClassVar = "member_id"
    adviser_id: Id
    member_id: MemberId


class AdviserAssigned(Fact):
    """An adviser was assigned to an accompaniment or to a project."""

    TYPE: ClassVar = "ideation.AdviserAssigned.v1"
    STREAM: ClassVar = "adviser/{adviser_id}"
    ENTITIES: ClassVar = ("adviser/{adviser_id}",)
    AUTHORITY: ClassVar = "shared"
    adviser_id: Id
    share: Share


class AdviserUnassigned(Fact):
    """An adviser's assignment ended."""

    TYPE: ClassVar = "ideation.AdviserUnassigned.v1"
    STREAM: ClassVar = "adviser/{adviser_id}"
    ENTITIES: ClassVar = ("adviser/{adviser_id}",)
    AUTHORITY: ClassVar = "shared"
    adviser_id: Id


class AdviserBatchDeclared(Fact):
    """Advisers known only as a number."""

    TYPE: ClassVar = "ideation.AdviserBatchDeclared.v1"
    STREAM: ClassVar = "batch/{batch_id}"
    ENTITIES: ClassVar = ("batch/{owner}/{batch_id}",)
    NAMES_OWNER: ClassVar = "member_id"
    COORDINATOR_NAMES_ANY: ClassVar = True
    batch_id: BatchId
    count: Qty
    source: Text
    member_id: MemberId | None = None


class EpciLink(Part):
    """How a territory relates to a group of communes with own taxation."""

    siren: Siren
    relation: Literal["is", "part", "member_of", "contains", "overlaps"]


class Zoning(Part):
    """A dated zoning, such as rural revitalisation."""

    code: Code
    since: Day | None = None


class TerritoryRegistered(Fact):
    """A territory was entered in the register, with its official codes."""

    TYPE: ClassVar = "ideation.TerritoryRegistered.v1"
    STREAM: ClassVar = "territory/{territory_id}"
    ENTITIES: ClassVar = ("territory/{territory_id}",)
    AUTHORITY: ClassVar = "coordinator"
    territory_id: Code
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
    name: Title
    siren: Siren | None = None
    insee: Annotated[tuple[Insee, ...], Field(max_length=400)] = ()
    cog_vintage: Day | None = None
    population: Annotated[int, Field(ge=0, le=bounds.PEOPLE)] | None = None
    parts: Codes = ()
    epci_links: Annotated[tuple[EpciLink, ...], Field(max_length=50)] = ()
    zonings: Annotated[tuple[Zoning, ...], Field(max_length=20)] = ()
    note: Text | None = None


class Operator(Part):
    """A member that accompanies, leading or in support."""

    member_id: MemberId
    role: Literal["lead", "support"] = "lead"


class TerritoryAdmitted(Fact):
    """The collective admitted a territory: an accompaniment begins."""

    TYPE: ClassVar = "ideation.TerritoryAdmitted.v1"
    STREAM: ClassVar = "accompaniment/{accompaniment_id}"
    ENTITIES: ClassVar = ("territory/{territory_id}", "accompaniment/{accompaniment_id}")
    AUTHORITY: ClassVar = "coordinator"
    accompaniment_id: Id
    territory_id: Code
    operators: Annotated[tuple[Operator, ...], Field(max_length=20)] = ()
    convention: Key | None = None
    method_version: Key | None = None


class OperatorAssigned(Fact):
    """A member became an operator of an accompaniment."""

    TYPE: ClassVar = "ideation.OperatorAssigned.v1"
    STREAM: ClassVar = "accompaniment/{accompaniment_id}"
    ENTITIES: ClassVar = ("territory/{territory_id}", "accompaniment/{accompaniment_id}")
    AUTHORITY: ClassVar = "coordinator"
    HANGS_ON: ClassVar = ("ideation.TerritoryAdmitted",)
    accompaniment_id: Id
    territory_id: Code
    member_id: MemberId
    role: Literal["lead", "support"] = "lead"


class OperatorReleased(Fact):
    """A member is no longer an operator of an accompaniment."""

    TYPE: ClassVar = "ideation.OperatorReleased.v1"
    STREAM: ClassVar = "accompaniment/{accompaniment_id}"
    ENTITIES: ClassVar = ("territory/{territory_id}", "accompaniment/{accompaniment_id}")
    AUTHORITY: ClassVar = "coordinator"
    HANGS_ON: ClassVar = ("ideation.TerritoryAdmitted",)
    accompaniment_id: Id
    territory_id: Code
    member_id: MemberId
    handover_to: MemberId | None = None


class ActorRegistered(Fact):
    """A local actor is known under a pseudonym: a person or an organisation."""

    TYPE: ClassVar = "ideation.ActorRegistered.v1"
    STREAM: ClassVar = "actor/{actor_id}"
    ENTITIES: ClassVar = ("actor/{actor_id}",)
    AUTHORITY: ClassVar = "shared"
    actor_id: Id
    kind: Literal["person", "organisation"]
    category: Category
    match_key: Digest | None = None
    siren: Siren | None = None
    rna: Rna | None = None
    consent: Literal["given", "not_asked", "refused"] = "not_asked"
