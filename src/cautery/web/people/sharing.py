"""Who of other units sees an operation: its handling code, and the units it names."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as later

from cautery.core.actors import Actor, Permission
from cautery.core.handling import Handling
from cautery.directory.queries import unit_names
from cautery.fetch import clock
from cautery.intake.actions import set_handling
from cautery.intake.queries import get_operation, shares_of
from cautery.web.access import acts, needs

CODES = (
    (Handling.GREEN, later("Green"), later("Every unit of this register sees it.")),
    (Handling.AMBER, later("Amber"), later("Your unit sees it, and the units named below.")),
    (Handling.RED, later("Red"), later("Your unit sees it, and nobody else.")),
)


@needs(Permission.INTAKE_OPERATION_READ)
def sharing_page(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """The code as it is, and how its unit changes it."""
    operation = get_operation(slug, by=by)
    owner = operation.unit
    context = {
        "operation": {"slug": operation.slug, "name": operation.name},
        "owner": owner,
        "code": operation.handling,
        "codes": CODES,
        "named": shares_of(operation),
        "units": [one for one in unit_names() if owner is None or one[0] != owner.slug],
        "mine": owner is not None and owner.slug == by.unit and Permission.INTAKE_OPERATION_CREATE in by.permissions,
    }
    return render(request, "web/people/sharing.html", context)


@acts(Permission.INTAKE_OPERATION_CREATE)
def sharing_set(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """Say who sees it from now on."""
    form = request.POST
    operation = get_operation(slug, by=by)
    set_handling(operation, form.get("code", ""), form.getlist("unit"), by=by, at=clock().now())
    return redirect("web:sharing", slug)
