"""Operations: the list, one at a glance, a new one, and when one runs."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as later

from cautery.core.actors import Actor, Permission
from cautery.core.errors import MovedMeanwhile, Refused
from cautery.directory.queries import holders, unit_code
from cautery.fetch import clock
from cautery.intake.actions import create_operation
from cautery.intake.models import Operation
from cautery.intake.queries import get_operation, may_time, operation_row
from cautery.refer.actions import change_times
from cautery.report.dossier import operation_lines, operation_overview
from cautery.web.access import acts, needs
from cautery.web.counting import count_behind
from cautery.web.labels import OUTCOMES, STATES
from cautery.web.moments import moment_of
from cautery.web.refusals import told
from cautery.web.views.items import key_of
from cautery.web.views.room import forget_panel, shown

EVER = datetime.min.replace(tzinfo=UTC)
START, T0, END = later("Start"), later("T0, notices leave"), later("Ends")


@needs(Permission.INTAKE_OPERATION_READ)
def operation_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Operations with their items by state, the newest first, a page at a time."""
    now = clock().now()
    lines, following = operation_lines(by=by, at=now, before=key_of(request, "before"))
    waiting = min((line for line in lines if line.as_of != now), key=lambda line: line.as_of or EVER, default=None)
    if waiting is not None:
        count_behind(get_operation(waiting.facts["slug"], by=by))
    context = {
        "lines": lines,
        "following": following,
        "states": STATES,
        "may_create": Permission.INTAKE_OPERATION_CREATE in by.permissions,
    }
    return render(request, "web/operations.html", context)


@needs(Permission.INTAKE_OPERATION_READ)
def operation_page(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """One operation in figures."""
    operation = get_operation(slug, by=by)
    count_behind(operation)
    overview = operation_overview(operation, by=by, at=clock().now())
    context = {
        "overview": overview,
        "operation": overview.facts,
        "states": STATES,
        "outcomes": OUTCOMES,
        "may_time": may_time(operation, by=by),
    }
    return render(request, "web/operation.html", context)


@needs(Permission.INTAKE_OPERATION_CREATE)
def operation_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """The form for one more operation."""
    return _new_form(request, by)


@acts(Permission.INTAKE_OPERATION_CREATE)
def operation_make(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Make it, or show the form again with what is wrong."""
    name = request.POST.get("name", "").strip()
    slug = request.POST.get("slug", "").strip() or slugify(name)[:50]
    try:
        now = clock().now()
        create_operation(
            slug,
            name,
            starts_at=moment_of(request, "starts_at", START) or now,
            t0=moment_of(request, "t0", T0),
            ends_at=moment_of(request, "ends_at", END),
            by=by,
            at=now,
            new=True,
        )
    except Refused as error:
        return _new_form(request, by, problem=told(error.message), slug=slug)
    return redirect("web:operation", slug)


def _new_form(request: HttpRequest, by: Actor, *, problem: str = "", slug: str = "") -> HttpResponse:
    given = request.POST
    context = {
        "problem": problem,
        "name": given.get("name", ""),
        "slug": slug,
        "fields": [
            ("starts_at", START, given.get("starts_at", "")),
            ("t0", T0, given.get("t0", "")),
            ("ends_at", END, given.get("ends_at", "")),
        ],
        "code": unit_code(by.unit),
    }
    return render(request, "web/operation_new.html", context, status=422 if problem else 200)


@needs(Permission.INTAKE_OPERATION_READ)
def times_page(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """When an operation runs; the form for who may change it, and whom to ask for everybody else."""
    return _times(request, get_operation(slug, by=by), by)


@acts(Permission.INTAKE_OPERATION_CREATE)
def times_set(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """Change T0 and the end, if they are still what the form was made with."""
    operation = get_operation(slug, by=by)
    try:
        t0 = _unless_same(moment_of(request, "t0", T0), operation.t0)
        ends_at = _unless_same(moment_of(request, "ends_at", END), operation.ends_at)
        if operation.released_at is None and request.POST.get("shown", "") != shown(operation):
            raise MovedMeanwhile("Somebody changed the times meanwhile; look again.", operation=slug)
        change_times(operation, t0=t0, ends_at=ends_at, by=by, at=clock().now())
    except Refused as error:
        return _times(request, operation, by, problem=told(error.message))
    forget_panel(slug)
    return redirect("web:operation", slug)


def _unless_same(typed: datetime | None, before: datetime | None) -> datetime | None:
    """What was typed; a field shows no seconds, so the same minute is no change."""
    same = typed is not None and before is not None and typed == before.replace(second=0, microsecond=0)
    return before if same else typed


def _times(request: HttpRequest, operation: Operation, by: Actor, *, problem: str = "") -> HttpResponse:
    given, may = request.POST, may_time(operation, by=by)
    owner = operation.unit
    context = {
        "problem": problem,
        "operation": operation_row(operation) | {"released_at": operation.released_at},
        "may": may,
        "owner": owner,
        "asked": [] if may else holders(Permission.INTAKE_OPERATION_CREATE, owner.slug if owner else ""),
        "shown": given.get("shown", "") if problem else shown(operation),
        "fields": [
            ("t0", T0, given.get("t0", ""), operation.t0),
            ("ends_at", END, given.get("ends_at", ""), operation.ends_at),
        ],
    }
    return render(request, "web/operation_times.html", context, status=422 if problem else 200)
