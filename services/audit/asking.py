"""The gateway's figures: every indicator of the catalogue, with the position that an answer reflects.

What is asked together and in which order is drawn for each question, in which words for each audit: an answer that was
kept for the auditor's question is of no use, and one that was kept for a dashboard's is not asked for.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.audit import canonical
from services.audit.answers import Answer, number, numbers, truth
from services.audit.catalogue import indicators
from services.audit.clients import Dice
from services.audit.findings import Missing
from services.audit.posting import Gateway, Unknown, readable

_ROOTS: Final = 5
_IDS: Final = 100
_ALIASES: Final = 15
# How long an answer may be late: seconds, and the pause before it is asked for again.
PATIENCE: Final = 20.0
_PAUSE: Final = 0.5
_NUMBERS: Final = ("indicator", "value", "precision")
Question = tuple[str, date]
Late = Callable[[Answer], bool]


@dataclass(frozen=True, slots=True)
class Root:
    """One root field of an operation: what it is called there, and what its lists of indicators are called."""

    name: str
    question: Question
    lists: Sequence[str]


def ask(
    gateway: Gateway,
    scopes: Sequence[str],
    days: Sequence[date],
    dice: Dice,
    late: Late = lambda answer: False,
) -> list[Answer]:
    """The figures of each scope at each day. Raises Missing when the gateway gives none.

    Answers that are `late` are asked for again for a while, and then taken as they are.
    """
    asked = [(scope, day) for day in days for scope in scopes]
    found: dict[Question, Answer | None] = {}
    waiting, until = asked, time.monotonic() + PATIENCE
    while waiting:
        for group in _several(dice.mixed(waiting), dice.random.randint(_ROOTS - 1, _ROOTS)):
            _ask(gateway, group, dice, found)
        waiting = [one for one in waiting if (answer := found[one]) is not None and late(answer)]
        if not waiting or time.monotonic() > until:
            break
        time.sleep(_PAUSE)
    return [_answered(one, found) for one in asked]


def _answered(question: Question, found: Mapping[Question, Answer | None]) -> Answer:
    """An answer; a refusal stands at the position of the region's for the same day."""
    answer, (scope, day) = found[question], question
    if answer is not None:
        return answer
    region = found.get(("region", day))
    if region is None:
        raise Missing("gateway.refused", f"{scope} is unknown to the gateway")
    return Answer.refused(scope, region)


def _ask(gateway: Gateway, group: Sequence[Question], dice: Dice, found: dict[Question, Answer | None]) -> None:
    """Adds the answers to these questions; where one scope of them is unknown, they are asked one by one."""
    group = sorted(group, key=_kind)
    text, variables, operation, roots = query(group, dice.form(*map(_kind, group)))
    try:
        data = gateway.post(text, variables, operation)
    except Unknown:
        if len(group) > 1:
            for one in group:
                _ask(gateway, [one], dice, found)
        else:
            found[group[0]] = None
        return
    with readable("an answer"):
        for root in roots:
            found[root.question] = _answer(root, data[root.name])


def _kind(question: Question) -> str:
    return question[0].partition("/")[0]


def query(group: Sequence[Question], dice: Dice) -> tuple[str, dict[str, Any], str, list[Root]]:
    """One operation for several questions: its text, variables and name, and its roots.

    What comes from records travels as variables only.
    """
    listed = _listed(dice, len(group))
    lists = dice.names(len(listed))
    variables: dict[str, Any] = {}
    declared: list[str] = []

    def given(kind: str, value: Any) -> str:
        name = dice.names(1, [*variables, *lists])[0]
        variables[name] = value
        declared.append(f"${name}: {kind}")
        return f"${name}"

    fields = [
        f"{name}: indicators(ids: {given('[String!]!', ids)}) {dice.fields(*_NUMBERS)}"
        for name, ids in zip(lists, listed, strict=True)
    ]
    roots = [Root(name, one, lists) for name, one in zip(dice.names(len(group)), group, strict=True)]
    whole, asked = dice.names(1)[0].title(), []
    for root in roots:
        kind, _, name = root.question[0].partition("/")
        arguments = [f"asOf: {{date: {given('Date!', root.question[1].isoformat())}}}"]
        if name:
            arguments.append(f"{kind}: {given('String!', name)}")
        asked.append(f"{root.name}: figures({', '.join(dice.mixed(arguments))}) {{ ...{whole} }}")
    operation = dice.operation()
    head = f"query {operation}({', '.join(dice.mixed(declared))}) {{ {' '.join(asked)} }}"
    return f"{head} fragment {whole} on Figures {_selection(dice, fields)}", variables, operation, roots


def _listed(dice: Dice, roots: int) -> list[Sequence[str]]:
    """All indicators in lists, one or two more than needed if that leaves few enough names for a stranger to ask."""
    names = dice.mixed(indicators())
    least = -(-len(names) // _IDS)
    most = max(least, min(least + 2, _ALIASES // roots - 1))
    return list(_several(names, -(-len(names) // dice.random.randint(least, most))))


def _selection(dice: Dice, fields: Sequence[str]) -> str:
    numbers_of = dice.fields(*_NUMBERS)
    items = dice.fields(*_NUMBERS, "low", "high", f"parts {numbers_of}", f"beside {dice.fields(*_NUMBERS)}")
    return dice.fields(
        f"asOf {dice.fields('position', 'date')}",
        "complete",
        "parked",
        "held",
        f"setAside {dice.fields('source', 'code', 'records')}",
        f"stopped {dice.fields('source', 'sequence', 'reason')}",
        f"items {items}",
        *fields,
    )


def _several(these: Sequence[Any], most: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(these), most):
        yield these[start : start + most]


def position(token: str) -> dict[str, int]:
    """What a position token says. Raises Altered or ValueError for another text."""
    return numbers(canonical.unpacked(token))


def _answer(root: Root, found: Mapping[str, Any]) -> Answer:
    scope, day = root.question
    if date.fromisoformat(found["asOf"]["date"]) != day:
        raise ValueError(f"{found['asOf']['date']} is not the day asked for")
    counted = [one for name in root.lists for one in found[name]]
    return Answer(
        scope,
        day,
        True,
        position(found["asOf"]["position"]),
        truth(found["complete"]),
        number(found["parked"]),
        {f"{one['source']} {one['code']}": number(one["records"]) for one in found["setAside"]},
        {str(one["source"]): number(one["sequence"]) for one in found["stopped"]},
        [str(one) for one in found["held"]],
        {str(one["indicator"]): number(one["value"]) for one in counted},
        {str(one["indicator"]): str(one["precision"]).lower() for one in counted},
        {str(one["indicator"]): (number(one["low"]), number(one["high"])) for one in found["items"]},
        tuple(
            (str(one["indicator"]), number(one["value"]), str(one["precision"]).lower())
            for item in found["items"]
            for one in (item, *item["parts"], *item["beside"])
        ),
    )
