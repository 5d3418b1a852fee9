"""What a decision reads: its stream and all its look-ups in one query, and the versions that the append checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from shared.amending.streams import Door, live
from shared.contracts import authority
from shared.kernel import living
from shared.kernel.amendments import Void
from shared.kernel.decider import Events, Known, Located, Lookup, RecordedEvent, Spec
from shared.kernel.fields import Payload
from shared.ports import EventStore, Found, Stored

_OWN = frozenset({"stream", "either"})
_EXISTS = frozenset({"exists", "either_exists"})
_HEARD = frozenset({"replica", "either", "either_exists"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A stream as read for a decision: `past` for its fold, `guards` the other streams' versions."""

    stream: str
    version: int
    past: Events | Located
    known: Known
    guards: Mapping[str, int] = field(default_factory=dict)


async def read_for(
    store: EventStore, door: Door, owner: str, spec: Spec[Any, Any], asked: Any, at: tuple[str, int | None]
) -> Reading:
    """Reads what the command needs. `at`: its stream, and the record's version in it if it is about a record.

    Raises Refused `record.unknown_type`, and what the look-ups of a correction refuse.
    """
    stream, version = at
    if version is None:
        lookups = spec.lookups(asked, ())
        found = await _read(store, (stream,), lookups)
        past: Events | Located = live(recorded(found.streams.get(stream, ()), door), owner, door)
        whole = found.versions[stream]
    else:
        own = await _read(store, (stream,), ())
        past = Located(recorded(own.streams.get(stream, ()), door), version)
        whole = own.versions[stream]
        lookups = spec.lookups(asked, past)
        found = await _read(store, (), lookups) if lookups else Found()
    guards = {name: at for name, at in found.versions.items() if name != stream}
    return Reading(stream, whole, past, _known(found, lookups, owner, door), guards)


def recorded(rows: Sequence[Stored], door: Door) -> Events:
    """Stored events as decisions see them. Raises Refused `record.unknown_type`."""
    return [_event(row, door) for row in rows]


def _event(row: Stored, door: Door) -> RecordedEvent[Payload]:
    said = orjson.loads(row.attributes)
    return RecordedEvent(
        fact=door.read(row.type, orjson.loads(row.data)),
        type=row.type,
        version=row.version,
        time=said["time"],
        occurred_on=date.fromisoformat(said["occurredon"]),
        precision=said["occurredprecision"],
        origin=said["origin"],
        role=said["role"],
        actor=said["actor"],
    )


async def _read(store: EventStore, own: Sequence[str], lookups: Sequence[Lookup]) -> Found:
    streams = dict.fromkeys((*own, *(one.name for one in lookups if one.kind in _OWN)))
    for one in lookups:
        if one.kind == "naming":
            streams.update(dict.fromkeys(await store.naming(one.name, one.text)))
    existing = dict.fromkeys(one.name for one in lookups if one.kind in _EXISTS and one.name not in streams)
    replicas = dict.fromkeys(one.name for one in lookups if one.kind in _HEARD)
    return await store.read(list(streams), list(existing), list(replicas))


def _known(found: Found, lookups: Sequence[Lookup], owner: str, door: Door) -> Known:
    own = {one.name for one in lookups if one.kind in _OWN}
    begun = tuple(one.name for one in lookups if one.kind == "naming")
    wanted = (name for name in found.streams if name in own or name.startswith(begun))
    streams = {name: live(recorded(found.streams[name], door), owner, door) for name in wanted}
    existing = frozenset(name for name, rows in found.existing.items() if _holds(rows, door))
    # The coordinator hears its own records too, later than it records them: its streams know better.
    replicas = {name: view for name, view in found.replicas.items() if not found.versions.get(name)}
    return Known(streams, existing, replicas)


def _holds(rows: Sequence[Stored], door: Door) -> bool:
    """Whether anything of a stream still holds, told by the types of its events and by what its voids say.

    Entities are left out: this service has named them itself, so that a void's always include the event's.
    """

    def void(row: Stored) -> living.Amendment | None:
        said = door.read(row.type, orjson.loads(row.data)) if row.data else None
        if not isinstance(said, Void):
            return None
        return living.Amendment(_place(row), said.target.version, said.target.type, True)

    told = [row for row in rows if row.data or authority.amendable(row.type)]
    return bool(living.live(told, void, _place, authority.hangs_on, lambda original, _: original))


def _place(row: Stored) -> living.Place:
    return living.Place("", "", row.version, row.type, ())
