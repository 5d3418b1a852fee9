"""Every event of this service, by its type; and where its own events come in."""

from collections.abc import Iterator
from types import ModuleType
from typing import Final

from services.projects import amendments, events
from shared.amending.streams import Door
from shared.kernel.fields import Payload


def _declared(module: ModuleType) -> Iterator[type[Payload]]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Payload) and "TYPE" in vars(value):
            yield value


PAYLOADS: Final = {kind.TYPE: kind for module in (events, amendments) for kind in _declared(module)}
DOOR: Final = Door("projects", PAYLOADS)
