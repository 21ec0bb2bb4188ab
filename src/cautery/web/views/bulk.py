"""Acts on many items: chosen in the register, looked through, confirmed, done as one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.request import QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused
from cautery.custody.actions import consult
from cautery.fetch import clock
from cautery.intake.queries import get_operation, operation_names
from cautery.report.dossier import EXPORT_FIELDS, ItemFilter, item_page, rows_of
from cautery.report.register.actions import Particulars, act_on_many
from cautery.report.register.bulk import MOST, NEEDED, BulkPlan, plan_bulk
from cautery.web.access import acts
from cautery.web.files import file_of
from cautery.web.moments import moment_of

FILTERS = ("q", "operation", "provider", "kind", "state", "outlet", "domain")
ASKED_FOR = timedelta(days=30)


@acts(Permission.INTAKE_ITEM_READ)
def bulk_preview(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """What the act would change and what it cannot, and why; nothing is changed yet."""
    now = clock().now()
    items = _items(request, by)
    plan = _plan(request, items, by, now)
    consult([f"item:{line.item}" for line in plan.lines], by=by, at=now, why=f"looked through for: {plan.act}")
    context = {
        "plan": plan,
        "operations": operation_names(by=by),
        "until": now + ASKED_FOR,
        "most": MOST,
    }
    return render(request, "web/bulk.html", context)


@acts(Permission.INTAKE_ITEM_READ)
def bulk_do(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Do it, as it was shown."""
    now, form = clock().now(), request.POST
    plan = _plan(request, _chosen(form), by, now)
    said = Particulars(
        form.get("reason", "")[:500], form.get("seconded_by", "").strip()[:64], moment_of(request, "until", _("Until"))
    )
    done = act_on_many(plan, form.get("digest", ""), said, by=by, at=now)
    return render(request, "web/bulk_done.html", {"plan": plan, "done": done})


@acts(Permission.INTAKE_ITEM_READ)
def bulk_export(request: HttpRequest, kind: str, *, by: Actor) -> StreamingHttpResponse:
    """The items that were ticked, or all that the filter finds, as a file; noted in the log as any file."""
    items = _items(request, by)
    if not items or len(items) > MOST:
        raise Refused(_("Tick the items that the file is to hold, %(most)s at most.") % {"most": MOST}, reason="items")
    rows = (row.exported() for row in rows_of(items, by=by))
    return file_of(request, rows, EXPORT_FIELDS, kind, "items-chosen", by=by)


def _plan(request: HttpRequest, items: list[int], by: Actor, now: datetime) -> BulkPlan:
    slug = request.POST.get("into", "")
    operation = get_operation(slug, by=by) if slug else None
    return plan_bulk(request.POST.get("act", ""), items, operation, by=by, at=now)


def _chosen(form: QueryDict) -> list[int]:
    return [int(word) for word in form.getlist("item") if word.isascii() and word.isdigit() and len(word) < 19]


def _items(request: HttpRequest, by: Actor) -> list[int]:
    """The items that were ticked; or, where all were asked for, those the filter finds, and no more than can be looked through."""
    if not request.POST.get("all"):
        return _chosen(request.POST)
    query = QueryDict(request.POST.get("query", "")[:2_000])
    wanted = ItemFilter.checked(**{name: query.get(name, "") for name in FILTERS})
    operation = get_operation(wanted.operation, by=by) if wanted.operation else None
    page = item_page(operation, wanted, by=by, size=MOST)
    if page.older is not None:
        raise Refused(_("The filter finds more than %(most)s items: narrow it.") % {"most": MOST}, reason="items")
    return [row.item_id for row in page.rows]


def acts_of(by: Actor) -> list[str]:
    """The acts this officer may do."""
    return [str(act) for act, needed in NEEDED.items() if needed in by.permissions]
