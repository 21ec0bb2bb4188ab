"""Operations: the list, and one at a glance."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cautery.core.actors import Actor, Permission
from cautery.intake.queries import get_operation
from cautery.report.dossier import operation_lines, operation_overview
from cautery.web.access import needs
from cautery.web.labels import OUTCOMES, STATES


@needs(Permission.INTAKE_OPERATION_READ)
def operation_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Every operation with its items by state."""
    return render(request, "web/operations.html", {"lines": operation_lines(by=by), "states": STATES})


@needs(Permission.INTAKE_OPERATION_READ)
def operation_page(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """One operation in figures."""
    overview = operation_overview(get_operation(slug, by=by), by=by)
    context = {
        "overview": overview,
        "operation": overview.facts,
        "states": STATES,
        "outcomes": OUTCOMES,
    }
    return render(request, "web/operation.html", context)
