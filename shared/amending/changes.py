"""The fields of a correction: merged into what holds now, read as the command's own input, compared afterwards."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from shared.amending import refusals
from shared.kernel import canonical
from shared.kernel.amendments import Amending, Correction
from shared.kernel.decider import RecordedEvent, Spec
from shared.kernel.fields import Occurred, Payload
from shared.kernel.invalid import not_canonical, refusal

M = TypeVar("M", bound=BaseModel)
# What an amendment says of itself. Its other fields are those that every fact has: where, and for whom.
_ITS_OWN: Final = frozenset({*Correction.model_fields, "reason", "evidence"})
_IDS: Final = ("_id", "_ids")


def merged(
    given: Mapping[str, Mapping[str, Any]], original: RecordedEvent[Payload], spec: Spec[Any, Any], owner: str
) -> tuple[BaseModel, date, str]:
    """The command as it would have been given, with its date: what holds now, with the named fields changed.

    Raises Refused: `correction.other_command`, `input.invalid`, `input.unknown_field`, `<object>.foreign`.
    """
    ((name, fields),) = given.items()
    if name != spec.name:
        raise refusals.other_command(spec.name)
    patch = dict(fields)
    occurred_on, precision = original.occurred_on, original.precision
    if "occurred_on" in patch:
        said = _read(Occurred, patch.pop("occurred_on"), (name, "occurred_on"), owner)
        occurred_on, precision = said.date, said.precision
    unknown = sorted(patch.keys() - type(original.fact).model_fields.keys())
    if unknown:
        raise refusals.unknown_field(("changes", name, unknown[0]))
    whole = {**original.fact.payload(), **patch}
    known = {field: value for field, value in whole.items() if value is not None}
    return _read(spec.model, known, (name,), owner), occurred_on, precision


def command_of(spec: Spec[Any, Any], fact: Payload) -> Any:
    """The command that would record this fact."""
    return spec.model.model_validate_json(canonical.encode(fact.payload()), strict=True)


def standing(fact: Payload) -> frozenset[str]:
    """The ids that a fact names: what they stand for was as it had to be when the fact was recorded."""
    return frozenset(_ids(fact.payload()))


def _ids(value: Any, named: bool = False) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _ids(one, name.endswith(_IDS))
    elif isinstance(value, list):
        for one in value:
            yield from _ids(one, named)
    elif named and isinstance(value, str):
        yield value


def differing(original: RecordedEvent[Payload], fact: Payload, occurred_on: date, precision: str) -> tuple[str, ...]:
    """The names of what a correction changes, `occurred_on` for the date."""
    before, after = original.fact.payload(), fact.payload()
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if (occurred_on, precision) != (original.occurred_on, original.precision):
        names.add("occurred_on")
    return tuple(sorted(names))


def common(kind: type[Amending], fact: Payload) -> dict[str, Any]:
    """The dimensions of a fact, which its amendment has too."""
    names = [name for name in kind.model_fields if name not in _ITS_OWN]
    return {name: value for name in names if (value := getattr(fact, name, None)) is not None}


def _read(kind: type[M], value: Any, path: tuple[str, ...], owner: str) -> M:
    try:
        return kind.model_validate_json(canonical.encode(value), strict=True, context={"member": owner})
    except ValidationError as error:
        raise refusal(error, ("changes", *path)) from None
    except canonical.NotCanonical as error:
        raise not_canonical(error, ("changes", *path)) from None
