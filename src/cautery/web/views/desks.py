"""What waits for a person beside the queue: a notice's redress, threats to life, mail, what is held back; and proofs of the log."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cautery.core.actors import Actor, Permission
from cautery.core.errors import Refused
from cautery.custody.actions import consult
from cautery.custody.proofs import prove_entry
from cautery.fetch import clock
from cautery.refer.deconfliction.actions import override
from cautery.report.register.desks import letter
from cautery.report.register.desks import redress as redress_of
from cautery.report.register.traces import traces
from cautery.track.actions import settle_mail
from cautery.track.desk.actions import see_threat
from cautery.track.models import ProceedingKind, Ruling
from cautery.track.redress.actions import Step, record_step
from cautery.web.access import acts, needs
from cautery.web.moments import moment_of
from cautery.web.views.items import key_of


@needs(Permission.REPORT_OPERATION_READ)
def redress(request: HttpRequest, reference: str, *, by: Actor) -> HttpResponse:
    """A notice from its sending to its end."""
    found = redress_of(reference, by=by, at=clock().now())
    consult([f"notice:{reference}"], by=by, at=clock().now(), why="its redress was looked at")
    context = {
        "found": found,
        "kinds": ProceedingKind.choices,
        "rulings": Ruling.choices,
        "permissions": by.permissions,
    }
    return render(request, "web/redress.html", context)


@acts(Permission.TRACK_REDRESS_RECORD)
def redress_record(request: HttpRequest, reference: str, *, by: Actor) -> HttpResponseRedirect:
    """Record a step, and pass on what follows from it."""
    form = request.POST
    words = {name: form.get(name, "").strip() for name in ("kind", "ruling", "body", "reason")}
    if len(words["body"]) > 300 or len(words["reason"]) > 4_000:
        raise Refused(_("That is longer than the record takes."), reason="redress")
    until = moment_of(request, "until", _("Until, of a non-disclosure"))
    step = Step(reference, words["kind"], words["ruling"], words["body"], words["reason"], until=until)
    record_step(step, by=by, at=clock().now())
    return redirect("web:redress", reference=reference)


@acts(Permission.TRACK_THREAT_READ)
def threat_seen(_request: HttpRequest, pk: int, *, by: Actor) -> HttpResponseRedirect:
    """Take a report on."""
    see_threat(pk, by=by, at=clock().now())
    return redirect(reverse("web:listing", args=["threats"]))


@needs(Permission.TRACK_MAIL_READ)
def mail(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """One message, as plain words."""
    found = letter(pk, by=by)
    consult([f"mail:{pk}"], by=by, at=clock().now(), why="read")
    return render(request, "web/mail.html", {"found": found})


@acts(Permission.TRACK_MAIL_READ)
def mail_settled(_request: HttpRequest, pk: int, *, by: Actor) -> HttpResponseRedirect:
    """It is done with."""
    settle_mail(pk, by=by, at=clock().now())
    return redirect(reverse("web:listing", args=["mail"]))


@acts(Permission.REFER_HOLD_OVERRIDE)
def override_pass(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponseRedirect:
    """Ask that a notice passes what stands against it; a second person's asking confirms it."""
    override(pk, request.POST.get("reason", "")[:500], by=by, at=clock().now())
    return redirect(reverse("web:listing", args=["held-back"]))


@needs(Permission.CUSTODY_LOG_READ)
def custody_of_item(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """The log's entries about one item, each with its proof."""
    found = traces(pk, by=by)
    consult([f"item:{pk}"], by=by, at=clock().now(), why="its custody was looked at")
    return render(request, "web/traces.html", {"item": pk, "traces": found})


@needs(Permission.CUSTODY_LOG_READ)
def proof(request: HttpRequest, pk: int, *, by: Actor) -> JsonResponse:
    """That an entry, and a row of it, is under the newest checkpoint: a file that stands without us (docs/verify.py)."""
    row = key_of(request, "row")
    made = prove_entry(pk, row)
    consult([f"entry:{pk}"], by=by, at=clock().now(), why="its proof was taken")
    name = f"proof-{pk}" + (f"-{row}" if row is not None else "")
    return JsonResponse(made, headers={"Content-Disposition": f'attachment; filename="{name}.json"'})
