"""Random moves of a collective, over tiny domains: two ids for everything, two territories, seven days.

A move is a few small numbers; what they mean depends only on the member that makes it, so that a history with another
member's moves taken out is the history that the others would have made.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import orjson
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.kernel.keys import keyid
from shared.kernel.refusals import Refused
from tests.laws import raws
from tests.laws.commands import (
    COMMANDS,
    DAYS,
    JOIN,
    OF_COORDINATOR,
    REGISTER,
    TERRITORIES,
    Given,
    Move,
    accompaniment,
    admission,
    quantity,
    uid,
)
from tests.laws.world import COORDINATOR, MEMBERS, Asked, Producer, World, public

ENDS: Final = tuple(date(*day) for day in ((2019, 3, 1), (2019, 6, 30), (2020, 3, 1), (2021, 3, 2), (2026, 11, 23)))
"""The days at whose end figures are compared: within the days of the moves, after pauses of a year, and today."""


def moves(members: tuple[str, ...], most: int, raw: bool = False) -> st.SearchStrategy[list[Move]]:
    """Lists of about `most` moves of these members; with `raw` also records that nobody decided.

    Some of what the others build on is founded first, so that most moves find something to move. A move of zeros is
    none: a history that fails is made smaller by zeros.
    """
    kinds = len(COMMANDS) + len(_AMENDING) + (len(_RAW) if raw else 0)

    def made(first: list[bytes], then: list[bytes]) -> list[Move]:
        begun = [
            move for one in first for move in _founded(members[one[0] % len(members)], one[1] + 256 * one[2], one[3])
        ]
        drawn = [(one, _what(one[0], kinds)) for one in then]
        return [*begun, *(_move(members[one[1] % len(members)], what - 1, one[2:]) for one, what in drawn if what)]

    numbers, few = st.binary(min_size=6, max_size=6), st.binary(min_size=4, max_size=4)
    return st.builds(made, st.lists(few, max_size=4), st.lists(numbers, min_size=most // 2, max_size=most))


def _what(number: int, kinds: int) -> int:
    """Which move, from 1, and 0 for none; of the higher numbers every one amends what was recorded."""
    return number % (kinds + 1) if number < _AMENDS_FROM else len(COMMANDS) + 1 + number % len(_AMENDING)


def _move(member: str, what: int, numbers: bytes) -> Move:
    a, b, c, d = (number % 12 for number in numbers)
    return Move(member, what, a, b, c, d)


def _founded(member: str, chosen: int, number: int) -> list[Move]:
    """Some of the objects that others are built on, in an order in which that is possible."""
    return [_founding(member, name, number) for at, name in enumerate(_FOUNDING) if chosen >> at & 1]


def _founding(member: str, name: str, number: int) -> Move:
    what = next(at for at, (_, command, _, _) in enumerate(COMMANDS) if command == name)
    return Move(member, what, 0, 4 * (number % 3), number % 6, number % 12)


_FOUNDING: Final = (
    *("OpenProject", "StartActivity", "CreateJob", "RegisterActor", "AppointAdviser", "AssignAdviser"),
    *("HoldWorkshop", "RecordInterview", "ProposeIdea", "RecordNeed"),
)


_AMENDS_FROM: Final = 180
_AMENDING: Final = ("VoidRecord", "VoidRecord", "CorrectRecord", "CorrectRecord", "CorrectRecord")
_RAW: Final = (1, 2, 3)


def beginning(world: World) -> None:
    """What every history begins with: the members joined, two territories, two accompaniments."""
    asked = Asked("CO", date(2019, 1, 1), "day", "coordinator-1", "legacy")
    for source in world.producers:
        _try(world, COORDINATOR, "ideation", "IntroduceProducerKey", key_of(source), asked)
    for number in range(3):
        _try(world, COORDINATOR, "ideation", "JoinMember", JOIN[1](Move(COORDINATOR, 0, number, 0, 0, 0)), asked)
    for number in range(2):
        move = Move(COORDINATOR, 0, number, 0, 0, 0)
        link = {"epci_links": [{"siren": "200000008", "relation": "is"}]} if number == 0 else {}
        _try(world, COORDINATOR, "ideation", "RegisterTerritory", {**REGISTER[1](move), **link}, asked)
        _try(world, COORDINATOR, "ideation", "AdmitTerritory", admission(move), asked)


def key_of(source: str) -> Given:
    """The introduction of a producer's key."""
    _, _, member, service = source.split("/")
    key = public(source)
    return {
        "member_id": member,
        "service": service,
        "producer": source,
        "key_id": keyid(key),
        "public_key": key.hex(),
    }


