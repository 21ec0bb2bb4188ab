"""Who may see a page: every view says which permission it needs, and gets the officer as an actor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from cautery.core.actors import Permission
from cautery.core.errors import CauteryError
from cautery.core.statuses import STATUSES
from cautery.directory.queries import actor_of

View = Callable[..., HttpResponseBase]

TITLES = {
    403: "You may not see this",
    404: "There is no such thing here",
    409: "Somebody else moved it first",
    422: "That cannot be read",
    503: "Something did not answer in time",
}
NEEDS = "needs_permission"
"""The attribute of a view that tells its permission, for the test that walks them all."""

ACTS = "acts_by_post"
"""The attribute of a view that tells whether it changes something."""


def needs(permission: Permission) -> Callable[[View], View]:
    """Guard a view that only reads: sign in first; without `permission` 403; the view gets the officer as `by`.

    An error of the tree becomes a page with its status. Nothing shown is kept in a cache.
    """

    return _guard(permission, require_safe)


def acts(permission: Permission) -> Callable[[View], View]:
    """Guard a view that changes something: by POST alone, else as `needs`."""
    return _guard(permission, require_POST)


def _guard(permission: Permission, methods: Callable[[View], View]) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @methods
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            try:
                by = actor_of(request.user)
                by.require(permission)
                response = view(request, *args, by=by, **kwargs)
            except CauteryError as error:
                response = error_page(request, error)
            patch_cache_control(response, private=True, no_store=True)
            return response

        setattr(guarded, NEEDS, permission)
        setattr(guarded, ACTS, methods is require_POST)
        return guarded

    return guard


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
    status = STATUSES[type(error)]
    context = {
        "status": status,
        "title": TITLES.get(status, "Something is wrong here"),
        "message": error.message,
        "permission": error.fields.get("permission"),
        "code": error.code,
    }
    return render(request, "web/error.html", context, status=status)
