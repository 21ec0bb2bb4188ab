"""Signing in at an identity provider of the house, and connecting one's account there: what all ways to do so share."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from cautery.core.errors import CauteryError, Refused
from cautery.core.saml.xml import is_there
from cautery.directory.models import Officer
from cautery.directory.people.actions import link_identity
from cautery.directory.people.elsewhere import Who
from cautery.directory.people.models import Identity
from cautery.directory.people.queries import has_second, officer_at
from cautery.directory.queries import actor_of
from cautery.fetch import clock
from cautery.web.access import error_page
from cautery.web.people.begun import PENDING, begin, confirm_first, is_fresh, next_of

AWAY = "away"
"""Where a session keeps the question while the browser is away: {way, asked, next, connect, at}."""
AWAY_S = 600


@dataclass(frozen=True, slots=True)
class Way:
    """A way to sign in elsewhere: its route, what the place is called, and the extra that is missing for it (empty: none)."""

    route: str
    name: str
    missing: str = ""


def ways() -> list[Way]:
    """The ways that are set."""
    found = [Way("web:oidc", settings.OIDC_NAME)] if settings.OIDC_ISSUER else []
    if settings.SAML_METADATA:
        found.append(Way("web:saml", settings.SAML_NAME, "" if is_there() else "cautery[saml]"))
    return found


def not_connected(identities: Sequence[Identity]) -> list[Way]:
    """The ways by which this officer has no account yet."""
    issuers = [one.issuer for one in identities]
    here = {"web:oidc": settings.OIDC_ISSUER in issuers, "web:saml": any(one.startswith("saml:") for one in issuers)}
    return [way for way in ways() if not way.missing and not here[way.route]]


def leave(request: HttpRequest, way: str, ask: Callable[[], tuple[str, Mapping[str, str]]]) -> HttpResponse:
    """Send the browser to the identity provider: `ask` gives the address, and what to remember."""
    connect = "connect" in request.GET and request.user.is_authenticated
    if connect and not is_fresh(request):
        return HttpResponseRedirect(confirm_first(reverse("web:account")))
    try:
        where, asked = ask()
    except CauteryError as error:
        return error_page(request, error)
    request.session[AWAY] = {
        "way": way,
        "asked": asked,
        "next": request.GET.get("next", ""),
        "connect": connect,
        "at": time.time(),
    }
    response = HttpResponseRedirect(where)
    add_never_cache_headers(response)
    return response


def come_back(request: HttpRequest, way: str, name: str, read: Callable[[Mapping[str, str]], Who]) -> HttpResponse:
    """The browser is back: in, on to the second factor, or connected. `read` tells who it is, from what was remembered."""
    away = request.session.pop(AWAY, None)
    try:
        if away is None or away["way"] != way or time.time() - away["at"] > AWAY_S:
            raise Refused(_("It took too long at the identity provider. Try again."), reason="away")
        who = read(away["asked"])
        if away["connect"] and request.user.is_authenticated:
            link_identity(who.issuer, who.subject, by=actor_of(request.user), at=clock().now())
            return redirect("web:account")
        officer = officer_at(who.issuer, who.subject, who.claimed)
        if officer is None:
            return render(request, "web/people/unknown.html", {"name": name}, status=403)
        link_identity(who.issuer, who.subject, by=actor_of(officer), at=clock().now())
    except CauteryError as error:
        return error_page(request, error)
    return _in(request, officer, list(who.proofs), away["next"])


def _in(request: HttpRequest, officer: Officer, proofs: list[str], wanted: str) -> HttpResponse:
    """In, or on to the second factor where the provider asked for none and the officer has one."""
    if "mfa" not in proofs and has_second(officer.pk):
        request.session.cycle_key()
        request.session[PENDING] = {"officer": str(officer.pk), "next": wanted, "at": time.time(), "proofs": proofs}
        return redirect("web:second")
    begin(request, officer, proofs)
    return HttpResponseRedirect(next_of(request, wanted))
