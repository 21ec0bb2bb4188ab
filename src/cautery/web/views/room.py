"""The operation room: countdown, curves, what runs out, what is stuck; and the two keys."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from cautery.authorise.actions import KEYS, turn_key
from cautery.core.actors import Actor, Permission
from cautery.core.errors import MovedMeanwhile, Refused
from cautery.fetch import clock
from cautery.intake.models import Operation
from cautery.intake.queries import get_operation, may_time, operation_row
from cautery.report.dossier import CURVES, Room, room
from cautery.web.access import acts, needs
from cautery.web.briefly import Briefly
from cautery.web.counting import count_behind
from cautery.web.files import FORMATS, file_of
from cautery.web.labels import STATES
from cautery.web.tiles import tiles

HOUR_S = 3_600
"""A total is that at the end of its hour, and is drawn there."""

PANEL: Briefly[str] = Briefly(5.0)
"""The moving part of the room, drawn once for all who look: the same for everybody."""


def _key(slug: str, language: str = "") -> str:
    return f"{settings.DATA}:{language or get_language()}:{slug}"


def panel(operation: Operation, *, by: Actor) -> str:
    """The moving part of an operation `by` may see, as HTML; at most five seconds old, and the same for all."""

    def draw() -> str:
        count_behind(operation)
        found = room(operation, by=by, at=clock().now())
        return render_to_string("web/_room.html", _context(found))

    return PANEL.get(_key(operation.slug), draw)


def _context(found: Room) -> dict[str, object]:
    stamps = [int(hour.timestamp()) + HOUR_S for hour in found.hours]
    lines = [
        {
            "slug": slug,
            "name": found.names.get(slug, slug),
            "data": json.dumps([stamps, *(c[name] for name in CURVES)]),
            "last": {n: c[n][-1] if c[n] else 0 for n in CURVES},
        }
        for slug, c in found.curves.items()
    ]
    return {
        "room": found,
        "map": tiles(found.units),
        "lines": lines,
        "curves": CURVES,
        "states": STATES,
        "operation": found.facts,
        "keys_needed": KEYS,
        "formats": list(FORMATS),
    }


def shown(operation: Operation) -> str:
    """The times a page was made with, for its form to say."""
    return "|".join(moment.isoformat() if moment else "" for moment in (operation.t0, operation.ends_at))


def forget_panel(slug: str) -> None:
    """Draw the room anew for whoever looks next."""
    for language, _name in settings.LANGUAGES:
        PANEL.forget(_key(slug, language))


@needs(Permission.INTAKE_OPERATION_READ)
def room_page(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """The room; its moving part asks for itself again every ten seconds."""
    operation = get_operation(slug, by=by)
    context = {
        "operation": operation_row(operation) | {"released_at": operation.released_at},
        "panel": panel(operation, by=by),
        "shown": shown(operation),
        "may_time": may_time(operation, by=by),
        "may_release": Permission.AUTHORISE_OPERATION_RELEASE in by.permissions,
        "keys_needed": KEYS,
    }
    return render(request, "web/room.html", context)


@needs(Permission.INTAKE_OPERATION_READ)
def room_panel(_request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """The moving part alone."""
    return HttpResponse(panel(get_operation(slug, by=by), by=by))


@needs(Permission.INTAKE_OPERATION_READ)
def room_file(request: HttpRequest, slug: str, kind: str, *, by: Actor) -> StreamingHttpResponse:
    """What the curves are drawn from, as a file: a row a provider and hour, `provider` empty for all of them."""
    found = room(get_operation(slug, by=by), by=by, at=clock().now())
    rows = (
        {"provider": provider, "hour": hour} | {name: curve[name][n] for name in CURVES}
        for provider, curve in found.curves.items()
        for n, hour in enumerate(found.hours)
    )
    return file_of(request, rows, ("provider", "hour", *CURVES), kind, f"{slug}-hours", by=by)


@acts(Permission.AUTHORISE_OPERATION_RELEASE)
def room_key(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """Turn this leader's key, once they wrote the operation's short name; the form says which T0 they saw."""
    operation = get_operation(slug, by=by)
    if request.POST.get("shown", "") != shown(operation):
        raise MovedMeanwhile("T0 was changed meanwhile. The key was not turned; look again.", operation=slug)
    if request.POST.get("confirm", "").strip() != operation.slug:
        raise Refused(
            "The short name of the operation was not written as it is. The key was not turned.", reason="confirm"
        )
    turn_key(operation, by=by, at=clock().now())
    forget_panel(slug)
    return redirect("web:room", slug=slug)
