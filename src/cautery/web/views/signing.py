"""Signing: a batch with what is the same and what differs, the notices as they would read, and refusing with a reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from cautery.authorise.actions import Signing, claim_decisions, sign_many
from cautery.authorise.queries import batch, signing_counts
from cautery.core.actors import Actor, Permission
from cautery.core.errors import MovedMeanwhile, Refused
from cautery.fetch import clock
from cautery.intake.queries import get_operation
from cautery.web.access import acts, needs
from cautery.web.templatetags.desk import told
from cautery.web.views.asked import lacking_of

BATCH = 50
DONE_KEY = "desk_signed"


@needs(Permission.AUTHORISE_DECISION_SIGN)
def signing_page(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """The decisions this signer holds: what is the same in all, and by row what differs."""
    operation = get_operation(slug, by=by)
    context = {
        "operation": {"slug": slug, "name": operation.name},
        "counts": signing_counts(operation, by=by),
        "batch": batch(operation, by=by, at=clock().now()),
        "lacking": lacking_of(operation, by=by, at=clock().now()),
        "done": request.session.pop(DONE_KEY, None),
    }
    return render(request, "web/signing.html", context)


@acts(Permission.AUTHORISE_DECISION_SIGN)
def signing_take(_request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """Lease the next batch."""
    claim_decisions(get_operation(slug, by=by), BATCH, by=by)
    return redirect("web:signing", slug=slug)


@acts(Permission.AUTHORISE_DECISION_SIGN)
def signing_sign(request: HttpRequest, slug: str, *, by: Actor) -> HttpResponse:
    """Sign or refuse the decisions ticked, and say of each that was not recorded why."""
    get_operation(slug, by=by)
    form = request.POST
    chosen, act, reason = form.getlist("decision"), form.get("act", ""), form.get("reason", "")
    if not chosen or not all(word.isascii() and word.isdigit() and len(word) < 19 for word in chosen):
        raise Refused("No decision was ticked.", reason="nothing_ticked")
    if act == "refuse" and not reason.strip():
        raise Refused("A refusal needs its reason.", reason="no_reason")
    results = sign_many(
        [Signing(int(key), act, reason if act == "refuse" else "") for key in chosen], by=by, at=clock().now()
    )
    recorded = sum(result.status == "recorded" for result in results)
    if not recorded:
        raise MovedMeanwhile(
            gettext("Nothing was recorded: %(words)s.") % {"words": told(results[0].detail)}, decisions=len(chosen)
        )
    others = sorted({result.detail for result in results if result.status != "recorded"})
    request.session[DONE_KEY] = {"act": act, "recorded": recorded, "asked": len(results), "others": others}
    return redirect("web:signing", slug=slug)
