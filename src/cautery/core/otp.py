"""One-time codes of an authenticator app: HOTP (RFC 4226) over the time (RFC 6238), SHA-1, six digits, 30 seconds."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode
from hashlib import sha1
from urllib.parse import quote, urlencode

STEP_S = 30
DIGITS = 6
KEY_BYTES = 20
DRIFT = 1
"""Steps before and after the present one whose code is taken: clocks of telephones differ."""


def new_key() -> bytes:
    """A shared key of 160 bits, as RFC 4226, section 4 recommends."""
    return secrets.token_bytes(KEY_BYTES)


def spelled(key: bytes) -> str:
    """The key as apps take it when it is typed: base32 without padding."""
    return b32encode(key).decode().rstrip("=")


def step_at(seconds: float) -> int:
    """The step of a moment in unix seconds."""
    return int(seconds // STEP_S)


def code_of(key: bytes, step: int) -> str:
    """The code of one step."""
    digest = hmac.new(key, step.to_bytes(8, "big"), sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(key: bytes, code: str, *, now: float, after: int = -1) -> int | None:
    """The step `code` belongs to, near `now` (unix seconds) and behind step `after`; None when it is no code of it.

    Whoever accepts it keeps the step as the next `after`: a code opens once (RFC 6238, section 5.2).
    """
    given = "".join(code.split())
    found = None
    if len(given) == DIGITS and given.isascii() and given.isdigit():
        for step in range(step_at(now) - DRIFT, step_at(now) + DRIFT + 1):
            if hmac.compare_digest(code_of(key, step), given) and step > after and found is None:
                found = step
    return found


def enrolment_link(key: bytes, *, account: str, issuer: str) -> str:
    """The `otpauth:` link that apps read from a square code (Key Uri Format)."""
    label = quote(f"{issuer}:{account}", safe="")
    words = {"secret": spelled(key), "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": STEP_S}
    return f"otpauth://totp/{label}?{urlencode(words, quote_via=quote)}"
