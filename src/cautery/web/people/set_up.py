"""The set-up in the browser: unit, people, providers, mail, keys; or a rehearsal. Opened by the terminal's token, once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_http_methods

from cautery.core.errors import CauteryError, MovedMeanwhile, NotFound, Refused
from cautery.core.statuses import STATUSES
from cautery.directory.actions import import_directory, note_failures
from cautery.directory.people import first
from cautery.directory.people.actions import SET_UP, note_set_up, set_up_officers, set_up_unit
from cautery.directory.queries import providers, refused_for, unit_slugs
from cautery.fetch import clock
from cautery.web.access import error_page
from cautery.web.people import rehearsing
from cautery.web.people.begun import site_of, tries_of
from cautery.web.people.lists import PLACES, channels, keys_found, mail_found
from cautery.web.refusals import told
from cautery.web.views.reports import RAW_POLICY

INSIDE = "set_up"
"""Where a session keeps that the token of the terminal was given."""
STEPS = ("unit", "people", "providers", "mail", "keys", "done")


def set_up_waits() -> bool:
    """Whether the way in is the set-up: it is open and nobody is there."""
    return first.nobody_is_there()


View = Callable[..., HttpResponse]


def inside(view: View) -> View:
    """Guard a page of the set-up: nothing is there once it was closed; without the token only its door is."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not first.is_open():
            raise Http404
        if not request.session.get(INSIDE):
            return redirect("web:set-up")
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """The door: the token of the terminal."""
    if not first.is_open():
        raise Http404
    keys, problem = tries_of(request, "set-up")[1:], ""
    if request.method == "POST" and refused_for(keys, now=time.time()) > 0:
        problem = _("Tried too often. Wait a quarter of an hour.")
    elif request.method == "POST":
        if first.holds(request.POST.get("token", "")):
            request.session.cycle_key()
            request.session[INSIDE] = True
            return redirect("web:set-up")
        note_failures(keys, now=time.time())
        problem = _("That is not the token of the terminal.")
    if request.session.get(INSIDE):
        return render(request, "web/people/set_up.html", {"progress": rehearsing.progress(), "step": _undone()})
    return render(request, "web/people/set_up_door.html", {"problem": problem}, status=403 if problem else 200)


def _undone() -> str:
    """The first step that is still to be done."""
    if not unit_slugs():
        return "unit"
    return "people" if first.nobody_is_there() else "providers"


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def step(request: HttpRequest, step: str) -> HttpResponse:
    """One step: its page, or what was filled in."""
    if step not in STEPS:
        raise Http404
    if request.method != "POST":
        return _page(request, step)
    try:
        return ACTS[step](request)
    except CauteryError as error:
        return _page(request, step, problem=told(error.message), status=STATUSES[type(error)])


def _page(request: HttpRequest, step: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    at = STEPS.index(step)
    context = {
        "step": step,
        "steps": [(name, LABELS[name], n < at) for n, name in enumerate(STEPS)],
        "problem": problem,
        "given": request.POST,
        "units": sorted(unit_slugs()),
        "empty": first.nobody_is_there(),
        "places": PLACES,
        "providers": list(providers().values()) if step == "providers" else [],
        "channels": channels(),
        "found": mail_found() if step == "mail" else keys_found() if step == "keys" else [],
    }
    return render(request, f"web/people/set_up_{step}.html", context, status=status)


def _unit(request: HttpRequest) -> HttpResponse:
    form = request.POST
    slug = slugify(form.get("slug", "") or form.get("name", ""))[:50]
    set_up_unit(slug, form.get("name", ""), form.get("state", ""), form.get("email", ""), by=SET_UP, at=clock().now())
    return redirect("web:set-up-step", "people")


def _people(request: HttpRequest) -> HttpResponse:
    """The people, and their links, shown this once."""
    wanted = [
        {
            "name": request.POST.get(f"name-{place.key}", "").strip(),
            "username": request.POST.get(f"username-{place.key}", "").strip(),
            "roles": list(place.roles),
        }
        for place in PLACES
    ]
    people = [one for one, place in zip(wanted, PLACES, strict=True) if place.needed or one["name"] or one["username"]]
    made = set_up_officers(people, by=SET_UP, at=clock().now())
    origin = site_of(request).origin
    links = [(officer, origin + reverse("web:welcome", args=[secret])) for officer, secret in made]
    context = {"links": links, "steps": [(name, LABELS[name], n < 1) for n, name in enumerate(STEPS)], "step": "people"}
    return render(request, "web/people/set_up_links.html", context)


def _providers(request: HttpRequest) -> HttpResponse:
    form = request.POST
    name, address, channel = (form.get(word, "").strip() for word in ("name", "address", "channel"))
    slug = slugify(name)[:50]
    fits = address.startswith("https://") if channel == "api" else "@" in address if channel == "mail" else not address
    if not slug or not fits:
        raise Refused(_("A provider has a name, and an https or e-mail address that fits its way."), reason="provider")
    row = {
        "slug": slug,
        "name": name,
        "kind": form.get("kind", "").strip() or "other",
        "hosts": form.get("hosts", "").replace(",", " ").split(),
        "channel": channel,
        {"api": "api_base", "mail": "email"}.get(channel, "portal"): address,
    }
    import_directory({"providers": [row]}, by=SET_UP, at=clock().now())
    return redirect("web:set-up-step", "providers")


def _done(request: HttpRequest) -> HttpResponse:
    """Close it for good."""
    note_set_up(by=SET_UP, at=clock().now())
    first.close()
    request.session.flush()
    return redirect("web:sign-in")


def _nothing(request: HttpRequest) -> HttpResponse:
    """Steps that only show what is set."""
    return _page(request, str(request.resolver_match.kwargs["step"]) if request.resolver_match else "mail")


ACTS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "unit": _unit,
    "people": _people,
    "providers": _providers,
    "mail": _nothing,
    "keys": _nothing,
    "done": _done,
}
LABELS = {
    "unit": later("Unit"),
    "people": later("People"),
    "providers": later("Providers"),
    "mail": later("Mail"),
    "keys": later("Keys"),
    "done": later("Done"),
}


