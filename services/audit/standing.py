"""What answers say of themselves, held against the records: how far they count, who is stopped, if all is there.

Nothing here is taken on the gateway's word. What it leaves out, or says and the records do not bear out, is evidence
that is not there: neither a right figure nor a wrong one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from services.audit.answers import Answer, Asked
from services.audit.findings import INCOMPLETE, Finding
from services.audit.trail import Trail

Position = Mapping[str, int]


def late(answer: Answer, asked: Position, trail: Trail) -> bool:
    """Whether an answer is behind what was proven before it was asked, or says to be incomplete and not why.

    Asked again a little later, an honest gateway has caught up.
    """
    return bool(behind(answer.position, asked)) or any(True for _ in _complete(answer, trail))


def faults(asked: Asked, trail: Trail, reached: Position) -> Iterator[Finding]:
    """What the answers may not say or leave out; `reached`: how far the pages of lists counted."""
    answers = asked.answers
    yield from _missing(answers, trail.facts.live(asked.position).scopes())
    yield from _uncounted(answers, asked.position)
    yield from _unasked(asked, trail, reached)
    said: dict[str, str] = {}
    for answer in answers:
        for fault in (*_complete(answer, trail), *_stopped(answer, trail), *_held(answer, trail)):
            said.setdefault(*fault)
    for reason, detail in said.items():
        yield Finding(INCOMPLETE, reason.partition(" ")[0], detail, reason.partition(" ")[2])


def _missing(answers: Sequence[Answer], scopes: Iterable[str]) -> Iterator[Finding]:
    """Every scope that the records know is answered, on each day."""
    told: dict[date, set[str]] = defaultdict(set)
    for answer in answers:
        told[answer.day].add(answer.scope)
    if not answers:
        yield Finding(INCOMPLETE, "figures.missing", "not one answer")
    for day, of_day in sorted(told.items()):
        for scope in scopes:
            if scope not in of_day:
                yield Finding(INCOMPLETE, "figures.missing", f"no figures of {scope} at {day}")


def _uncounted(answers: Sequence[Answer], asked: Position) -> Iterator[Finding]:
    """Every record that was proven before the question is counted in every answer."""
    found: dict[str, list[int]] = defaultdict(list)
    for answer in answers:
        for source, counted in behind(answer.position, asked).items():
            found[source].append(counted)
    for source, counts in sorted(found.items()):
        said = f"counted up to {min(counts)} in {len(counts)} of {len(answers)} answers, "
        yield Finding(INCOMPLETE, "figures.behind", f"{said}{asked[source]} were there before they were asked", source)


def _unasked(asked: Asked, trail: Trail, reached: Position) -> Iterator[Finding]:
    """There are no more records here than were proven before the question, or are counted in an answer to it.

    Otherwise an export could name an early position, and figures of that position, as all that there is.
    """
    for source, sequence in sorted(trail.trusted.items()):
        counts = [asked.position.get(source, 0), reached.get(source, 0)]
        known = max([*counts, *(one.position.get(source, 0) for one in asked.answers)])
        if known < sequence:
            said = f"no figure counts more than {known}, and {sequence} are here"
            yield Finding(INCOMPLETE, "figures.behind", said, source)


def behind(position: Position, known: Position) -> dict[str, int]:
    """The producers that are counted less far than is known, with the sequence they are counted up to."""
    return {source: position.get(source, 0) for source, sequence in known.items() if position.get(source, 0) < sequence}


def _complete(answer: Answer, trail: Trail) -> Iterator[tuple[str, str]]:
    """`complete` is what the answer's other words, and the records, make it."""
    aside = sum(trail.facts.parked_at(answer.position).values())
    broken = sorted(source for source, one in trail.producers.items() if one.doubted)
    reasons = [
        *(f"{len(answer.stopped)} producers are stopped" for _ in answer.stopped),
        *(f"{len(answer.held)} producers are held" for _ in answer.held),
        *(f"{max(answer.parked, aside)} records are set aside" for _ in (1,) if answer.parked or aside),
        *(f"{source} cannot be followed to its end" for source in broken),
    ]
    if answer.complete and reasons:
        yield "figures.complete", f"{answer.scope} at {answer.day} says that it is complete, but {reasons[0]}"
    if not answer.complete and not reasons and not behind(answer.position, trail.trusted):
        yield "figures.complete", f"{answer.scope} at {answer.day} says that it is not complete, and nothing is missing"


def _stopped(answer: Answer, trail: Trail) -> Iterator[tuple[str, str]]:
    """A producer is stopped only where its records break off."""
    for source, sequence in answer.stopped.items():
        one = trail.producers.get(source)
        if one is None or not one.doubted:
            said = f"said to be stopped at {sequence}, and proven up to {0 if one is None else one.trusted}"
            yield f"figures.stopped {source}", said


def _held(answer: Answer, trail: Trail) -> Iterator[tuple[str, str]]:
    """A producer waits for its key only while nobody has introduced one."""
    for source in answer.held:
        if trail.keyring.of(source):
            yield f"figures.held {source}", "said to wait for its key, which is introduced here"
