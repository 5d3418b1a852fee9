"""The schema: made once per process, always in the same order."""

from collections.abc import Iterable
from functools import cache

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from services.gateway.mutations import mutation
from services.gateway.nodes import Idea, Project, Territory
from services.gateway.queries import Query
from services.gateway.scalars import SCALARS
from services.gateway.subscriptions import Subscription


@cache
def schema() -> strawberry.Schema:
    """The whole schema."""
    types: Iterable[type] = (Territory, Idea, Project)
    return strawberry.Schema(
        query=Query,
        mutation=mutation(),
        subscription=Subscription,
        types=types,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )


def engine_schema() -> GraphQLSchema:
    """The schema as the engine runs it."""
    found: GraphQLSchema = schema()._schema
    return found


def printed() -> str:
    """The schema in its own language, as committed in `schema.graphql`."""
    return schema().as_str().rstrip() + "\n"
