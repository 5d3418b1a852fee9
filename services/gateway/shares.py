"""What callers hold at once, bounded for each caller and for each address: none of them may take all there is."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from services.gateway.callers import Caller
from services.gateway.faults import Fault
from services.gateway.settings import Settings
from shared.runtime.connections import networks, origin, within


class Shares:
    """One kind of thing: places of live answers, questions under way, bytes of bodies and answers.

    A caller is a token's subject; without a token only the address counts, which `trusted` ones are not bounded by.
    """

    def __init__(self, code: str, address: int, caller: int, trusted: tuple[str, ...] = ()) -> None:
        self._code = code
        self._address = address
        self._caller = caller
        self._trusted = networks(trusted)
        self._held: Counter[tuple[str, ...]] = Counter()

    @property
    def holders(self) -> int:
        """How many addresses and callers hold something now."""
        return len(self._held)

    @contextmanager
    def hold(self, caller: Caller, amount: int = 1) -> Iterator[None]:
        """Holds an amount for a caller; raises Fault with the code of this kind where it comes to too much.

        Whoever holds nothing may hold any amount.
        """
        keys = self._keys(caller)
        for key, most in keys:
            if self._held[key] and self._held[key] + amount > most:
                raise Fault(self._code)
        for key, _ in keys:
            self._held[key] += amount
        try:
            yield
        finally:
            for key, _ in keys:
                self._held[key] -= amount
                if not self._held[key]:
                    del self._held[key]

    def _keys(self, caller: Caller) -> list[tuple[tuple[str, ...], int]]:
        found: list[tuple[tuple[str, ...], int]] = []
        if not within(caller.address, self._trusted):
            found.append(((caller.address,), self._address))
        if caller.claims is not None:
            found.append(((caller.claims.member, caller.claims.sub), self._caller))
        return found


@dataclass(frozen=True, slots=True)
class Held:
    """All that callers hold in this process.

    Questions under way, live answers, distinct live questions first asked, sockets, bytes on their way.
    """

    questions: Shares
    live: Shares
    streams: Shares
    sockets: Shares
    bytes: Shares

    @classmethod
    def bounded(cls, told: Settings) -> "Held":
        """Nothing held yet, with the bounds of these settings."""
        return cls(
            Shares("requests.too_many", told.address_questions, told.caller_questions, told.trusted),
            Shares("listeners.too_many", told.address_listeners, told.caller_listeners, told.trusted),
            Shares("listeners.too_many", told.address_streams, told.address_streams, told.trusted),
            Shares("listeners.too_many", told.address_listeners, told.caller_listeners, told.trusted),
            Shares("requests.too_many", told.address_bytes, told.caller_bytes, told.trusted),
        )


def address(scope: Mapping[str, Any]) -> str:
    """What stands for the client of an ASGI scope where callers are counted by address."""
    client = scope.get("client")
    return origin(client[0]) if client else ""
