"""What a batch of facts changes in one version's rows: prepared first, then written in one transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from services.indicators.drawn import Facts, draw
from services.indicators.facts import AnyFact, read_kept
from services.indicators.packing import Packing, Where, entity_key
from services.indicators.pieces import in_pieces
from services.indicators.reading import READING, Reading
from services.indicators.rows import Rows, array

# Of a packed key (`api.pack`): the day has 22 bits, the scope 31, the indicator 10.
_SCOPE: Final = 22
_INDICATOR: Final = 53


class Names:
    """Small numbers for names, in the database and remembered: they pack keys and enter no rule."""

    def __init__(self, table: str, column: str) -> None:
        self._sql = (
            f"with fresh as (insert into {table} ({column}) select n from unnest($1::text[]) n "  # noqa: S608  constants
            f"on conflict ({column}) do nothing returning id, {column} as name) "
            f"select id, name from fresh union select id, {column} from {table} where {column} = any ($1)"
        )
        self.known: dict[str, int] = {}

    async def learn(self, connection: Any, names: Iterable[str]) -> None:
        """Makes `known` hold a number for each name."""
        missing = sorted(set(names) - self.known.keys())
        while missing:
            found = await connection.fetch(self._sql, missing)
            self.known.update((row["name"], row["id"]) for row in found)
            # Another reader may have written one meanwhile, which this statement has not seen.
            missing = [name for name in missing if name not in self.known]


class Projection:
    """Prepares and writes one version's rows. `indicators` gives each indicator's number."""

    def __init__(self, version: int, indicators: Mapping[str, int], reading: Reading = READING) -> None:
        self.version = version
        self._indicators = indicators
        self._reading = reading
        self._scopes = Names("scope", "name")
        self._producers = Names("producer", "source")
        # By indicator and scopes: the packed keys without their day.
        self._heads: dict[Where, tuple[int, ...]] = {}

    async def prepare(
        self, connection: Any, facts: Sequence[AnyFact], batch: int, recent: Iterable[AnyFact] = ()
    ) -> Rows:
        """What `facts` add to their entities and change there. `recent`: facts that may not be stored yet.

        Writes nothing but numbers of names. Works piece by piece, and lets others work between them.
        """
        fresh = _by_entity(facts)
        stored = await connection.fetch(
            f"select f.body from unnest($1::text::bigint[]) e join fact_{self.version} f on f.entity = e",  # noqa: S608
            array(entity_key(entity) for entity in fresh),
        )
        earlier = list(recent)
        async for piece in in_pieces(stored):
            earlier += [read_kept(row["body"], self._reading) for row in piece]
        known = _known(fresh, earlier)
        await self._producers.learn(connection, {fact.source for fact in (*facts, *earlier)})
        packing = Packing(self.version, batch, self._heads, self._producers.known)
        packing.add_facts(fresh)
        async for entities in in_pieces(list(fresh)):
            drawn = draw(entities, fresh, known)
            packing.add_drawn(drawn)
            strange = packing.add(drawn.changes)
            if strange:
                await self._number(connection, {(key[0], key[1]) for _, changed in strange for key in changed})
                packing.add(strange)
        return packing.rows()

    async def _number(self, connection: Any, strange: Collection[Where]) -> None:
        """Makes these heads known."""
        await self._scopes.learn(connection, {scope for _, scopes in strange for scope in scopes})
        numbers = self._scopes.known
        for indicator, scopes in strange:
            head = self._indicators[indicator] << _INDICATOR
            self._heads[indicator, scopes] = tuple(head | numbers[scope] << _SCOPE for scope in scopes)


def _by_entity(facts: Iterable[AnyFact]) -> Facts:
    found: dict[str, list[AnyFact]] = defaultdict(list)
    for fact in facts:
        for entity in fact.entities:
            found[entity].append(fact)
    return found


def _known(fresh: Facts, earlier: Iterable[AnyFact]) -> Facts:
    """What was known before of the entities in `fresh`; each fact once, whatever says it."""
    known: dict[str, list[AnyFact]] = defaultdict(list)
    seen: set[tuple[str, int, str]] = set()
    for fact in earlier:
        for entity in fact.entities:
            # A fact stands once under each of its entities: it is met again with each of them.
            if entity in fresh and (fact.source, fact.sequence, entity) not in seen:
                seen.add((fact.source, fact.sequence, entity))
                known[entity].append(fact)
    return known
