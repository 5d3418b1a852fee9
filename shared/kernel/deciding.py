"""What deciders share: an event of a fact, recording once, and describing a command."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from shared.kernel.decider import Context, Draft, Events, Known, Lookup, RecordedEvent, Spec, no_lookups
from shared.kernel.fields import Payload
from shared.kernel.refusals import Refused

F = TypeVar("F", bound=Payload)
S = TypeVar("S")


def draft(fact: Payload) -> Draft:
    """The event of a payload."""
    return Draft(fact.TYPE, fact.payload())


def only(past: Events, kinds: tuple[type[F], ...]) -> list[RecordedEvent[F]]:
    """The events of a stream, each of one of these kinds: a fold names every event of its aggregate.

    Raises TypeError for any other: passing it over would decide on half a stream.
    """
    found: list[RecordedEvent[F]] = []
    for event in past:
        if not isinstance(event.fact, kinds):
            raise TypeError(f"{event.type} stands in a stream whose fold does not know it")
        found.append(event)  # type: ignore[arg-type]
    return found


def last(past: Events, kind: type[F]) -> F | None:
    """The last fact of this kind in the stream."""
    return next((p.fact for p in reversed(past) if isinstance(p.fact, kind)), None)


def once(past: Events, fact: Payload, what: str, fr: str) -> list[Draft]:
    """Records `fact` as the only one of its type in the stream; the same content again is already so.

    Raises Refused(`<what>.exists`) if another content was recorded.
    """
    before = last(past, type(fact))
    if before is None:
        return [draft(fact)]
    if before == fact:
        return []
    raise exists(what, fr)


def exists(what: str, fr: str) -> Refused:
    """Refused `<what>.exists`: recorded already, with another content. To be corrected, or given another id."""
    return Refused(
        f"{what}.exists",
        f"This {what} is already recorded with other content: correct that record, or use another id.",
        f"{fr} : déjà enregistré avec un autre contenu ; corrigez-le, ou prenez un autre identifiant.",
    )


def not_before(context: Context, begun: date, code: str, en: str, fr: str) -> None:
    """Raises Refused `code` when what is decided now would count from a day before `begun`."""
    if context.day < begun:
        raise Refused(code, en, fr, ("occurred_on", "date"))


def history(past: Events) -> Events:
    """The state of a stream whose commands only ask what was recorded in it."""
    return past


def command(
    model: type[F],
    name: str,
    roles: str,
    fold: Callable[[Events], S],
    decide: Callable[[F, S, Context, Known], list[Draft]],
    titles: tuple[str, str],
    lookups: Callable[[F], Sequence[Lookup]] | None = None,
    emits: tuple[type[Payload], ...] = (),
    member: str | None = None,
    one_at_a_time: bool = False,
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
        lookups=no_lookups if lookups is None else _of_command(lookups),
        member=member,
        one_at_a_time=one_at_a_time,
    )


def _of_command(lookups: Callable[[F], Sequence[Lookup]]) -> Callable[[F, Any], Sequence[Lookup]]:
    def both(fact: F, past: Any) -> Sequence[Lookup]:
        return lookups(fact)

    return both
