"""The gateway's figures against the recount, scope by scope, each at the position that the answer reflects."""

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date
from typing import Final

from services.audit import standing
from services.audit.answers import Answer, Asked
from services.audit.beginnings import Again, Search, figures_of, nobody
from services.audit.catalogue import BESIDE, PARTS, indicators
from services.audit.findings import FIGURE, INCOMPLETE, Claim, Finding
from services.audit.recount import Recount, uncounted
from services.audit.trail import Trail

_NAMED: Final = 4
_BEGINNINGS: Final = 3
# What is compared, what the gateway says, what the records say.
Pair = tuple[str, object, object]


def scopes(trail: Trail) -> list[str]:
    """Where figures are asked for: the region, each member that joined and each territory that is registered."""
    return trail.facts.live(trail.trusted).scopes()


def beyond(positions: Iterable[Mapping[str, int]], trail: Trail) -> dict[str, int]:
    """The producers of which the gateway counts more than is proven, with the sequence it has counted."""
    trusted, found = trail.trusted, dict[str, int]()
    for position in positions:
        for source, sequence in position.items():
            if sequence > trusted.get(source, 0):
                found[source] = max(sequence, found.get(source, 0))
    return found


def compare(asked: Asked, trail: Trail, claim: Claim, reached: Mapping[str, int], again: Again = nobody) -> None:
    """Recounts for each answer and notes each difference.

    `reached`: how far the gateway counted on the pages of lists that it showed besides. `again`: asks it for
    figures of another day, to find where a difference begins.
    """
    answers = asked.answers
    unproven = beyond((answer.position for answer in answers), trail)
    for source, sequence in sorted(unproven.items()):
        said = f"counted up to {sequence}, proven up to {trail.trusted.get(source, 0)}"
        claim.add(Finding(INCOMPLETE, "figures.beyond", said, source))
    for finding in standing.faults(asked, trail, reached):
        claim.add(finding)
    for name in uncounted(indicators()):
        claim.add(Finding(INCOMPLETE, "figures.uncounted", f"nothing here counts {name}"))
    recounts: dict[tuple[date, str], Recount] = {}
    differing: dict[tuple[str, str], None] = {}  # in the order in which they are found
    equal = behind = 0
    for answer in answers:
        key = (answer.day, repr(sorted(answer.position.items())))
        if key not in recounts:
            recounts[key] = Recount(trail.facts, answer.position, answer.day)
        behind = max(behind, sum(max(0, n - answer.position.get(s, 0)) for s, n in trail.trusted.items()))
        equal += _one(answer, recounts[key], claim, bool(unproven), differing)
    search = Search(trail.facts, answers, again)
    for figure, scope in figures_of(differing, _BEGINNINGS):
        claim.notes += [str(one) for one in (search.find(figure, scope),) if one]
    if not answers:
        return
    where = len({answer.scope for answer in answers})
    claim.text = f"{equal} numbers equal in {where} scopes at the end of {_worded({one.day for one in answers})}"
    if behind:
        claim.text += f"; {behind} newer records not yet counted there"
    if trail.facts.parked:
        claim.text += f"; {len(trail.facts.parked)} parked"


def _one(answer: Answer, recount: Recount, claim: Claim, unproven: bool, differing: dict[tuple[str, str], None]) -> int:
    """How many numbers agree; values that do not are noted by figure and scope.

    Where records are not proven, a difference proves nothing against the gateway.
    """
    equal = 0
    for name, theirs, mine in _pairs(answer, recount):
        if theirs == mine:
            equal += 1
        elif theirs is None:
            claim.add(Finding(INCOMPLETE, "figures.missing", f"no {name} of {answer.scope} at {answer.day}"))
        elif not unproven:
            detail = f"{answer.scope} at {answer.day}: the gateway says {theirs}, the records {mine}"
            claim.add(Finding(FIGURE, f"figure {name}", detail))
            if name in answer.values:
                differing[name, answer.scope] = None
    return equal


def _pairs(answer: Answer, recount: Recount) -> Iterator[Pair]:
    known = answer.scope in recount.scopes
    if not answer.known or not known:
        yield ("scope", "known" if answer.known else "unknown", "known" if known else "unknown")
        return
    ours = recount.figures(answer.scope)
    yield ("parked", answer.parked, sum(recount.parked.values()))
    for name in sorted({*answer.aside, *recount.parked}):
        yield (f"parked of {name}", answer.aside.get(name, 0), recount.parked.get(name, 0))
    yield from _paired("", answer.values, ours.values)
    yield from _paired("bounds of ", answer.bounds, ours.bounds)
    yield from _paired("precision of ", answer.precision, ours.precision)
    told = {name for name, _, _ in answer.shown}
    for name in sorted({*PARTS, *(one for many in (PARTS, BESIDE) for names in many.values() for one in names)} - told):
        yield (f"shown {name}", None, (ours.values.get(name), ours.precision.get(name)))
    for name, value, precision in answer.shown:
        yield (f"shown {name}", (value, precision), (ours.values.get(name), ours.precision.get(name)))


def _worded(days: Set[date]) -> str:
    """The days, or how many there are between the first and the last."""
    found = [day.isoformat() for day in sorted(days)]
    return f"{len(found)} days from {found[0]} to {found[-1]}" if len(found) > _NAMED else ", ".join(found)


def _paired(what: str, theirs: Mapping[str, object], ours: Mapping[str, object]) -> list[Pair]:
    return [(what + name, theirs.get(name), ours[name]) for name in sorted(ours)]
