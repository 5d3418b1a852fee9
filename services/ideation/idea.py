"""Ideas, up to the choice of those that become a project."""

from dataclasses import dataclass
from typing import Any, Final, assert_never

from services.ideation.events_listening import IdeaBatchDeclared, IdeaProposed, IdeaSelected, IdeaShortlisted
from services.ideation.placing import lookups, placed, recording
from shared.kernel.decider import Context, Draft, Events, Known, Lookup, RecordedEvent, Spec
from shared.kernel.deciding import command, draft, exists, history, once, only
from shared.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has proposed it."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """Proposed, not yet kept."""

    fact: IdeaProposed


@dataclass(frozen=True, slots=True)
class Shortlisted:
    """Kept, to be looked into."""

    fact: IdeaProposed


Idea = Unknown | Proposed | Shortlisted
IdeaEvent = IdeaProposed | IdeaShortlisted
EVENTS: Final[tuple[type[IdeaEvent], ...]] = (IdeaProposed, IdeaShortlisted)


def idea(past: Events) -> Idea:
    """An idea's state after these events."""
    state: Idea = Unknown()
    for event in only(past, EVENTS):
        state = _evolve(state, event)
    return state


def _evolve(state: Idea, event: RecordedEvent[IdeaEvent]) -> Idea:
    fact = event.fact
    match fact:
        case IdeaProposed():
            return Proposed(fact)
        case IdeaShortlisted():
            return Shortlisted(state.fact) if isinstance(state, Proposed) else state
        case _:
            assert_never(fact)


def propose(fact: IdeaProposed, state: Idea, context: Context, known: Known) -> list[Draft]:
    """An idea is proposed once."""
    where = placed(fact, context, known)
    match state:
        case Unknown():
            return [draft(where)]
        case Proposed(before) | Shortlisted(before):
            if before == where:
                return []
            raise exists("idea", "Idée")
        case _:
            assert_never(state)


def shortlist(fact: IdeaShortlisted, state: Idea, context: Context, known: Known) -> list[Draft]:
    """A proposed idea is kept, once."""
    match state:
        case Unknown():
            raise _unknown(fact.idea_id, "idea_id")
        case Proposed():
            return [draft(placed(fact, context, known))]
        case Shortlisted():
            return []
        case _:
            assert_never(state)


def select(fact: IdeaSelected, past: Events, context: Context, known: Known) -> list[Draft]:
    """One or several proposed ideas are chosen for one project."""
    if len(set(fact.idea_ids)) < len(fact.idea_ids):
        raise Refused("idea.twice", "An idea is named twice.", "Une idée est nommée deux fois.", ("idea_ids",))
    for idea_id in fact.idea_ids:
        if not known.exists(f"idea/{idea_id}"):
            raise _unknown(idea_id, "idea_ids")
    return once(past, placed(fact, context, known), "selection", "Choix")


def _unknown(idea_id: object, path: str) -> Refused:
    return Refused(
        "idea.unknown",
        f"Nobody has proposed the idea {idea_id} here.",
        f"L'idée {idea_id} n'a pas été proposée ici.",
        (path,),
    )


def _selection_lookups(fact: IdeaSelected) -> list[Lookup]:
    return [*lookups(fact), *(Lookup("exists", f"idea/{idea_id}") for idea_id in fact.idea_ids)]


_PROPOSE = ("Propose an idea", "Proposer une idée")
_BATCH = ("Declare a number of ideas", "Déclarer un nombre de pistes")
_SHORTLIST = ("Keep an idea", "Retenir une piste")
_SELECT = ("Choose ideas for a project", "Choisir des idées")

SPECS: tuple[Spec[Any, Any], ...] = (
    command(IdeaProposed, "ProposeIdea", "AD AC TR CO", idea, propose, _PROPOSE, lookups),
    recording(IdeaBatchDeclared, "DeclareIdeaBatch", "AD CO", _BATCH, ("batch", "Lot")),
    command(IdeaShortlisted, "ShortlistIdea", "AD TR CO", idea, shortlist, _SHORTLIST, lookups),
    command(IdeaSelected, "SelectIdea", "TR CO", history, select, _SELECT, _selection_lookups),
)
