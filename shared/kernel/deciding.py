"""What deciders share: an event of a fact, recording once, and describing a command."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec, no_needs
from shared.kernel.fields import Payload
from shared.kernel.refusals import Refused

F = TypeVar("F", bound=Payload)
S = TypeVar("S")


def draft(fact: Payload) -> Draft:
    """The event of a payload."""
    return Draft(fact.TYPE, fact.payload())


def said(past: Sequence[Past], kind: type[Payload]) -> Past | None:
    """The last event of this kind in the stream."""
    return next((p for p in reversed(past) if p.type == kind.TYPE), None)


def same(past: Past, fact: Payload) -> bool:
    """Whether the fact was recorded with this very content."""
    return dict(past.data) == fact.payload()


def once(past: Sequence[Past], fact: Payload, what: str, fr: str) -> list[Draft]:
    """Records `fact` as the only one of its type in the stream; the same content again is already so.

    Raises Refused(`<what>.exists`) if another content was recorded.
    """
    before = said(past, type(fact))
    if before is None:
        return [draft(fact)]
    if same(before, fact):
        return []
    raise exists(what, fr)


def exists(what: str, fr: str) -> Refused:
    """Refused `<what>.exists`: recorded already, with another content. To be corrected, or given another id."""
    return Refused(
        f"{what}.exists",
        f"This {what} is recorded already, otherwise.",
        f"{fr} : déjà enregistré autrement.",
    )


def history(past: Sequence[Past]) -> Sequence[Past]:
    """The state of a stream whose commands only ask what was recorded in it."""
    return past


def command(
    model: type[F],
    name: str,
    roles: str,
    fold: Callable[[Sequence[Past]], S],
    decide: Callable[[F, S, Context, Known], list[Draft]],
    titles: tuple[str, str],
    needs: Callable[[F], Sequence[Need]] = no_needs,
    emits: tuple[type[Payload], ...] = (),
) -> Spec[F, S]:
    """A command whose input is a fact. `titles` in English and French; `emits` if more than that fact."""
    return Spec(
        name=name,
        model=model,
        stream=lambda fact: fact.stream(),
        roles=frozenset(roles.split()),
        emits=tuple(kind.TYPE for kind in emits or (model,)),
        fold=fold,
        decide=decide,
        title_en=titles[0],
        title_fr=titles[1],
        needs=needs,
    )
