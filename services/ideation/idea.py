"""Needs and ideas, up to the choice of those that become a project."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from services.ideation.deciding import draft, history, needs, once, placed
from services.ideation.events_listening import (
    IdeaBatchDeclared,
    IdeaProposed,
    IdeaSelected,
    IdeaShortlisted,
    NeedCharacterised,
    NeedRecorded,
)
from services.ideation.simple import recording, stream_of
from shared.kernel.decider import Context, Draft, Known, Need, Past, Spec
from shared.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody has proposed it."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """Proposed, not yet kept."""


@dataclass(frozen=True, slots=True)
class Shortlisted:
    """Kept, to be looked into."""


Idea = Unknown | Proposed | Shortlisted


def idea(past: Sequence[Past]) -> Idea:
    """An idea's state after these events."""
    state: Idea = Unknown()
    for p in past:
        match p.type:
            case IdeaProposed.TYPE:
                state = Proposed()
            case IdeaShortlisted.TYPE:
                state = Shortlisted()
    return state


def shortlist(fact: IdeaShortlisted, state: Idea, context: Context, known: Known) -> list[Draft]:
    """A proposed idea is kept, once."""
    match state:
        case Unknown():
            raise _unknown(str(fact.idea_id))
        case Proposed():
            return [draft(placed(fact, context, known))]
        case Shortlisted():
            return []
        case _:
            assert_never(state)


def select(fact: IdeaSelected, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """One or several proposed ideas are chosen for one project."""
    if len(set(fact.idea_ids)) < len(fact.idea_ids):
        raise Refused("idea.twice", "An idea is named twice.", "Une idée est nommée deux fois.", ("idea_ids",))
    for idea_id in fact.idea_ids:
        if isinstance(idea(known.get(f"idea/{idea_id}") or ()), Unknown):
            raise _unknown(str(idea_id))
    return once(past, placed(fact, context, known), "selection", "Choix")


def characterise(fact: NeedCharacterised, past: Sequence[Past], context: Context, known: Known) -> list[Draft]:
    """A recorded need is looked into; looked into again, the last word holds."""
    types = [p.type for p in past]
    if NeedRecorded.TYPE not in types:
        raise Refused("need.unknown", "Nobody has recorded this need.", "Personne n'a noté ce besoin.", ("need_id",))
    where = placed(fact, context, known)
    before = [p for p in past if p.type == NeedCharacterised.TYPE]
    return [] if before and dict(before[-1].data) == where.payload() else [draft(where)]


def _unknown(idea_id: str) -> Refused:
    return Refused(
        "idea.unknown", f"Nobody has proposed the idea {idea_id}.", f"L'idée {idea_id} n'a pas été proposée.", ("idea_id",)
    )


def _selected_needs(fact: IdeaSelected) -> list[Need]:
    return [*needs(fact), *(Need("stream", f"idea/{idea_id}") for idea_id in fact.idea_ids)]


def _spec(model: Any, name: str, roles: str, decide: Any, fold: Any, en: str, fr: str, asked: Any = needs) -> Any:
    return Spec(
        name=name,
        model=model,
        stream=lambda fact: stream_of(model, fact),
        roles=frozenset(roles.split()),
        emits=(model.TYPE,),
        fold=fold,
        decide=decide,
        title_en=en,
        title_fr=fr,
        needs=asked,
    )


SPECS: tuple[Spec[Any, Any], ...] = (
    recording(NeedRecorded, "RecordNeed", "AD AC TR CO", ("Record a need", "Noter un besoin"), ("need", "Besoin")),
    _spec(NeedCharacterised, "CharacteriseNeed", "AD CO", characterise, history, "Look into a need", "Cerner un besoin"),
    recording(IdeaProposed, "ProposeIdea", "AD AC TR CO", ("Propose an idea", "Proposer une idée"), ("idea", "Idée")),
    recording(
        IdeaBatchDeclared,
        "DeclareIdeaBatch",
        "AD CO",
        ("Declare a number of ideas", "Déclarer un nombre de pistes"),
        ("batch", "Lot"),
    ),
    _spec(IdeaShortlisted, "ShortlistIdea", "AD TR CO", shortlist, idea, "Keep an idea", "Retenir une piste"),
    _spec(
        IdeaSelected, "SelectIdea", "TR CO", select, history, "Choose ideas for a project", "Choisir des idées", _selected_needs
    ),
)
