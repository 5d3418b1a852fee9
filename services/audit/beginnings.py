"""Where a disagreement about a figure begins: the first day on which both counts part, and the record that does it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final

from services.audit.answers import Answer
from services.audit.catalogue import SUMS
from services.audit.facts import Amendment, Fact, Void
from services.audit.hearing import Facts
from services.audit.living import Living, live
from services.audit.recount import RULES, counted

# Gives the gateway's figures of a scope at another day; None if it cannot be asked.
Again = Callable[[str, date], Answer | None]
_MOST: Final = 150


@dataclass(frozen=True, slots=True)
class Beginning:
    """A figure differs in a scope from `day` on (`after`: on this earlier day both counts were equal, as far as known).

    `source` and `sequence` name the record, `entity` what it concerns, and `why` says how it was found: empty if no
    record explains the difference alone.
    """

    figure: str
    scope: str
    after: date | None
    day: date
    theirs: int
    ours: int
    source: str = ""
    sequence: int = 0
    entity: str = ""
    why: str = ""

    def __str__(self) -> str:
        since = f" (equal on {self.after})" if self.after else ""
        said = f"{self.figure} of {self.scope} differs from {self.day} on{since}: {self.theirs} there, {self.ours} here"
        if not self.source:
            return f"{said}; no record makes the difference alone"
        return f"{said}; {self.source}, sequence {self.sequence} ({self.entity}): {self.why}"


def nobody(scope: str, day: date) -> Answer | None:
    """Whom an export can ask for more."""
    return None


class Search:
    """Looks for the beginnings of differences in one history."""

    def __init__(self, facts: Facts, answers: Sequence[Answer], again: Again) -> None:
        self._facts, self._answers, self._again = facts, answers, again

    def find(self, figure: str, scope: str) -> Beginning | None:
        """Where this figure begins to differ; None if it differs nowhere."""
        told = sorted((one for one in self._answers if one.scope == scope and one.known), key=lambda one: one.day)
        wrong = next((one for one in told if self._differs(one, figure)), None)
        if wrong is None:
            return None
        right = max((one.day for one in told if one.day < wrong.day), default=None)
        right, wrong = self._closer(figure, right, wrong)
        theirs, ours = wrong.values[figure], self._count(self._living(wrong), figure, scope, wrong.day)
        found = Beginning(figure, scope, right, wrong.day, theirs, ours)
        for record, why in self._explanations(found, wrong):
            entity = min(record.entities, default=record.subject)
            return replace(found, source=record.source, sequence=record.sequence, entity=entity, why=why)
        return found

    def _closer(self, figure: str, right: date | None, wrong: Answer) -> tuple[date | None, Answer]:
        """Halves the days in between as long as the gateway answers."""
        before = right or min((fact.day for fact in self._facts.facts), default=wrong.day) - timedelta(days=1)
        while (wrong.day - before).days > 1:
            middle = before + (wrong.day - before) // 2
            answer = self._again(wrong.scope, middle)
            if answer is None or not answer.known or figure not in answer.values:
                break
            if self._differs(answer, figure):
                wrong = answer
            else:
                right = before = middle
        return right, wrong

    def _differs(self, answer: Answer, figure: str) -> bool:
        ours = self._count(self._living(answer), figure, answer.scope, answer.day)
        return answer.values.get(figure) not in (None, ours)

    def _living(self, answer: Answer) -> Living:
        return self._facts.live(answer.position)

    def _count(self, living: Living, figure: str, scope: str, day: date) -> int:
        return counted(living, day, _rules_of(figure)).value(scope, figure)

    def _explanations(self, found: Beginning, answer: Answer) -> Iterator[tuple[Fact | Amendment, str]]:
        """Records without which, or counted twice, both counts would be equal; the likeliest first."""
        facts, amendments = self._facts.within(answer.position)
        living = list(live(facts, amendments).all())
        then = [one for one in living if found.day >= _day(one) > (found.after or date.min)]
        for one in islice(sorted(then, key=lambda one: one.happened), _MOST):
            without = self._count(Living(other for other in living if other is not one), *_what(found))
            if without == found.theirs:
                yield one, "counted here, and not there"
            elif without != found.ours and found.theirs - found.ours == found.ours - without:
                yield one, "counted twice there"
        for change in islice(_latest(amendments), _MOST):
            others = [other for other in amendments if other is not change]
            if self._count(live(facts, others), *_what(found)) == found.theirs:
                kind = "voids" if isinstance(change, Void) else "corrects"
                yield change, f"{kind} sequence {change.target} here, and not there"


def _what(found: Beginning) -> tuple[str, str, date]:
    return found.figure, found.scope, found.day


def _day(fact: Fact) -> date:
    """The day from which a fact counts: a post has one of its own."""
    found: date = fact.data.get("starts", fact.day)
    return found


def _latest(amendments: Iterable[Amendment]) -> list[Amendment]:
    return sorted(amendments, key=lambda one: (one.source, -one.sequence))


def _rules_of(figure: str) -> Sequence[Any]:
    """The rules that a figure is made by; all of them where its name does not say."""
    names = {figure, *SUMS.get(figure, ())}
    names |= {name.removesuffix("_approx").removesuffix("_at_least") for name in names}
    return [rules for rules in RULES if names & _names_of(rules)] or RULES


def _names_of(rules: object) -> set[str]:
    return {*getattr(rules, "COUNTED", ()), *getattr(rules, "DECLARED", ())}


def figures_of(differences: Collection[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    """The differences (figure, scope) to be looked into: no sums where a part differs, and no more than `most`."""
    return [
        (figure, scope)
        for figure, scope in differences
        if not any((part, scope) in differences for part in SUMS.get(figure, ()))
    ][:most]
