"""The gateway's figures against the recount, scope by scope, each at the position that the answer reflects."""

from collections.abc import Mapping, Sequence
from datetime import date

from services.audit.asking import Answer
from services.audit.findings import FIGURE, INCOMPLETE, Claim, Finding
from services.audit.recount import SHOWN, Figures, Recount
from services.audit.trail import Trail


def scopes(trail: Trail) -> list[str]:
    """The region, and every member and territory that the records name."""
    return [
        "region",
        *(f"member/{one}" for one in sorted(trail.facts.members)),
        *(f"territory/{one}" for one in sorted(trail.facts.territories)),
    ]


def beyond(answers: Sequence[Answer], trail: Trail) -> dict[str, int]:
    """The producers of which the gateway counts more than is proven, with the sequence it has counted."""
    trusted, found = trail.trusted, dict[str, int]()
    for answer in answers:
        for source, sequence in answer.position.items():
            if sequence > trusted.get(source, 0):
                found[source] = max(sequence, found.get(source, 0))
    return found


def compare(answers: Sequence[Answer], trail: Trail, claim: Claim) -> None:
    """Recounts for each answer and notes each difference."""
    unproven = beyond(answers, trail)
    for source, sequence in sorted(unproven.items()):
        said = f"counted up to {sequence}, proven up to {trail.trusted.get(source, 0)}"
        claim.add(Finding(INCOMPLETE, "figures.beyond", said, source))
    recounts: dict[tuple[date, str], Recount] = {}
    equal = behind = 0
    for answer in answers:
        key = (answer.day, repr(sorted(answer.position.items())))
        if key not in recounts:
            recounts[key] = Recount(trail.facts, answer.position, answer.day)
        behind = max(behind, sum(max(0, n - answer.position.get(s, 0)) for s, n in trail.trusted.items()))
        equal += _one(answer, recounts[key].figures(answer.scope), claim, bool(unproven))
    days = sorted({answer.day.isoformat() for answer in answers})
    where = len({answer.scope for answer in answers})
    claim.text = f"{equal} numbers equal in {where} scopes at the end of {', '.join(days)}"
    if behind:
        claim.text += f"; {behind} newer records not yet counted there"
    if trail.facts.parked:
        claim.text += f"; {len(trail.facts.parked)} parked"


def _one(answer: Answer, ours: Figures, claim: Claim, unproven: bool) -> int:
    """How many numbers agree. Where records are not proven, a difference proves nothing against the gateway."""
    equal = 0
    pairs: list[tuple[str, object, object]] = []
    pairs += [(name, answer.values.get(name), ours.values[name]) for name in SHOWN]
    pairs += _paired("bounds of ", answer.bounds, ours.bounds)
    pairs += _paired("precision of ", answer.precision, ours.precision)
    for name, theirs, mine in pairs:
        if theirs == mine:
            equal += 1
        elif not unproven:
            detail = f"{answer.scope} at {answer.day}: the gateway says {theirs}, the records {mine}"
            claim.add(Finding(FIGURE, f"figure {name}", detail))
    return equal


def _paired(what: str, theirs: Mapping[str, object], ours: Mapping[str, object]) -> list[tuple[str, object, object]]:
    return [(what + name, theirs.get(name), mine) for name, mine in ours.items()]