def play(world: World, told: list[Move]) -> None:
    """Makes the moves, one after the other; what is refused has no effect."""
    beginning(world)
    for move in told:
        if move.what < len(COMMANDS):
            _command(world, move)
        elif move.what < len(COMMANDS) + len(_AMENDING):
            _amend(world, move, _AMENDING[move.what - len(COMMANDS)])
        else:
            raws.append(world, move.member, (move.what, move.a, move.b, move.c, move.d), DAYS, uid)


def _command(world: World, move: Move) -> None:
    table = COMMANDS
    if move.member == COORDINATOR and move.a + move.b > 9:
        table = OF_COORDINATOR
    service, name, role, make = table[move.what % len(table)]
    on, precision = DAYS[(move.c + move.d) % len(DAYS)]
    # Histories are told of the past, and may then skip steps that were not kept.
    origin = "legacy" if move.d % 3 == 0 else "live"
    asked = Asked(role, on, precision, f"adviser-{move.a % 2}", origin, move.b == 11)
    _try(world, move.member, service, name, make(move), asked)


def _amend(world: World, move: Move, name: str) -> None:
    at = world.producer(move.member, ("ideation", "projects")[move.d % 2])
    if not at.places:
        return
    # Often one of the last few that are no amendments themselves, so that one record is amended again and again.
    own = [n for n, (stream, version) in enumerate(at.places, 1) if _says(at, stream, version)] or [1]
    back = move.a % 3 if move.b % 2 else move.a * 12 + move.b
    sequence = own[-1 - back % len(own)]
    given: dict[str, Any] = {"target": {"source": at.source, "sequence": sequence}}
    if name == "VoidRecord":
        given["reason"] = "error"
    else:
        given |= {"reason": "typo", "changes": _changes(at, sequence, move)}
    stream, version = at.places[sequence - 1]
    author = orjson.loads(at.streams[stream][version - 1].attributes)["actor"]
    role, actor = (("AD", author), ("AD", "somebody"), ("ME", "somebody"), ("CO", "coordinator-1"))[move.c % 4]
    _try(world, move.member, at.definition.name, name, given, Asked(role, *DAYS[0], actor, clock_back=move.b % 5 == 0))


def _says(at: Producer, stream: str, version: int) -> bool:
    return ".Record" not in at.streams[stream][version - 1].type


def _changes(at: Producer, sequence: int, move: Move) -> dict[str, Any]:
    """Under the name of the command that recorded it, one or two fields that differ."""
    stream, version = at.places[sequence - 1]
    kind = at.streams[stream][version - 1].type
    specs = (spec for spec in at.definition.specs.values() if spec.emits[0] == kind and spec.member != "target.source")
    command = next((spec.name for spec in specs), "NoCommand")
    on, precision = DAYS[move.c % len(DAYS)]
    fields: dict[str, Any] = {}
    if move.d > 3:
        fields["occurred_on"] = {"date": on.isoformat(), "precision": precision}
    payload = at.definition.door.payloads.get(kind)
    known = [(name, value) for name, value in _FIELDS if payload is not None and name in payload.model_fields]
    if known:
        name, value = known[(move.a + move.d) % len(known)]
        fields[name] = value(move)
    return {command: fields}


_FIELDS: Final[tuple[tuple[str, Callable[[Move], Any]], ...]] = (
    ("title", lambda m: f"Changed {m.a % 2}"),
    ("count", lambda m: quantity(m.b)),
    ("headcount", lambda m: quantity(m.b)),
    ("identified", lambda m: m.b % 3),
    ("starts", lambda m: DAYS[m.b % len(DAYS)][0].isoformat()),
    ("weekly_hours", lambda m: None if m.b % 2 else "20"),
    ("share", lambda m: "0.25"),
    ("territory_ids", lambda m: [TERRITORIES[m.b % 2]]),
    ("accompaniment_id", lambda m: accompaniment(m.b)),
    ("kind", lambda m: "organisation"),
    ("operators", lambda m: [{"member_id": MEMBERS[m.b % 3]}]),
    ("confidentiality", lambda m: ("public", "partners", "member")[m.b % 3]),
    ("member_id", lambda m: MEMBERS[m.b % 3]),
)


def _try(world: World, member: str, service: str, name: str, given: Given, asked: Asked) -> None:
    try:
        world.give(member, service, name, given, asked)
    except (Refused, ValidationError):
        return
    except TypeError:
        # A store that holds what no decision made has streams that no fold knows: the decision ends, loudly.
        if not world.producer(member, service).spoiled:
            raise
