"""Who may see a page: every view says which permission it needs, and gets the officer as an actor."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from cautery.core.actors import Permission
from cautery.core.errors import CauteryError
from cautery.core.statuses import STATUSES
from cautery.directory.people.queries import is_second, second_wanted
from cautery.directory.people.sessions import BEGUN
from cautery.directory.queries import actor_of
from cautery.web.refusals import told

View = Callable[..., HttpResponseBase]

TITLES: dict[int, object] = {
    403: _("You may not see this"),
    404: _("There is no such thing here"),
    409: _("Somebody else moved it first"),
    422: _("That cannot be read"),
    503: _("Something did not answer in time"),
}
NEEDS = "needs_permission"
"""The attribute of a view that tells its permission, for the test that walks them all."""

ACTS = "acts_by_post"
"""The attribute of a view that tells whether it changes something."""

OWN = "own_pages"
"""The attribute of a view of what is an officer's own: every officer who is signed in has it, whatever their roles."""

ALIVE_S = 300
"""Seconds between two notes that a session shows signs of life."""


def needs(permission: Permission) -> Callable[[View], View]:
    """Guard a view that only reads: sign in first; without `permission` 403; the view gets the officer as `by`.

    An error of the tree becomes a page with its status. Nothing shown is kept in a cache.
    """

    return _guard(permission, require_safe)


def acts(permission: Permission) -> Callable[[View], View]:
    """Guard a view that changes something: by POST alone, else as `needs`."""
    return _guard(permission, require_POST)


def own(view: View) -> View:
    """Guard a page of what is an officer's own, such as where they are signed in: no permission, and no second factor yet."""
    return _guard(None, require_safe)(view)


def own_acts(view: View) -> View:
    """Guard what changes something of an officer's own: by POST alone, else as `own`."""
    return _guard(None, require_POST)(view)


def _guard(permission: Permission | None, methods: Callable[[View], View]) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @methods
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            _note_alive(request)
            if permission is not None and lacks_second(request):
                return _led(request, f"{reverse('web:account')}?wanted=second")
            try:
                by = actor_of(request.user)
                if permission is not None:
                    by.require(permission)
                response = view(request, *args, by=by, **kwargs)
            except CauteryError as error:
                response = error_page(request, error)
            patch_cache_control(response, private=True, no_store=True)
            return response

        setattr(guarded, NEEDS, permission)
        setattr(guarded, ACTS, methods is require_POST)
        setattr(guarded, OWN, permission is None)
        return guarded

    return guard


def lacks_second(request: HttpRequest) -> bool:
    """Whether this officer must prove a second factor before they work, and this session was begun without."""
    proofs = request.session.get(BEGUN, {}).get("proofs", [])
    return request.user.is_authenticated and second_wanted(request.user.roles) and not is_second(proofs)


def _note_alive(request: HttpRequest) -> None:
    """Now and then keep when the session was last used; it lives on from there."""
    begun = request.session.get(BEGUN)
    if begun and time.time() - begun["seen"] > ALIVE_S:
        request.session[BEGUN] = begun | {"seen": time.time()}


def _led(request: HttpRequest, where: str) -> HttpResponse:
    """Elsewhere: a whole page also where only a part was asked for."""
    return HttpResponseClientRedirect(where) if request.headers.get("HX-Request") else HttpResponseRedirect(where)


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in, and back to the page one was on: a whole page also where only a part was asked for."""
    current = request.headers.get("HX-Current-URL", "")
    if current:
        answer = redirect_to_login(urlsplit(current).path)
        return HttpResponseClientRedirect(answer.url)
    return redirect_to_login(
        request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("web:operations")
    )


def error_page(request: HttpRequest, error: CauteryError) -> HttpResponse:
    """The page for an error of the tree, with its status."""
    status, message = STATUSES[type(error)], told(error.message)
    context = {
        "status": status,
        "title": TITLES.get(status, _("Something is wrong here")),
        "message": message,
        "known": message != error.message or get_language() == settings.LANGUAGE_CODE,
        "permission": error.fields.get("permission"),
        "code": error.code,
    }
    return render(request, "web/error.html", context, status=status)
