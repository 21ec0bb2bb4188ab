"""The whole register: searched, filtered by address, kept as a view, and taken along as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cautery.core.actors import Actor, Permission
from cautery.custody.actions import consult
from cautery.fetch import clock
from cautery.intake.queries import get_operation, operation_names
from cautery.report.dossier import EXPORT_FIELDS, ItemFilter, item_page, provider_slugs, stream_items
from cautery.report.register.actions import forget_view, save_view
from cautery.report.register.lists import saved_views
from cautery.review.pictures.queries import read_in
from cautery.web.access import acts, needs
from cautery.web.files import FORMATS, file_of
from cautery.web.labels import OUTCOMES, STATES
from cautery.web.views.bulk import FILTERS, acts_of
from cautery.web.views.items import key_of
from cautery.web.views.lists import listing_of, tabs


def _asked(query: QueryDict, by: Actor) -> tuple[Any, ItemFilter]:
    """The operation the address names, if it names one, and what it wants."""
    wanted = ItemFilter.checked(**{name: query.get(name, "") for name in FILTERS})
    return (get_operation(wanted.operation, by=by) if wanted.operation else None), wanted


@needs(Permission.INTAKE_ITEM_READ)
def register(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Items of all operations that the filter of the address wants, a page at a time."""
    operation, wanted = _asked(request.GET, by)
    page = item_page(operation, wanted, older=key_of(request, "older"), newer=key_of(request, "newer"), by=by)
    if page.rows:
        consult(
            [f"item:{row.item_id}" for row in page.rows], by=by, at=clock().now(), why=request.get_full_path()[:500]
        )
    context = {
        "wanted": wanted,
        "filtered": wanted != ItemFilter(),
        "page": page,
        "states": STATES,
        "outcomes": OUTCOMES,
        "providers": provider_slugs(by=by),
        "operations": operation_names(by=by),
        "views": saved_views("register", by=by),
        "tabs": tabs(by),
        "acts": acts_of(by),
        "formats": FORMATS,
        "query": request.GET.urlencode(),
        "in_pictures": read_in([row.item_id for row in page.rows], wanted.parts) if wanted.q else (),
    }
    return render(request, "web/register.html", context)


@needs(Permission.INTAKE_ITEM_READ)
def register_file(request: HttpRequest, kind: str, *, by: Actor) -> StreamingHttpResponse:
    """The same list as a file, whole."""
    operation, wanted = _asked(request.GET, by)
    rows = (row.exported() for row in stream_items(operation, wanted, by=by))
    return file_of(request, rows, EXPORT_FIELDS, kind, "register", by=by)


@acts(Permission.INTAKE_ITEM_READ)
def view_save(request: HttpRequest, *, by: Actor) -> HttpResponseRedirect:
    """Keep the list shown under a name, and show it again."""
    asked = QueryDict(request.POST.get("query", ""), mutable=True)
    for cursor in ("older", "newer", "after"):
        asked.pop(cursor, None)
    place = request.POST.get("place", "") or "register"
    where = reverse("web:register") if place == "register" else listing_of(place).page
    save_view(request.POST.get("name", ""), asked.urlencode(), by=by, at=clock().now(), place=place)
    return redirect(f"{where}?{asked.urlencode()}")


@acts(Permission.INTAKE_ITEM_READ)
def view_forget(_request: HttpRequest, pk: int, *, by: Actor) -> HttpResponseRedirect:
    """Forget a view."""
    forget_view(pk, by=by)
    return redirect("web:register")
