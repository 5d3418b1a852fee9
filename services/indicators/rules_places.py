"""Territories, their accompaniments, and who operates them."""

from collections.abc import Iterable, Iterator, Mapping

from services.indicators.facts import AnyFact, Fact, Held, those
from services.indicators.heard_ideation import Admitted, OperatorAssigned, Registered
from services.indicators.heard_projects import Opened
from services.indicators.tally import REGION, Scopes, Tally, first_of, later, ordered

# An accompaniment, what makes members operate it, and these members' scopes.
_Operating = tuple[str, AnyFact, Scopes]


def territory(entity: str, facts: Held, tally: Tally) -> None:
    """A registered territory counts once, from its first admission; for a member from when it operates there."""
    admitted = those(facts, Admitted)
    first = first_of(admitted)
    if first is None or not those(facts, Registered):
        return
    here = (REGION, entity)
    begun = _begun(admitted)
    operating = [*_operating(facts, begun)]
    operators = dict(_firsts(operating))
    kind = "territories_epci" if _epci(facts) else "territories_not_epci"
    tally.add(kind, here, first)
    for member, cause in operators.items():
        tally.add(kind, (member,), cause)
    for accompaniment, admission in begun.items():
        tally.add("accompaniments_total", here, admission)
        for member, cause in _firsts(one for one in operating if one[0] == accompaniment):
            tally.add("accompaniments_total", (member,), cause)
    _with_project(first, operators, those(facts, Opened), here, tally)


def _with_project(
    first: AnyFact, operators: Mapping[str, AnyFact], projects: Iterable[Fact[Opened]], here: Scopes, tally: Tally
) -> None:
    """In the region anyone's project makes it one that has a project, in a member's scope only its own."""
    since = {**operators, REGION: first}
    scopes = {REGION: here}
    for opened in ordered([*projects]):
        for scope in (REGION, f"member/{opened.member}"):
            begun = since.pop(scope, None)
            if begun is not None:
                tally.add("territories_with_project", scopes.get(scope, (scope,)), later(begun, opened))


def _begun(admitted: Iterable[Fact[Admitted]]) -> dict[str, Fact[Admitted]]:
    """The first admission of each accompaniment."""
    found: dict[str, Fact[Admitted]] = {}
    for fact in ordered([*admitted]):
        found.setdefault(fact.said.accompaniment_id, fact)
    return found


def _operating(facts: Held, begun: Mapping[str, AnyFact]) -> Iterator[_Operating]:
    for admission in those(facts, Admitted):
        named = tuple(f"member/{operator.member_id}" for operator in admission.said.operators)
        yield admission.said.accompaniment_id, admission, named
    for assigned in those(facts, OperatorAssigned):
        accompaniment = assigned.said.accompaniment_id
        if accompaniment in begun:
            yield accompaniment, later(assigned, begun[accompaniment]), (f"member/{assigned.said.member_id}",)


def _firsts(operating: Iterable[_Operating]) -> Iterator[tuple[str, AnyFact]]:
    """Each member's scope with what makes it an operator first."""
    found: dict[str, list[AnyFact]] = {}
    for _, cause, members in operating:
        for member in members:
            found.setdefault(member, []).append(cause)
    for member, causes in found.items():
        yield member, ordered(causes)[0]


def _epci(facts: Held) -> bool:
    links = (link for fact in those(facts, Registered) for link in fact.said.epci_links)
    return any(link.relation in ("is", "part") for link in links)
