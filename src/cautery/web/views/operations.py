"""Operations: the list, and one at a glance."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cautery.core.actors import Actor, Permission
from cautery.fetch import clock
from cautery.intake.queries import get_operation
from cautery.report.dossier import operation_lines, operation_overview
from cautery.web.access import needs
from cautery.web.counting import count_behind
from cautery.web.labels import OUTCOMES, STATES
from cautery.web.views.items import key_of

EVER = datetime.min.replace(tzinfo=UTC)


@needs(Permission.INTAKE_OPERATION_READ)
def operation_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Operations with their items by state, the newest first, a page at a time."""
    now = clock().now()
    lines, following = operation_lines(by=by, at=now, before=key_of(request, "before"))
    waiting = min((line for line in lines if line.as_of != now), key=lambda line: line.as_of or EVER, default=None)
    if waiting is not None:
        count_behind(get_operation(waiting.facts["slug"], by=by))
    return render(request, "web/operations.html", {"lines": lines, "following": following, "states": STATES})


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
    }
    return render(request, "web/operation.html", context)
