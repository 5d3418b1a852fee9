"""Keeping what a service hears of another's objects, so that its decisions can ask without calling anybody.

A replica is the stream as heard, folded by the same rules as one's own: corrected and voided records are corrected and
gone here too, as soon as they are heard (docs/adr/0007).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from shared.amending.streams import Door, live
from shared.kernel.decider import Call, Events, Heard, Reaction, RecordedEvent, Replica
from shared.kernel.refusals import Refused

View = Callable[[Events], Mapping[str, Any] | None]
_KEPT = ("type", "version", "time", "occurred_on", "precision", "data")


def keeping(name: str, kind: str, types: Sequence[str], door: Door, view: View) -> Reaction:
    """The reaction that keeps the coordinator's objects of one kind: the streams `<kind>/…`.

    `types` with the amendments among them; `view` gives what decisions ask for, or None for an object that is no more.
    """

    def kept(heard: Heard) -> str | None:
        return heard.subject if heard.subject.startswith(f"{kind}/") else None

    def handle(heard: Heard, body: Mapping[str, Any] | None) -> Sequence[Call | Replica]:
        if kept(heard) is None:
            return ()
        before, said = body["events"] if body else (), {field: getattr(heard, field) for field in _KEPT}
        if said in before:
            return ()
        if any(one["version"] == heard.version for one in before):
            raise _twice(heard)
        _fits(heard, door)
        # One that was set aside is heard after those that came behind it.
        events = sorted((*before, said), key=lambda one: one["version"])
        held = live([_event(one, door) for one in events], heard.source.split("/")[2], door)
        return [Replica(heard.subject, {"events": events}, view(held))]

    return Reaction(name, frozenset(types), "coordinator", handle, kept)


def _event(kept: Mapping[str, Any], door: Door) -> RecordedEvent[Any]:
    return RecordedEvent(
        fact=door.read(kept["type"], kept["data"]),
        type=kept["type"],
        version=kept["version"],
        time=kept["time"],
        occurred_on=date.fromisoformat(kept["occurred_on"]),
        precision=kept["precision"],
    )


def _fits(heard: Heard, door: Door) -> None:
    try:
        door.read(heard.type, heard.data)
    except Refused:
        raise Refused(
            "record.contract",
            f"What it says is not what {heard.type} says here, or a newer release wrote it.",
            f"Son contenu n'est pas celui de {heard.type} ici, ou une version plus récente l'a écrit.",
        ) from None


def _twice(heard: Heard) -> Refused:
    return Refused(
        "record.version",
        f"Another record stands at version {heard.version} of {heard.subject}.",
        f"Un autre enregistrement porte la version {heard.version} de {heard.subject}.",
    )
