"""What is drawn from entities when facts are added to them: changes of figures, sheets, and what became of records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from services.indicators.amended import Amended, amended
from services.indicators.facts import AnyFact, Held, amending, held
from services.indicators.fold import contributions, difference
from services.indicators.portfolio import Document, documents, visibilities
from services.indicators.sheets import MAKERS
from services.indicators.tally import Contributions

Facts = Mapping[str, Sequence[AnyFact]]


@dataclass(slots=True)
class Drawn:
    """Changes by entity, documents made, and records amended by source and sequence.

    `stale`: objects with the levels from which a document was made now; documents from other levels are no more.
    """

    changes: list[tuple[str, Contributions]] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    stale: list[tuple[str, str, list[int]]] = field(default_factory=list)
    amended: dict[tuple[str, int], Amended] = field(default_factory=dict)


def draw(entities: Iterable[str], fresh: Facts, known: Facts) -> Drawn:
    """What the fresh facts of these entities change there, beside the known ones."""
    drawn = Drawn()
    for entity in entities:
        earlier, added = known.get(entity, ()), fresh[entity]
        facts = [*earlier, *added] if earlier else added
        now, amends = amending(facts)
        before = contributions(entity, held(earlier)) if earlier else {}
        changed = difference(before, contributions(entity, now))
        if changed:
            drawn.changes.append((entity, changed))
        if amends:
            drawn.amended |= amended(facts, added)
        kind = entity.partition("/")[0]
        if kind in MAKERS and (amends or any(type(fact.said) in MAKERS[kind][1] for fact in added)):
            _draw_documents(entity, now, amends, drawn)
    return drawn


def _draw_documents(entity: str, now: Held, amends: bool, drawn: Drawn) -> None:
    made = documents(entity, now)
    drawn.documents += made
    # Where nothing is amended and all is seen alike, there is one document and there never was another.
    if amends or len(visibilities(now)) > 1:
        kind, _, name = entity.partition("/")
        drawn.stale.append((kind, name, [one.lowest for one in made]))
