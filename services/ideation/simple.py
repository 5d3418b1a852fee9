"""Commands that record one fact once, where it happened: the input is the fact."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from services.ideation.deciding import history, needs, once, placed
from services.ideation.events import Fact
from shared.kernel.decider import Context, Draft, Known, Past, Spec

F = TypeVar("F", bound=Fact)


def recording(
    model: type[F],
    name: str,
    roles: str,
    titles: tuple[str, str],
    what: tuple[str, str],
    also: Callable[[F, Sequence[Past], Context, Known], None] = lambda fact, past, context, known: None,
) -> Spec[Any, Any]:
    """The spec of such a command. `what` names the thing in English (also in codes) and French; `also` may refuse."""

    def decide(fact: F, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
        also(fact, past, context, known)
        return once(past, placed(fact, context, known), *what)

    return Spec(
        name=name,
        model=model,
        stream=lambda fact: stream_of(model, fact),
        roles=frozenset(roles.split()),
        emits=(model.TYPE,),
        fold=history,
        decide=decide,
        title_en=titles[0],
        title_fr=titles[1],
        needs=needs,
    )


def stream_of(model: type[Fact], fact: Fact) -> str:
    """The stream of a fact, by its template."""
    return model.STREAM.format(**dict(fact))
