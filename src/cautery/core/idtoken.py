"""ID tokens of OpenID Connect: a JSON Web Token whose signature, issuer, audience, times and nonce hold, or none.

Only signatures of the provider's own keys count (RS256, PS256, ES256, EdDSA); the kind of the key says which, never the token
alone, and `none` or a shared secret is refused. OpenID Connect Core 1.0, section 3.1.3.7; RFC 7515, RFC 7518, RFC 8037.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping, Sequence
from hmac import compare_digest
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from cautery.core.errors import Refused

LEEWAY_S = 120
"""Seconds by which the provider's clock may differ from ours."""
LONGEST = 65_536
LAST = 1e11
"""Unix seconds of a year nobody waits for."""
SMALLEST_RSA = 2_048
Check = Callable[[bytes, bytes], None]
"""(signature, message); raises `InvalidSignature`."""


def claims_of(
    token: str, keys: Sequence[Mapping[str, Any]], *, issuer: str, client: str, nonce: str, now: float
) -> dict[str, Any]:
    """What the provider says of who signed in, `keys` being its JSON Web Keys and `now` unix seconds.

    `Refused` (reason `id_token`, with a word in `found`) for whatever does not hold.
    """
    head, claims, message, signature = _parts(token)
    if not any(_holds(check, signature, message) for check in _checks(head, keys)):
        raise _refused("signature")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    expires, issued = _number(claims.get("exp")), _number(claims.get("iat"))
    wrong = {
        "issuer": claims.get("iss") != issuer,
        "audience": client not in audiences or (len(audiences) > 1 and claims.get("azp") != client),
        "party": claims.get("azp", client) != client,
        "expired": expires is None or expires + LEEWAY_S < now,
        "not_yet": issued is None or issued - LEEWAY_S > now,
        "nonce": not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
        "subject": not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255,
    }
    found = next((word for word, is_wrong in wrong.items() if is_wrong), None)
    if found is not None:
        raise _refused(found)
    return claims


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Head, claims, the signed bytes and the signature."""
    try:
        head, body, tail = token[: LONGEST + 1].split(".")
        read = json.loads(_bytes(head)), json.loads(_bytes(body))
        signature = _bytes(tail)
    except ValueError as error:
        raise _refused("malformed") from error
    if len(token) > LONGEST or not all(isinstance(part, dict) for part in read) or "crit" in read[0]:
        raise _refused("malformed")
    return *read, f"{head}.{body}".encode(), signature


def _checks(head: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> list[Check]:
    """How the signature may be checked: with each key of the provider that the token can mean."""
    kid, algorithm = head.get("kid"), head.get("alg")
    meant = [key for key in keys if kid is None or key.get("kid") == kid]
    found = [
        _check(key, str(algorithm))
        for key in meant
        if key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm
    ]
    return [check for check in found if check is not None]


def _check(key: Mapping[str, Any], algorithm: str) -> Check | None:
    """The check of one key for one algorithm; None where they do not go together or the key is not sound."""
    try:
        match key.get("kty"), algorithm:
            case "RSA", "RS256" | "PS256":
                return _rsa(key, algorithm)
            case "EC", "ES256" if key.get("crv") == "P-256":
                x, y = (int.from_bytes(_bytes(key[name])) for name in "xy")
                public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
                return lambda signature, message: public.verify(_der(signature), message, ec.ECDSA(SHA256()))
            case "OKP", "EdDSA" if key.get("crv") == "Ed25519":
                return ed25519.Ed25519PublicKey.from_public_bytes(_bytes(key["x"])).verify
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
    return None


def _rsa(key: Mapping[str, Any], algorithm: str) -> Check | None:
    e, n = (int.from_bytes(_bytes(key[name])) for name in "en")
    if n.bit_length() < SMALLEST_RSA:
        return None
    public = rsa.RSAPublicNumbers(e, n).public_key()
    salted = padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size)
    scheme = padding.PKCS1v15() if algorithm == "RS256" else salted
    return lambda signature, message: public.verify(signature, message, scheme, SHA256())


def _der(signature: bytes) -> bytes:
    """An ECDSA signature of JOSE (r and s side by side) as ASN.1."""
    if len(signature) != 64:
        raise InvalidSignature
    return encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))


def _holds(check: Check, signature: bytes, message: bytes) -> bool:
    try:
        check(signature, message)
    except InvalidSignature:
        return False
    return True


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))


def _number(value: object) -> float | None:
    """Seconds as a number; None for what is none, or beyond any date."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < LAST else None


def _refused(found: str) -> Refused:
    return Refused("What the identity provider said does not hold.", reason="id_token", found=found)
