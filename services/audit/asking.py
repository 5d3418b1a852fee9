"""The gateway's figures: every indicator of the catalogue, with the position that an answer reflects."""

from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from services.audit import canonical
from services.audit.answers import Answer, number, numbers
from services.audit.catalogue import indicators
from services.audit.findings import Altered, Missing
from services.audit.posting import Unknown, post

_ROOTS: Final = 5
_IDS: Final = 100
_FIELDS: Final = """
  asOf { position date } complete parked setAside { source code records }
  items { indicator value low high precision parts { indicator value precision }
    beside { indicator value precision } }
"""


def ask(gateway: str, scopes: Sequence[str], days: Sequence[date]) -> list[Answer]:
    """The figures of each scope at each day, the region first. Raises Missing when the gateway gives none."""
    found: list[Answer] = []
    for day in days:
        of_day: list[Answer] = []
        for group in _several(scopes, _ROOTS):
            _ask(gateway, group, day, of_day)
        found += of_day
    return found


def _ask(gateway: str, scopes: Sequence[str], day: date, found: list[Answer]) -> None:
    """Adds the answers for these scopes; where one of them is unknown, they are asked for one by one."""
    try:
        found += _answers(post(gateway, *query(scopes, day)), scopes)
    except Unknown:
        if len(scopes) > 1:
            for scope in scopes:
                _ask(gateway, [scope], day, found)
        elif found:
            found.append(Answer.refused(scopes[0], found[0]))
        else:
            raise Missing("gateway.refused", f"{scopes[0]} is unknown to the gateway") from None


def query(scopes: Sequence[str], day: date) -> tuple[str, dict[str, Any]]:
    """One operation for several scopes; what comes from records travels as variables only."""
    variables: dict[str, Any] = {"day": day.isoformat()}
    declared, fields, roots = ["$day: Date!"], "", ""
    for place, ids in enumerate(_several(indicators(), _IDS)):
        variables[f"i{place}"] = list(ids)
        declared.append(f"$i{place}: [String!]!")
        fields += f"  i{place}: indicators(ids: $i{place}) {{ indicator value precision }}\n"
    for place, scope in enumerate(scopes):
        kind, _, name = scope.partition("/")
        given = "asOf: {date: $day}"
        if name:
            variables[f"s{place}"] = name
            declared.append(f"$s{place}: String!")
            given = f"{kind}: $s{place}, {given}"
        roots += f"  f{place}: figures({given}) {{ ...All }}\n"
    operation = f"query Audit({', '.join(declared)}) {{\n{roots}}}\n"
    return f"{operation}fragment All on Figures {{{_FIELDS}{fields}}}", variables


def _several(names: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), most):
        yield names[start : start + most]


def _answers(data: Mapping[str, Any], scopes: Sequence[str]) -> list[Answer]:
    try:
        return [_answer(scope, data[f"f{place}"]) for place, scope in enumerate(scopes)]
    except (AttributeError, KeyError, TypeError, ValueError, Altered) as why:
        raise Missing("gateway.form", f"an answer that cannot be read: {why!r}"[:200]) from None


def _answer(scope: str, found: Mapping[str, Any]) -> Answer:
    counted = [one for place, _ in enumerate(_several(indicators(), _IDS)) for one in found[f"i{place}"]]
    token = found["asOf"]["position"]
    return Answer(
        scope,
        date.fromisoformat(found["asOf"]["date"]),
        True,
        numbers(canonical.read(urlsafe_b64decode(token + "=" * (-len(token) % 4)))),
        bool(found["complete"]),
        number(found["parked"]),
        {f"{one['source']} {one['code']}": number(one["records"]) for one in found["setAside"]},
        {str(one["indicator"]): number(one["value"]) for one in counted},
        {str(one["indicator"]): str(one["precision"]).lower() for one in counted},
        {str(one["indicator"]): (number(one["low"]), number(one["high"])) for one in found["items"]},
        tuple(
            (str(one["indicator"]), number(one["value"]), str(one["precision"]).lower())
            for item in found["items"]
            for one in (item, *item["parts"], *item["beside"])
        ),
    )
