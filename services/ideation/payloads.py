"""Every event of this service, by its type; and where its own events come in."""

from collections.abc import Iterator
from types import ModuleType
from typing import Final

from services.ideation import amendments, events, events_listening
from shared.amending.streams import Door
from shared.kernel.fields import Payload


def _declared(module: ModuleType) -> Iterator[type[Payload]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Payload) and "TYPE" in vars(value):
            yield value


PAYLOADS: Final = {kind.TYPE: kind for module in (events, events_listening, amendments) for kind in _declared(module)}
DOOR: Final = Door("ideation", PAYLOADS)
