"""Access tokens: JWT signed by an issuer's Ed25519 key, checked against its public key set."""

import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet, OKPKey

from shared.kernel import attributes, bounds
from shared.kernel.refusals import Refused
from shared.runtime import keyfiles

ISSUER: Final = "generateur-local"
AUDIENCE: Final = "generateur"
ROLES: Final = ("CO", "ME", "AD", "TR", "AC", "PH", "RE", "FU", "AU")
MAX_HOURS: Final = 12
LEEWAY: Final = 30  # seconds by which clocks may differ
_IS_MEMBER: Final = bounds.whole(bounds.MEMBER)
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
        key = _read(secret)
        public.write_bytes(orjson.dumps({"keys": [_public(key)]}))


def _read(secret: Path) -> OKPKey:
    try:
        return OKPKey.import_key(orjson.loads(secret.read_bytes()))
    except FileNotFoundError:
        raise keyfiles.lost(secret) from None
    except (JoseError, ValueError, KeyError, TypeError):
        raise keyfiles.Unusable(
            f"{secret} holds no key of a token issuer: restore it from a backup, or make a new one by "
            "`generateur renew-issuer`, after which tokens given so far are worth nothing."
        ) from None


def _public(key: OKPKey) -> dict[str, Any]:
    return {**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": "Ed25519"}


def issue(secret: Path, sub: str, member: str, roles: tuple[str, ...], hours: float = 8, now: int | None = None) -> str:
    """A token for `sub` acting for `member`; at most 12 hours.

    Raises ValueError on an unknown role or duration, keyfiles.Unusable for a key file without a key.
    """
    if not roles or any(role not in ROLES for role in roles):
        raise ValueError(f"Roles are among {', '.join(ROLES)}")
    if not 0 < hours <= MAX_HOURS:
        raise ValueError(f"A token lives at most {MAX_HOURS} hours")
    key = _read(secret)
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
        """The claims of a valid token; raises Refused(`token.invalid`) for any other text.

        Valid: signed by a key of the set, for us, of the kind that RFC 9068 names, within its time, at most 12 hours.
        """
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
            self._keys = _keys(orjson.loads(self._path.read_bytes()))
        try:
            with warnings.catch_warnings():
                # RFC 9864 gave `Ed25519` a name of its own; most providers still write `EdDSA` for the same signature.
                warnings.simplefilter("ignore", SecurityWarning)
                decoded = jwt.decode(token, self._keys, algorithms=["Ed25519", "EdDSA"])
        except (JoseError, ValueError, KeyError, TypeError):
            raise _invalid() from None
        claims, kind, meant = decoded.claims, decoded.header.get("typ"), decoded.claims.get("aud")
        # RFC 9068: a media type, so in any case, and with or without `application/`. RFC 7519: one audience or several.
        typed = isinstance(kind, str) and kind.lower().removeprefix("application/") == "at+jwt"
        for_us = meant == AUDIENCE or (isinstance(meant, list) and AUDIENCE in meant)
        if not typed or not for_us or claims.get("iss") != ISSUER:
            raise _invalid()
        return _claims(claims, now)


def _keys(found: dict[str, Any]) -> KeySet:
    """The Ed25519 keys of a key set, whatever name they give their algorithm; those of other kinds verify nothing."""
    curves = (one for one in found["keys"] if one.get("kty") == "OKP" and one.get("crv") == "Ed25519")
    ours = [{name: one[name] for name in ("kty", "crv", "x", "kid") if name in one} for one in curves]
    return KeySet.import_key_set({"keys": ours})


def _claims(claims: dict[str, Any], now: int) -> Claims:
    sub, member, roles = claims.get("sub"), claims.get("member"), claims.get("roles")
    if not isinstance(sub, str) or not isinstance(member, str) or not isinstance(roles, list):
        raise _invalid()
    if not _IS_ACTOR(sub) or not _IS_MEMBER(member):
        raise _invalid()
    if not 0 < len(roles) <= len(ROLES) or any(role not in ROLES for role in roles):
        raise _invalid()
    issued, ends = _moment(claims.get("iat")), _moment(claims.get("exp"))
    begins = _moment(claims.get("nbf", issued))
    if ends + LEEWAY <= now or max(issued, begins) - LEEWAY > now or ends - issued > MAX_HOURS * 3600:
        raise _invalid()
    return Claims(sub, member, tuple(roles), ends)


def _moment(value: Any) -> int:
    """A NumericDate of RFC 7519, in whole seconds."""
    if type(value) not in (int, float) or not 0 < value < 2**40:
        raise _invalid()
    return int(value)


def _invalid() -> Refused:
    return Refused("token.invalid", "This token is not valid, or no longer.", "Ce jeton n'est pas ou plus valable.")
