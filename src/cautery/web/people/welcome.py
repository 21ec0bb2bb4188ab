"""The first time: an officer follows their link and chooses a password."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cautery.core.errors import NotAllowed, Refused
from cautery.directory.people.actions import accept
from cautery.directory.people.queries import invited
from cautery.fetch import clock
from cautery.web.people.begun import begin
from cautery.web.refusals import told


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, secret: str) -> HttpResponse:
    """A link is used up by the form, not by being looked at: programs that read mail follow links."""
    problem = ""
    try:
        officer = invited(secret, at=clock().now())
        if request.method == "POST":
            if request.POST.get("new", "") == request.POST.get("again", ""):
                begin(request, accept(secret, request.POST.get("new", ""), at=clock().now()), ["password"])
                return redirect("web:account")
            problem = _("The two passwords differ.")
    except Refused as error:
        problem = told(error.message)
    except NotAllowed:
        return render(request, "web/people/link_over.html", status=403)
    context = {"officer": officer, "problem": problem}
    response = render(request, "web/people/welcome.html", context, status=422 if problem else 200)
    add_never_cache_headers(response)
    return response
