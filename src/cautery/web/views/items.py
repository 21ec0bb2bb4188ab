"""Items: the list of an operation, the same list as a file, and one item with its story."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused
from cautery.custody.actions import consult
from cautery.fetch import clock
from cautery.intake.queries import get_operation, operation_row
from cautery.report.dossier import EXPORT_FIELDS, ItemFilter, dossier, item_page, provider_slugs, stream_items
from cautery.review.care.queries import refuse_if_closed
from cautery.review.pictures.queries import read_in
from cautery.web.access import needs
from cautery.web.files import FORMATS, file_of
from cautery.web.labels import OUTCOMES, STATES

FILTERS = ("q", "provider", "kind", "state")
KEYS = (
    ("p", _("read the text in the next picture")),
    ("P", _("translate what was read in it")),
    ("?", _("show these keys")),
)


def _filter(request: HttpRequest) -> ItemFilter:
    return ItemFilter.checked(**{name: request.GET.get(name, "") for name in FILTERS})


def key_of(request: HttpRequest, name: str) -> int | None:
    """A cursor of the address; `Refused` where it is none."""
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Refused("There is no such page of the list.", reason="page", page=name)
    return int(text)


@needs(Permission.INTAKE_ITEM_READ)
def item_list(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """The items of an operation that the filter of the address wants, a page at a time."""
    operation = get_operation(slug, by=by)
    wanted = _filter(request)
    page = item_page(operation, wanted, older=key_of(request, "older"), newer=key_of(request, "newer"), by=by)
    context = {
        "operation": operation_row(operation),
        "wanted": wanted,
        "filtered": wanted != ItemFilter(),
        "page": page,
        "states": STATES,
        "outcomes": OUTCOMES,
        "providers": provider_slugs(by=by),
        "formats": FORMATS,
        "in_pictures": read_in([row.item_id for row in page.rows], wanted.parts) if wanted.q else (),
    }
    return render(request, "web/items.html", context)


@needs(Permission.INTAKE_ITEM_READ)
def item_file(request: HttpRequest, slug: str, kind: str, *, by: Actor) -> StreamingHttpResponse:
    """The same list as a file, whole; noted in the log, and with pseudonyms for the recipient the address names with `to`."""
    rows = (row.exported() for row in stream_items(get_operation(slug, by=by), _filter(request), by=by))
    return file_of(request, rows, EXPORT_FIELDS, kind, f"{slug}-items", by=by)


@needs(Permission.INTAKE_ITEM_READ)
def item_page_view(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """One item: what it is, what was decided, what came of it."""
    found = dossier(pk, by=by)
    refuse_if_closed(pk, found.item.pk)
    consult([f"item:{found.item.pk}"], by=by, at=clock().now(), why="looked at in the register")
    latest = found.episodes[-1] if found.episodes else None
    context = {"dossier": found, "item": found.item, "latest": latest, "outcome": found.outcome}
    context["may_trace"] = Permission.CUSTODY_LOG_READ in by.permissions
    context["may_read"] = Permission.INTAKE_EVIDENCE_READ in by.permissions
    context["desk_keys"] = KEYS
    return render(request, "web/item.html", context)
