"""Signing in by OpenID Connect: there, and back."""

from __future__ import annotations

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cautery.directory.people import oidc
from cautery.web.people.begun import site_of
from cautery.web.people.elsewhere import come_back, leave


@require_safe
def go(request: HttpRequest) -> HttpResponse:
    """Send the browser to the identity provider."""
    return leave(request, "oidc", lambda: oidc.begin(site_of(request).origin + reverse("web:oidc-back")))


@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """The browser is back, with the provider's words."""
    told = request.GET.dict()
    return come_back(request, "oidc", settings.OIDC_NAME, lambda asked: oidc.finish(asked, told, now=time.time()))
