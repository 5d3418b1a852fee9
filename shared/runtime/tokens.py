"""Access tokens: JWT signed by an issuer's Ed25519 key, checked against its public key set."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.kernel import attributes, bounds
from shared.kernel.refusals import Refused
from shared.runtime import keyfiles

ISSUER: Final = "generateur-local"
AUDIENCE: Final = "generateur"
ROLES: Final = ("CO", "ME", "AD", "TR", "AC", "PH", "RE", "FU", "AU")
MAX_HOURS: Final = 12
_LEEWAY: Final = 30
_CACHED: Final = 1024
_IS_ACTOR: Final = bounds.whole(attributes.FORMS["actor"])


@dataclass(frozen=True, slots=True)
class Claims:
    """Who asks: a pseudonym, the member acted for, the roles there, and until when (seconds since 1970)."""

    sub: str
    member: str
    roles: tuple[str, ...]
    exp: int


def coordinates(claims: Claims | None, coordinator: str) -> bool:
    """Whether a token is the coordinator's own. The role CO held by another member is worth nothing."""
    return claims is not None and claims.member == coordinator and "CO" in claims.roles


def create_issuer(keys: Path) -> None:
    """Makes the local issuer's key (mode 600) and its public set `jwks.json`, unless they exist."""
    secret, public = keys / "issuer.key", keys / "jwks.json"
    if not secret.exists():
        key = OKPKey.generate_key("Ed25519")
        keyfiles.lay(secret, orjson.dumps(key.as_dict(private=True)))
    if not public.exists():
        key = OKPKey.import_key(orjson.loads(secret.read_bytes()))
        public.write_bytes(orjson.dumps({"keys": [_public(key)]}))


def _public(key: OKPKey) -> dict[str, Any]:
    return {**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": "Ed25519"}


def issue(secret: Path, sub: str, member: str, roles: tuple[str, ...], hours: float = 8, now: int | None = None) -> str:
    """A token for `sub` acting for `member`; at most 12 hours. Raises ValueError on an unknown role or duration."""
    if not roles or any(role not in ROLES for role in roles):
        raise ValueError(f"roles are among {', '.join(ROLES)}")
    if not 0 < hours <= MAX_HOURS:
        raise ValueError(f"a token lives at most {MAX_HOURS} hours")
    key = OKPKey.import_key(orjson.loads(secret.read_bytes()))
    issued = int(time.time()) if now is None else now
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": sub,
        "member": member,
        "roles": list(roles),
        "iat": issued,
        "exp": issued + int(hours * 3600),
    }
    header = {"alg": "Ed25519", "typ": "at+jwt", "kid": key.thumbprint()}
    return jwt.encode(header, claims, key, algorithms=["Ed25519"])


class Verifier:
    """Checks tokens against a key set file; what was verified once is remembered until it expires."""

    def __init__(self, jwks: Path) -> None:
        self._path = jwks
        self._keys: KeySet | None = None
        self._seen: dict[str, Claims] = {}

    def claims(self, token: str) -> Claims:
        """The claims of a valid token; raises Refused(`token.invalid`) for any other text."""
        now = int(time.time())
        known = self._seen.get(token)
        if known is not None and known.exp > now:
            return known
        found = self._check(token, now)
        if len(self._seen) >= _CACHED:
            self._seen.clear()
        self._seen[token] = found
        return found

    def _check(self, token: str, now: int) -> Claims:
        if len(token) > 4096:
            raise _invalid()
        if self._keys is None:
            self._keys = KeySet.import_key_set(orjson.loads(self._path.read_bytes()))
        try:
            decoded = jwt.decode(token, self._keys, algorithms=["Ed25519"])
        except (JoseError, ValueError, KeyError, TypeError):
            raise _invalid() from None
        claims = decoded.claims
        if decoded.header.get("typ") != "at+jwt" or claims.get("iss") != ISSUER or claims.get("aud") != AUDIENCE:
            raise _invalid()
        return _claims(claims, now)


def _claims(claims: dict[str, Any], now: int) -> Claims:
    sub, member, roles = claims.get("sub"), claims.get("member"), claims.get("roles")
    exp, issued = claims.get("exp"), claims.get("iat")
    whole = isinstance(exp, int) and isinstance(issued, int) and isinstance(sub, str) and isinstance(member, str)
    if not whole or not isinstance(roles, list) or any(role not in ROLES for role in roles):
        raise _invalid()
    assert isinstance(exp, int) and isinstance(issued, int) and isinstance(sub, str) and isinstance(member, str)
    if exp + _LEEWAY <= now or issued - _LEEWAY > now or not _IS_ACTOR(sub):
        raise _invalid()
    return Claims(sub, member, tuple(roles), exp)


def _invalid() -> Refused:
    return Refused("token.invalid", "This token is not valid, or no longer.", "Ce jeton n'est pas ou plus valable.")
