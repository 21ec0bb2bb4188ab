"""A session of an officer: how it begins, when it was last proved who is there, and who has tried too often."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

from cautery.directory.actions import forget_failures
from cautery.directory.models import Officer
from cautery.directory.people.actions import note_begun
from cautery.directory.people.passkeys import Site
from cautery.directory.people.sessions import BEGUN
from cautery.directory.queries import actor_of
from cautery.fetch import clock

BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING = "pending"
"""Where a session keeps who gave the right password and has a second factor to prove: {officer, next, at}."""
FRESH_S = 900
"""Seconds for which a proof of who is there lets them change what they sign in with."""


def begin(request: HttpRequest, officer: Officer, proofs: Sequence[str]) -> None:
    """Sign the officer in, with what they proved who they are by: `password`, `passkey`, `code`, `recovery`, `oidc`, `saml`, `mfa`."""
    login(request, officer, backend=BACKEND)
    now = time.time()
    request.session[BEGUN] = {
        "address": address_of(request),
        "agent": request.headers.get("User-Agent", "")[:300],
        "proofs": sorted(proofs),
        "at": now,
        "seen": now,
        "proved": now,
    }
    forget_failures(tries_of(request, officer.username)[0])
    note_begun(proofs, by=actor_of(officer), at=clock().now(), now=datetime.now(UTC))


def proved_more(request: HttpRequest, *proofs: str) -> None:
    """The officer proved once more who they are, in this session."""
    begun = request.session.get(BEGUN, {"at": time.time(), "seen": time.time(), "proofs": []})
    together = sorted({*begun["proofs"], *proofs})
    request.session[BEGUN] = begun | {"proofs": together, "proved": time.time()}


def is_fresh(request: HttpRequest) -> bool:
    """Whether it was proved a short while ago who is there."""
    proved: float = request.session.get(BEGUN, {}).get("proved", 0.0)
    return time.time() - proved < FRESH_S


def confirm_first(then: str) -> str:
    """Where to prove who is there, and go on to `then`."""
    return f"{reverse('web:confirm')}?{urlencode({'next': then})}"


def next_of(request: HttpRequest, wanted: str) -> str:
    """Where to go on: within the house, else to the operations."""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and safe else reverse(settings.LOGIN_REDIRECT_URL)


def site_of(request: HttpRequest) -> Site:
    """The desk as this browser reaches it; behind a TLS proxy we are asked over http."""
    host = request.get_host()
    scheme = "https" if settings.SESSION_COOKIE_SECURE else request.scheme
    return Site(f"{scheme}://{host}", urlsplit(f"//{host}").hostname or "")


def address_of(request: HttpRequest) -> str:
    """The address the request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def tries_of(request: HttpRequest, name: str) -> tuple[str, str]:
    """What failures are counted by: keyed digests of the user name and of the address; nothing anybody could read."""
    plain = unicodedata.normalize("NFKC", name).casefold()[:150]
    return _digest(f"name:{plain}"), _digest(f"address:{address_of(request)}")


def _digest(word: str) -> str:
    return salted_hmac("cautery.sign-in", word, algorithm="sha256").hexdigest()
