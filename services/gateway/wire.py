"""What a mutation's input becomes on its way to a service."""

from datetime import date
from enum import Enum
from typing import Any

import strawberry

from services.gateway import identity
from services.gateway.inputs import ENVELOPE, Patch, camel


def body(given: Any) -> dict[str, Any]:
    """The service's request body of a mutation's input."""
    fields = wire(given)
    envelope = {camel(name): fields.pop(name) for name in ENVELOPE if name in fields}
    return {**envelope, "input": fields}


def wire(value: Any) -> Any:
    """An input as its service reads it: snake_case names, closed lists by their values, codes for node ids.

    Nothing that is null is sent, except in a patch, where null takes a value away.
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [wire(item) for item in value]
    if hasattr(value, "__strawberry_definition__"):
        said = {key: item for key, item in vars(value).items() if item is not strawberry.UNSET}
        if not isinstance(value, Patch):
            said = {key: item for key, item in said.items() if item is not None}
        return {key.removesuffix("_"): _named(key, wire(item)) for key, item in said.items()}
    return value


def _named(field: str, value: Any) -> Any:
    """Codes for node ids in a field that names objects with a sheet, such as `project_id` or `idea_ids`."""
    kind = field.removesuffix("s").removesuffix("_id").title()
    if kind not in identity.CODES:
        return value
    if isinstance(value, list):
        return [identity.plain(one, kind) for one in value]
    return identity.plain(value, kind) if isinstance(value, str) else value
