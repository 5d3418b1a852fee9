"""Who asks, and what that caller may see: decided here once, for every read, every cache and every stream."""

import time
from dataclasses import dataclass
from typing import Final

from services.gateway.faults import Fault
from shared.kernel.refusals import Refused
from shared.runtime.tokens import LEEWAY, Claims, Verifier, coordinates

PUBLIC: Final = "public"
ALL: Final = "all"


def viewer(claims: Claims | None, coordinator: str) -> str:
    """What the read side's functions are told: `public`, `member/<id>`, or `all` for the coordinator and auditors."""
    if claims is None:
        return PUBLIC
    if coordinates(claims, coordinator) or "AU" in claims.roles:
        return ALL
    return f"member/{claims.member}"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. Answers may be shared by all who have one `viewer`; without a token only `address` is known else."""

    lang: str = "fr"
    claims: Claims | None = None
    token: str | None = None
    viewer: str = PUBLIC
    coordinates: bool = False
    address: str = ""

    @property
    def expired(self) -> bool:
        """Whether a token was given and is no longer valid: asked again while a connection stays open."""
        return self.claims is not None and self.claims.exp + LEEWAY < time.time()


class Callers:
    """Makes callers from what requests say. `coordinator` is the member that coordinates the collective."""

    def __init__(self, verifier: Verifier, coordinator: str) -> None:
        self._verifier = verifier
        self._coordinator = coordinator

    def of(self, authorization: str | None, lang: str, address: str = "") -> Caller:
        """Who an Authorization header names, nobody without one; raises Fault `token.invalid`."""
        if authorization is None:
            return Caller(lang, address=address)
        kind, _, given = authorization.partition(" ")
        token = given.strip()
        if kind.lower() != "bearer" or not token:
            raise Fault("token.invalid")
        try:
            claims = self._verifier.claims(token)
        except Refused as refused:
            raise Fault(refused.code) from None
        seen = viewer(claims, self._coordinator)
        return Caller(lang, claims, token, seen, coordinates(claims, self._coordinator), address)