@require_http_methods(["POST"])
@inside
def rehearse(request: HttpRequest) -> HttpResponse:
    """Begin a small rehearsal: only while nobody is in this register, or where it is a rehearsal's itself."""
    if not (settings.REHEARSAL or first.nobody_is_there()):
        raise Http404
    try:
        rehearsing.begin()
    except MovedMeanwhile as error:
        return error_page(request, error)
    return redirect("web:set-up-rehearsal")


REHEARSAL_ACTS: dict[str, Callable[[], object]] = {
    "desk": rehearsing.open_desk,
    "remove": rehearsing.remove,
    "stop": rehearsing.stop,
}
NEAR = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}
"""By which of its two names this machine is reached: the rehearsal's desk is offered under the other, for cookies know no ports."""


@require_http_methods(["POST"])
@inside
def rehearsal_act(request: HttpRequest) -> HttpResponse:
    """Stop it, open its desk, or take it away."""
    act = request.POST.get("act", "")
    if act not in REHEARSAL_ACTS:
        raise Http404
    try:
        REHEARSAL_ACTS[act]()
    except MovedMeanwhile as error:
        return error_page(request, error)
    return redirect("web:set-up" if act == "remove" else "web:set-up-rehearsal")


@require_http_methods(["GET", "HEAD"])
@inside
def rehearsal_file(request: HttpRequest, name: str) -> HttpResponse:
    """The report in a sandbox of its own, or a file as a download."""
    try:
        path, kind = rehearsing.file_of(name)
    except NotFound as error:
        return error_page(request, error)
    if name == "report.html":
        return HttpResponse(path.read_bytes(), content_type=kind, headers={"Content-Security-Policy": RAW_POLICY})
    headers = {"Content-Disposition": f'attachment; filename="rehearsal-{name}"'}
    return HttpResponse(path.read_bytes(), content_type=kind, headers=headers)


@require_http_methods(["GET", "HEAD"])
@inside
def rehearsal(request: HttpRequest) -> HttpResponse:
    """How far it is, and how to look at it."""
    part = "web/people/_rehearsal.html" if request.headers.get("HX-Request") else "web/people/set_up_rehearsal.html"
    progress, host = rehearsing.progress(), site_of(request).host
    try:
        now = datetime.fromisoformat(progress.now) if progress.now else None
    except ValueError:
        now = None
    context = {
        "progress": progress,
        "now": now,
        "counts": [(BOOKS[name], number) for name, number in progress.counts.items() if name in BOOKS],
        "near": host in NEAR,
        "again": settings.REHEARSAL or first.nobody_is_there(),
        "desk": f"http://{NEAR.get(host, host)}:{progress.desk}/" if progress.desk else "",
    }
    return render(request, part, context)


BOOKS = {
    "flags": later("Flagged"),
    "decisions": later("Decided"),
    "deliveries": later("Notices delivered"),
    "removed": later("Seen down"),
    "returned": later("Seen up again"),
}
"""What the world of a rehearsal counts, as people read it."""
