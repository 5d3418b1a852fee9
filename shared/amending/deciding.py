"""Deciding on a correction or a void: who may, what it does to the stream, and that later records still stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from shared.amending import changes, refusals
from shared.amending.streams import Door, entities_of, live, without_amendments
from shared.kernel import dates, living
from shared.kernel.amendments import MOST_ENTITIES, Amending, Correction, Target, Void
from shared.kernel.decider import Context, Draft, Events, Known, Located, Lookup, RecordedEvent, Spec
from shared.kernel.deciding import draft
from shared.kernel.fields import Payload
from shared.kernel.refusals import Refused

AUTHOR_DAYS: Final = 7
AT_ANY_TIME: Final = frozenset({"CO", "ME"})
Event = RecordedEvent[Payload]


@dataclass(frozen=True)
class Plan:
    """A correction thought through: the original as it holds, what the command would be given, and the rest of the
    stream before and after it."""

    original: Event
    spec: Spec[Any, Any]
    asked: Any
    occurred_on: date
    precision: str
    before: Events
    after: Events


@dataclass(frozen=True)
class Amendments:
    """What a service amends: its door, its own events for it, and its commands by the event that each records."""

    door: Door
    corrected: type[Correction]
    voided: type[Void]
    commands: Mapping[str, Spec[Any, Any]] = field(default_factory=dict)

    def lookups(self, asked: Any, located: Located) -> Sequence[Lookup]:
        """What must be known to decide the corrected command and those after it again. Raises Refused as `correct`."""
        held = self._held(asked, located)
        original = _at(held, located.version)
        if original is None:
            return ()
        plan = self._plan(asked, original, held)
        found = dict.fromkeys(plan.spec.lookups(plan.asked, ()))
        for event in plan.after:
            spec = self.commands[event.fact.TYPE]
            found.update(dict.fromkeys(spec.lookups(changes.command_of(spec, event.fact), ())))
        return tuple(found)

    def correct(self, asked: Any, located: Located, context: Context, known: Known) -> list[Draft]:
        """What holds instead of a record, decided as its own command would be on what was there before it.

        Raises Refused: `amendment.target`, `.voided`, `.not_author`, `.late`, `correction.other_command`,
        `correction.moves_entity`, `correction.repeats`, `correction.contradicts`, `input.*`, those of dates, and all
        that the command itself refuses.
        """
        held = self._held(asked, located)
        original = _at(held, located.version)
        if original is None:
            raise refusals.voided()
        permit(original, context)
        plan = self._plan(asked, original, held)
        dates.check(plan.occurred_on, plan.precision, context.today)
        fact = self._decided(plan, context, known)
        self._still_stand(plan, fact, context, known)
        differing = changes.differing(plan.original, fact, plan.occurred_on, plan.precision)
        if not differing:
            return []
        says = {
            "reason": asked.reason,
            "data": fact.payload(),
            "data_type": None if original.type == fact.TYPE else fact.TYPE,
            "occurred_on": plan.occurred_on,
            "occurred_precision": plan.precision,
            "changed": differing,
        }
        return [draft(self._amendment(self.corrected, asked, located, fact, entities_of(fact, context.member), says))]

    def void(self, asked: Any, located: Located, context: Context, known: Known) -> list[Draft]:
        """The record and what hangs on it in its stream are no more; voided already, nothing changes.

        Raises Refused: `amendment.target`, `.not_author`, `.late`, `.too_many`.
        """
        original = _at(self._held(asked, located), located.version)
        if original is None:
            return []
        permit(original, context)
        with_it = [
            event
            for event in without_amendments(located.events)
            if event.version > original.version and living.name_of(original.type) in type(event.fact).HANGS_ON
        ]
        named = {name for event in (original, *with_it) for name in entities_of(event.fact, context.member)}
        if len(named) > MOST_ENTITIES:
            raise refusals.too_many()
        says = {"reason": asked.reason}
        return [draft(self._amendment(self.voided, asked, located, original.fact, sorted(named), says))]

    def _held(self, asked: Any, located: Located) -> Events:
        """What holds now of the stream. Raises Refused `amendment.target` if the record named is never amended."""
        recorded = _recorded(located)
        if isinstance(recorded.fact, Amending) or not recorded.fact.AMENDABLE:
            raise refusals.target()
        return live(located.events, _owner(asked), self.door)

    def _plan(self, asked: Any, original: Event, held: Events) -> Plan:
        spec = self.commands[original.fact.TYPE]
        command, occurred_on, precision = changes.merged(asked.changes, original, spec, _owner(asked))
        before = [event for event in held if event.version < original.version]
        after = [event for event in held if event.version > original.version]
        return Plan(original, spec, command, occurred_on, precision, before, after)

    def _decided(self, plan: Plan, context: Context, known: Known) -> Payload:
        """The fact as the command records it now, still of the same objects."""
        again = replace(
            context,
            occurred_on=plan.occurred_on,
            precision=plan.precision,
            origin=plan.original.origin,
            standing=changes.standing(plan.original.fact),
        )
        drafts = plan.spec.decide(plan.asked, plan.spec.fold(plan.before), again, known)
        if not drafts:
            raise refusals.repeats()
        fact = self.door.read(drafts[0].type, drafts[0].data)
        before = plan.original.fact
        if type(fact) is not type(before) or fact.stream() != before.stream():
            raise refusals.moves()
        if entities_of(fact, context.member) != entities_of(before, context.member):
            raise refusals.moves()
        return fact

    def _still_stand(self, plan: Plan, fact: Payload, context: Context, known: Known) -> None:
        """Raises Refused `correction.contradicts`, naming the first later record that could not have been decided.

        What could not be decided now in any case, other objects having changed, is not for this correction to answer.
        """
        corrected = replace(plan.original, fact=fact, occurred_on=plan.occurred_on, precision=plan.precision)
        as_it_was, as_it_would_be = [*plan.before, plan.original], [*plan.before, corrected]
        for event in plan.after:
            why = self._refusal(event, as_it_would_be, context, known)
            if why is not None and self._refusal(event, as_it_was, context, known) is None:
                raise refusals.contradicts(event.type, event.version, why)
            as_it_was.append(event)
            as_it_would_be.append(event)

    def _refusal(self, event: Event, before: Events, context: Context, known: Known) -> Refused | None:
        """Why a recorded event could not have been decided after these; None if it could."""
        spec = self.commands[event.fact.TYPE]
        then = replace(
            context,
            role=event.role,
            actor=event.actor,
            occurred_on=event.occurred_on,
            precision=event.precision,
            origin=event.origin,
            standing=changes.standing(event.fact),
        )
        try:
            spec.decide(changes.command_of(spec, event.fact), spec.fold(before), then, known)
        except Refused as why:
            return why
        return None

    def _amendment(
        self,
        kind: type[Amending],
        asked: Any,
        located: Located,
        fact: Payload,
        entities: Sequence[str],
        says: Mapping[str, Any],
    ) -> Amending:
        target = Target(
            source=asked.target.source,
            sequence=asked.target.sequence,
            version=located.version,
            type=_recorded(located).type,
            subject=fact.stream(),
            entities=tuple(entities),
        )
        return kind(target=target, note=asked.note, **changes.common(kind, fact), **says)


def permit(original: Event, context: Context) -> None:
    """Checks that this record may be amended by who asks: its author within seven days, a member's administrator and
    the coordinator at any time. Raises Refused: `amendment.not_author`, `amendment.late`."""
    if context.role in AT_ANY_TIME:
        return
    if original.actor != context.actor:
        raise refusals.not_author()
    if context.now - datetime.fromisoformat(original.time) > timedelta(days=AUTHOR_DAYS):
        raise refusals.late(AUTHOR_DAYS)


def _recorded(located: Located) -> Event:
    """The record named, as it was recorded."""
    return next(event for event in located.events if event.version == located.version)


def _at(held: Events, version: int) -> Event | None:
    """The record at a version, as it holds now; None if it holds no more."""
    return next((event for event in held if event.version == version), None)


def _owner(asked: Any) -> str:
    return str(asked.target.source).split("/")[2]
