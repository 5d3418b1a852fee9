"""`generateur recover`: where each producer's store, topic and figures stand; what a store lacks is taken back."""

import asyncio
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from aiokafka.errors import KafkaError

from deploy.cli import anew, state
from deploy.cli.state import USAGE, Unhappy
from deploy.provision import collective, figures, topics
from services.indicators import care
from shared.adapters.postgres.recovery import Recovery
from shared.kernel.record import source_of, topic_of
from shared.kernel.texts import shown
from shared.runtime import keyfiles
from shared.runtime import topic as own_topics
from shared.runtime.guard import WAITING, compare, told
from shared.runtime.recover import Seen, Stopped, Taken, Who, look
from shared.runtime.settings import secret


@dataclass(frozen=True, slots=True)
class Place:
    """One producer: who it is, its database's address, its topic and the broker."""

    who: Who
    dsn: str
    topic: str
    kafka: str


def run(given: Namespace) -> int:
    """0 if everything agrees in the end, 1 if something is left to do. Raises Unhappy."""
    kafka = state.kafka(given.state)
    places = _places(given.state, kafka, given.member, given.service)
    if given.from_topic:
        if len(places) != 1:
            raise Unhappy("--from-topic is for one producer: name --member and --service.", USAGE)
        return asyncio.run(_from_topic(given.state, places[0]))
    return asyncio.run(_all(given.state, places, given.check))


def _places(folder: Path, kafka: str, member: str | None, service: str | None) -> Sequence[Place]:
    state.members(member)
    found = [
        _place(folder, kafka, one, dsn)
        for one in collective.load().producers
        if member in (None, one[0]) and service in (None, one[1])
        if (dsn := secret(folder, "_".join(one))) is not None
    ]
    if not found:
        raise Unhappy(f"{folder} holds no database address of such a producer.", USAGE)
    return found


def _place(folder: Path, kafka: str, of: tuple[str, str], dsn: str) -> Place:
    source = source_of(*of)
    try:
        public = keyfiles.load(folder / "keys" / f"{'.'.join(of)}.key").public
    except keyfiles.Unusable as why:
        raise Unhappy(str(why)) from None
    return Place(Who(source, public), dsn, topic_of(source), kafka)


async def _all(folder: Path, places: Sequence[Place], only_check: bool) -> int:
    counted = await positions(secret(folder, figures.WRITER))
    if not only_check:
        # Not by a service, whose role may not; a topic that is there stays as it is.
        await _topics(places)
    well = True
    for place in places:
        line, good = await _one(place, counted, only_check)
        print(shown(line))
        well &= good
    return 0 if well else 1


async def _topics(places: Sequence[Place]) -> None:
    try:
        await topics.ensure(places[0].kafka, [place.topic for place in places])
    except KafkaError as error:
        raise Unhappy(f"Kafka at {places[0].kafka} does not answer: {error}.") from None


async def _one(place: Place, counted: Mapping[str, care.Producer] | None, only_check: bool) -> tuple[str, bool]:
    try:
        seen, taken, mended = await _compared(place, only_check)
    except Stopped as why:
        return f"{place.who.source}: stopped ({why.code}). {why.message}", False
    except WAITING as fault:
        return f"{place.who.source}: not compared, {fault or repr(fault)}", False
    line = told(place.who.source, seen, taken, mended if not only_check else 0)
    well = seen.tail == seen.head and seen.ahead is None and not seen.foreign
    if only_check and seen.ahead is not None:
        line += ", the topic goes on behind the store: the service takes that back when it starts"
    if only_check and mended:
        line += f", {mended} events are neither sealed nor wait to be: the service finds them within minutes"
        well = False
    more, good = counted_line(place.who.source, seen, counted)
    return line + more, well and good


async def _compared(place: Place, only_check: bool) -> tuple[Seen, Taken, int]:
    connection = await asyncpg.connect(place.dsn, timeout=10)
    try:
        async with own_topics.opened(place.kafka, place.topic) as topic:
            if not only_check:
                return await compare(connection, topic, place.who)
            store = Recovery(connection)
            return await look(store, topic, place.who), Taken(), await store.missing()
    finally:
        connection.terminate()


def counted_line(source: str, seen: Seen, counted: Mapping[str, care.Producer] | None) -> tuple[str, bool]:
    """How far the figures count a producer, as the end of its line; and whether that is as it should be."""
    if counted is None:
        return "", True
    one = counted.get(source)
    if one is None:
        return ", not counted yet", seen.head == 0
    if one.stopped:
        return f", counted up to {one.sequence} and stopped there: {one.stopped}", False
    if one.sequence > max(seen.head, seen.tail):
        return f", counted up to {one.sequence}: more than store and topic hold", False
    return f", counted up to {one.sequence}", True


async def positions(dsn: str | None) -> dict[str, care.Producer] | None:
    """What the figures in use count of each producer; None if they cannot be asked."""
    if dsn is None:
        return None
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (asyncpg.PostgresError, OSError):
        return None
    try:
        version = await connection.fetchval("select version from active") or 1
        return {one.source: one for one in await care.producers(connection, version)}
    finally:
        await connection.close()


async def _from_topic(folder: Path, place: Place) -> int:
    try:
        found = await anew.lay(folder, place.who, place.dsn, (place.kafka, place.topic))
    except Stopped as why:
        raise Unhappy(f"{place.who.source}: {why.message}") from None
    except WAITING as fault:
        raise Unhappy(f"{place.who.source} could not be laid anew: {fault or repr(fault)}.") from None
    print(shown(f"{place.who.source}: {found.records} records of {found.commands} commands taken from the topic."))
    print(f"The store as it was is kept as the database {found.aside}.")
    if found.dropped:
        print(f"{found.dropped} events stood in it alone and are in {found.file}: give their commands again.")
    return 0
