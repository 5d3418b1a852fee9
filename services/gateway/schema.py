"""The schema: made once per process, always in the same order."""

import gc
from functools import cache

import strawberry
from graphql import GraphQLInputObjectType, GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from services.gateway.mutations import mutation
from services.gateway.queries import Query
from services.gateway.scalars import SCALARS
from services.gateway.sheets import KINDS
from services.gateway.subscriptions import Subscription


@cache
def schema() -> strawberry.Schema:
    """The whole schema."""
    made = strawberry.Schema(
        query=Query,
        mutation=mutation(),
        subscription=Subscription,
        types=KINDS.values(),
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
    )
    mark_one_of(made._schema)
    # It lives as long as the process, and is most of what the collector walks through when enough has been made anew:
    # a fifth of a second in which nobody is answered.
    gc.collect()
    gc.freeze()
    return made


def mark_one_of(made: GraphQLSchema) -> None:
    """Tells the engine which inputs take exactly one field.

    Strawberry checks this only when such an input is converted: validation would pass it, introspection not show it.
    """
    for kind in made.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            definition = kind.extensions.get("strawberry-definition")
            kind.is_one_of = bool(definition is not None and definition.is_one_of)


def engine_schema() -> GraphQLSchema:
    """The schema as the engine runs it."""
    found: GraphQLSchema = schema()._schema
    return found


def printed() -> str:
    """The schema in its own language, as committed in `schema.graphql`."""
    return schema().as_str().rstrip() + "\n"
