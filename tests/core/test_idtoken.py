"""ID tokens: what holds, and every way in which one can fail to."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from cautery.core.errors import Refused
from cautery.core.idtoken import claims_of

NOW = 1_800_000_000
GOOD: dict[str, Any] = {
    "iss": "https://id.example", "aud": "us", "sub": "u1", "exp": NOW + 60, "iat": NOW - 5, "nonce": "n",
}  # fmt: skip
RSA = rsa.generate_private_key(65_537, 2_048)
SMALL = rsa.generate_private_key(65_537, 1_024)  # noqa: S505 (to be refused)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value: int, size: int | None = None) -> str:
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def rsa_key(key: rsa.RSAPrivateKey, kid: str) -> dict[str, str]:
    public = key.public_key().public_numbers()
    return {"kty": "RSA", "kid": kid, "n": number(public.n), "e": number(public.e)}


def ec_key() -> dict[str, str]:
    public = EC.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "kid": "ec", "x": number(public.x, 32), "y": number(public.y, 32)}


KEYS = [
    rsa_key(RSA, "rsa"),
    rsa_key(SMALL, "small"),
    ec_key(),
    {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": b64(ED.public_key().public_bytes_raw())},
    {"kty": "oct", "kid": "oct", "k": b64(b"secret")},
    {"kty": "RSA", "kid": "broken"},
]


def sign(algorithm: str, message: bytes) -> bytes:
    match algorithm:
        case "RS256":
            return RSA.sign(message, padding.PKCS1v15(), SHA256())
        case "PS256":
            return RSA.sign(message, padding.PSS(padding.MGF1(SHA256()), 32), SHA256())
        case "ES256":
            r, s = decode_dss_signature(EC.sign(message, ec.ECDSA(SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        case "EdDSA":
            return ED.sign(message)
        case "small":
            return SMALL.sign(message, padding.PKCS1v15(), SHA256())
    return hmac.digest(b"secret", message, "sha256") if algorithm == "HS256" else b""


def token(algorithm: str = "RS256", kid: str | None = "rsa", claims: dict[str, Any] | None = None, **head: Any) -> str:
    told = {"alg": "RS256" if algorithm == "small" else algorithm} | ({"kid": kid} if kid else {}) | head
    message = f"{b64(json.dumps(told).encode())}.{b64(json.dumps(GOOD | (claims or {})).encode())}"
    return f"{message}.{b64(sign(algorithm, message.encode()))}"


def read(text: str) -> dict[str, Any]:
    return claims_of(text, KEYS, issuer="https://id.example", client="us", nonce="n", now=NOW)


@pytest.mark.parametrize(("algorithm", "kid"), [("RS256", "rsa"), ("PS256", "rsa"), ("ES256", "ec"), ("EdDSA", "ed")])
def test_it_takes_what_the_providers_key_signed(algorithm: str, kid: str) -> None:
    assert read(token(algorithm, kid))["sub"] == "u1"
    assert read(token(algorithm, None))["sub"] == "u1"


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ({"iss": "https://id.example/"}, "issuer"),
        ({"aud": "them"}, "audience"),
        ({"aud": ["us", "them"]}, "audience"),
        ({"azp": "them"}, "party"),
        ({"exp": NOW - 121}, "expired"),
        ({"exp": None}, "expired"),
        ({"exp": float("nan")}, "expired"),
        ({"exp": 10**400}, "expired"),
        ({"iat": NOW + 121}, "not_yet"),
        ({"nonce": "other"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": ""}, "subject"),
        ({"sub": 7}, "subject"),
    ],
)
def test_it_refuses_claims_that_do_not_hold(claims: dict[str, Any], found: str) -> None:
    with pytest.raises(Refused) as caught:
        read(token(claims=claims))
    assert caught.value.fields["found"] == found


@pytest.mark.parametrize(
    ("algorithm", "kid"),
    [("none", "rsa"), ("none", None), ("HS256", "oct"), ("HS256", "rsa"), ("RS256", "ec"), ("RS256", "unknown"),
     ("ES256", "rsa"), ("small", "small"), ("RS256", "broken")],
)  # fmt: skip
def test_it_refuses_a_signature_that_is_not_the_providers(algorithm: str, kid: str | None) -> None:
    with pytest.raises(Refused) as caught:
        read(token(algorithm, kid))
    assert caught.value.fields["found"] == "signature"


def test_several_audiences_need_ours_as_the_party_it_was_made_for() -> None:
    assert read(token(claims={"aud": ["us", "them"], "azp": "us"}))["sub"] == "u1"


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "....", "x" * 70_000, "bm8.bm8.bm8"])
def test_it_refuses_what_is_no_token(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read(text)
    assert caught.value.fields["found"] == "malformed"


def test_it_refuses_a_token_that_was_changed_and_one_with_critical_words() -> None:
    head, _, tail = token().split(".")
    changed = b64(json.dumps(GOOD | {"sub": "u2"}).encode())
    for text in (f"{head}.{changed}.{tail}", token(crit=["exp"])):
        with pytest.raises(Refused):
            read(text)
