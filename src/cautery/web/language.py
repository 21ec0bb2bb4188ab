"""Which language a page speaks: the officer's own, else what this browser chose, else what it asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cautery.directory.actions import set_language
from cautery.directory.queries import actor_of

API = "/api/"
YEAR_S = 365 * 86_400


class LanguageMiddleware:
    """Activates the reader's language for one request; programs at the API get English."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, in the reader's language, and says in which."""
        if request.path.startswith(API):
            return self._get_response(request)
        with translation.override(_language(request)):
            response = self._get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        patch_vary_headers(response, ["Accept-Language"])
        return response


def _language(request: HttpRequest) -> str:
    if request.user.is_authenticated and request.user.language:
        return request.user.language
    return translation.get_language_from_request(request)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the language chosen: in this browser, and with the officer who is signed in."""
    wanted, back = request.POST.get("language", ""), request.POST.get("next", "")
    response = redirect(back if url_has_allowed_host_and_scheme(back, None) else "web:operations")
    if wanted not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        set_language(wanted, by=actor_of(request.user))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted,
        max_age=YEAR_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
