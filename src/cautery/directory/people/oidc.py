"""Signing in at the identity provider of the house: OpenID Connect, authorisation code with PKCE, state and nonce.

    go       discovery -> the address the browser is sent to, and what the session remembers
    back     code -> token endpoint -> ID token, checked against the provider's keys -> who it is

Everything we ask goes through the guarded fetcher, without redirects; only the issuer's own host may stand inside, as the
operator named it. (OpenID Connect Core 1.0 and Discovery 1.0; RFC 7636; RFC 9207; RFC 9700.)
"""

from __future__ import annotations

import json
import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings

from cautery.core.errors import NotFound, Refused
from cautery.core.idtoken import claims_of
from cautery.directory.people.elsewhere import Who, check_address
from cautery.fetch import Request
from cautery.fetch.fetcher import expect, fetcher_inside

WELL_KNOWN = "/.well-known/openid-configuration"
MOST_BYTES = 262_144
ASKED_FOR = "openid profile email"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is remembered while the browser is away; the session keeps it, and gives it back once."""

    state: str
    nonce: str
    verifier: str
    returns: str


def begin(returns: str) -> tuple[str, dict[str, str]]:
    """The address to send the browser to, and what to remember; `returns` is where the provider sends it back to."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    asked = Asked(state, nonce, verifier, returns)
    challenge = urlsafe_b64encode(sha256(asked.verifier.encode()).digest()).rstrip(b"=").decode()
    words = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT,
        "redirect_uri": returns,
        "scope": ASKED_FOR,
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    where = _configuration()["authorization_endpoint"]
    return f"{where}{'&' if '?' in where else '?'}{urlencode(words)}", asdict(asked)


def finish(kept: Mapping[str, str], told: Mapping[str, str], *, now: float) -> Who:
    """Who the provider says signed in, `kept` being what was remembered, and `told` the words it sent the browser back with.

    `Refused` when anything does not hold, `Unreachable` when the provider does not answer.
    """
    asked = Asked(**kept)
    if not compare_digest(told.get("state", "").encode(), asked.state.encode()):
        raise Refused("This answer belongs to another question.", reason="state")
    if told.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:
        raise Refused("Another identity provider answered.", reason="issuer")
    if told.get("error") or not told.get("code"):
        raise Refused("The identity provider did not let you in.", reason="denied")
    configuration = _configuration()
    tokens = _ask(
        configuration["token_endpoint"],
        {
            "grant_type": "authorization_code",
            "code": told["code"],
            "redirect_uri": asked.returns,
            "client_id": settings.OIDC_CLIENT,
            "code_verifier": asked.verifier,
        },
    )
    keys = _ask(configuration["jwks_uri"]).get("keys", [])
    claims = claims_of(
        str(tokens.get("id_token", "")),
        [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else [],
        issuer=settings.OIDC_ISSUER,
        client=settings.OIDC_CLIENT,
        nonce=asked.nonce,
        now=now,
    )
    return Who(settings.OIDC_ISSUER, claims["sub"], _claimed(claims), _proofs(claims))


def _claimed(claims: Mapping[str, Any]) -> str:
    """The user name the provider vouches for, where the settings say which claim it is; an address only if it was verified."""
    if not settings.OIDC_CLAIM or (settings.OIDC_CLAIM == "email" and claims.get("email_verified") is not True):
        return ""
    value = claims.get(settings.OIDC_CLAIM)
    return value if isinstance(value, str) else ""


def _proofs(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """What the provider says it asked for (RFC 8176)."""
    methods = claims.get("amr")
    return ("oidc", "mfa") if isinstance(methods, list) and "mfa" in methods else ("oidc",)


def _configuration() -> dict[str, str]:
    """The provider's own description, whose addresses are such as may be asked."""
    issuer = settings.OIDC_ISSUER
    if not issuer or not settings.OIDC_CLIENT:
        raise NotFound("No identity provider is set.")
    check_address(issuer, "CAUTERY_OIDC_ISSUER")
    found = _ask(issuer.rstrip("/") + WELL_KNOWN)
    if found.get("issuer") != issuer:
        raise Refused("The identity provider calls itself something else.", reason="issuer")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    for name in names:
        check_address(str(found.get(name, "")), "CAUTERY_OIDC_ISSUER")
    return {name: str(found[name]) for name in names}


def _ask(url: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The provider's answer, a JSON object; a form is posted, with our secret where there is one."""
    headers = {"Accept": "application/json"}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        if settings.OIDC_SECRET is not None:
            pair = f"{quote(settings.OIDC_CLIENT, safe='')}:{quote(settings.OIDC_SECRET.read_text().strip(), safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    body = None if form is None else urlencode(form).encode()
    request = Request(
        url, "GET" if form is None else "POST", headers=headers, body=body, max_bytes=MOST_BYTES, redirects=0
    )
    inside = urlsplit(settings.OIDC_ISSUER).hostname or ""
    answer = expect(fetcher_inside(inside).fetch(request))
    try:
        value = json.loads(answer.body)
    except ValueError:
        value = None
    if answer.status != 200 or not isinstance(value, dict):
        raise Refused("The identity provider's answer cannot be read.", reason="answer", status=answer.status)
    return value
