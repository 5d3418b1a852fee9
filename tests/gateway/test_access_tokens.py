"""Access tokens: what an outside provider may write otherwise, and what makes one worth nothing."""

import time
import warnings
from pathlib import Path
from typing import Any

import orjson
import pytest
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey, RSAKey

from shared.kernel.refusals import Refused
from shared.runtime.tokens import AUDIENCE, ISSUER, Verifier

HOUR = 3600
_RSA = {**RSAKey.generate_key(2048).as_dict(private=False), "kid": "rsa", "alg": "RS256"}


class Provider:
    """One that signs what it is told to; `alg` is what its key set calls its algorithm."""

    def __init__(self, folder: Path, alg: str | None = "EdDSA") -> None:
        self.key = OKPKey.generate_key("Ed25519")
        self.kid = self.key.thumbprint()
        named = {} if alg is None else {"alg": alg}
        mine = {**self.key.as_dict(private=False), "kid": self.kid, "use": "sig", "key_ops": ["verify"], **named}
        (folder / "jwks.json").write_bytes(orjson.dumps({"keys": [_RSA, mine]}))
        self.verifier = Verifier(folder / "jwks.json")

    def token(self, header: dict[str, Any], **claims: Any) -> str:
        """A token with these claims changed; None takes one away."""
        now = int(time.time())
        said: dict[str, Any] = {"iss": ISSUER, "aud": AUDIENCE, "sub": "p-1", "member": "m1", "roles": ["AD"]}
        said = {**said, "iat": now, "exp": now + HOUR, **claims}
        head = _without_none({"alg": "EdDSA", "typ": "at+jwt", "kid": self.kid, **header})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SecurityWarning)
            return jwt.encode(head, _without_none(said), self.key, algorithms=[head["alg"]])


def _without_none(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    """A provider that writes as most do."""
    return Provider(tmp_path)


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
@pytest.mark.parametrize("named", ["EdDSA", "Ed25519", None])
def test_the_same_signature_has_two_names(tmp_path: Path, alg: str, named: str | None) -> None:
    provider = Provider(tmp_path, named)
    assert provider.verifier.claims(provider.token({"alg": alg})).member == "m1"


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({"typ": "AT+JWT"}, {}),
        ({"typ": "application/at+jwt"}, {}),
        ({"typ": "Application/AT+jwt"}, {}),
        ({}, {"aud": [AUDIENCE]}),
        ({}, {"aud": ["another", AUDIENCE]}),
        ({}, {"nbf": int(time.time()) - 5}),
        ({}, {"exp": time.time() + HOUR}),
        ({}, {"roles": ["AD", "CO", "AU"], "scope": "openid", "azp": "x"}),
    ],
)
def test_what_others_write_otherwise_is_read(provider: Provider, header: Any, claims: Any) -> None:
    found = provider.verifier.claims(provider.token(header, **claims))
    assert (found.sub, found.member, found.roles[0]) == ("p-1", "m1", "AD")
    assert type(found.exp) is int


NOW = int(time.time())


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({"typ": "JWT"}, {}),
        ({"typ": None}, {}),
        ({"kid": "rsa"}, {}),
        ({}, {"aud": []}),
        ({}, {"aud": ["another"]}),
        ({}, {"aud": {"generateur": 1}}),
        ({}, {"aud": None}),
        ({}, {"iss": "another"}),
        ({}, {"nbf": NOW + 2 * HOUR}),
        ({}, {"nbf": "now"}),
        ({}, {"iat": NOW + 2 * HOUR, "exp": NOW + 3 * HOUR}),
        ({}, {"iat": None}),
        ({}, {"iat": True}),
        ({}, {"iat": NOW - 13 * HOUR}),
        ({}, {"exp": None}),
        ({}, {"exp": NOW - HOUR}),
        ({}, {"exp": NOW + 13 * HOUR}),
        ({}, {"exp": str(NOW + HOUR)}),
        ({}, {"exp": 10**300}),
        ({}, {"sub": ""}),
        ({}, {"sub": "a\nb"}),
        ({}, {"sub": "x" * 201}),
        ({}, {"sub": 7}),
        ({}, {"member": "../m1"}),
        ({}, {"member": "M1"}),
        ({}, {"member": "m1\n"}),
        ({}, {"member": ["m1"]}),
        ({}, {"roles": []}),
        ({}, {"roles": "AD"}),
        ({}, {"roles": ["AD", "ROOT"]}),
        ({}, {"roles": [["AD"]]}),
        ({}, {"roles": ["AD"] * 10}),
    ],
)
def test_what_makes_a_token_worth_nothing(provider: Provider, header: Any, claims: Any) -> None:
    token = provider.token(header, **claims)
    for _ in range(2):
        with pytest.raises(Refused, match=r"token\.invalid"):
            provider.verifier.claims(token)


def test_a_token_holds_from_the_moment_it_names(provider: Provider) -> None:
    provider.verifier.claims(provider.token({}, nbf=int(time.time()) + 20))
    with pytest.raises(Refused):
        provider.verifier.claims(provider.token({}, nbf=int(time.time()) + 120))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "....", "x" * 5000, "\ud800", "é.é.é"])
def test_other_texts_are_no_tokens(provider: Provider, text: str) -> None:
    with pytest.raises(Refused):
        provider.verifier.claims(text)
