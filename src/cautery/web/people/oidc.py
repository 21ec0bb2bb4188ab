"""Signing in at the identity provider of the house, and connecting one's account there."""

from __future__ import annotations

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cautery.core.errors import CauteryError, Refused
from cautery.directory.models import Officer
from cautery.directory.people import oidc
from cautery.directory.people.actions import link_identity
from cautery.directory.people.queries import has_second, officer_at
from cautery.directory.queries import actor_of
from cautery.fetch import clock
from cautery.web.access import error_page
from cautery.web.people.begun import PENDING, begin, confirm_first, is_fresh, next_of, site_of

AWAY = "oidc"
"""Where a session keeps the question while the browser is away: {asked, next, connect, at}."""
AWAY_S = 600


@require_safe
def go(request: HttpRequest) -> HttpResponse:
    """Send the browser to the identity provider."""
    connect = "connect" in request.GET and request.user.is_authenticated
    if connect and not is_fresh(request):
        return HttpResponseRedirect(confirm_first(reverse("web:account")))
    try:
        where, asked = oidc.begin(site_of(request).origin + reverse("web:oidc-back"))
    except CauteryError as error:
        return error_page(request, error)
    request.session[AWAY] = {
        "asked": asked.kept(),
        "next": request.GET.get("next", ""),
        "connect": connect,
        "at": time.time(),
    }
    response = HttpResponseRedirect(where)
    add_never_cache_headers(response)
    return response


@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """The browser is back: in, on to the second factor, or connected."""
    away = request.session.pop(AWAY, None)
    try:
        if away is None or time.time() - away["at"] > AWAY_S:
            raise Refused(_("It took too long at the identity provider. Try again."), reason="away")
        claims = oidc.finish(oidc.Asked(**away["asked"]), request.GET.dict(), now=time.time())
        if away["connect"] and request.user.is_authenticated:
            link_identity(settings.OIDC_ISSUER, claims["sub"], by=actor_of(request.user), at=clock().now())
            return redirect("web:account")
        officer = officer_at(settings.OIDC_ISSUER, claims["sub"], oidc.claimed_name(claims))
        if officer is None:
            return render(request, "web/people/unknown.html", {"oidc": settings.OIDC_NAME}, status=403)
        link_identity(settings.OIDC_ISSUER, claims["sub"], by=actor_of(officer), at=clock().now())
    except CauteryError as error:
        return error_page(request, error)
    return _in(request, officer, oidc.proofs_of(claims), away["next"])


def _in(request: HttpRequest, officer: Officer, proofs: list[str], wanted: str) -> HttpResponse:
    """In, or on to the second factor where the provider asked for none and the officer has one."""
    if "mfa" not in proofs and has_second(officer.pk):
        request.session.cycle_key()
        request.session[PENDING] = {"officer": str(officer.pk), "next": wanted, "at": time.time(), "proofs": proofs}
        return redirect("web:second")
    begin(request, officer, proofs)
    return HttpResponseRedirect(next_of(request, wanted))
