"""Read and produce annexes: filled in from what the provider said, as machine form and as pages; and what came in, for officers."""

from __future__ import annotations

from datetime import datetime
from threading import Lock
from typing import Any

from cautery.authorise.fields import catalogue
from cautery.core.actors import Actor, Permission
from cautery.core.errors import NotFound
from cautery.core.instruments import Document, Read, language_for, read
from cautery.core.instruments.incoming import ANNEX_II, ANNEX_III
from cautery.directory.models import ProviderKey
from cautery.intake.queries import hidden
from cautery.refer.issuing.steps import Desk
from cautery.refer.models import Issue, Notice
from cautery.refer.printing.layout import pages
from cautery.review.models import Instrument
from cautery.track.desk.queries import form_row, own_notice
from cautery.track.models import Answer

ANNEXES = {"ii": ANNEX_II, "iii": ANNEX_III}
_ANSWERED = {ANNEX_II: ("removed", "disabled", "geo_blocked"), ANNEX_III: ("impossible", "clarification")}


def annex(key: ProviderKey, reference: str, number: str, language: str = "") -> tuple[Document, Read]:
    """Annex II (removal) or III (impossibility) of an order: as the provider sent it, else filled in from what it answered.

    What it did not say is left out, and named in what is read. The language is the order's where none is asked for.
    """
    notice = own_notice(key, reference)
    if notice.instrument != Instrument.TCO_ORDER:
        raise NotFound("Only a removal order has annexes.", reference=reference[:60])
    name = ANNEXES[number]
    instrument = catalogue().get(name)
    wanted = language_for([language or str(notice.body.get("language", ""))], tuple(instrument.wordings))
    sent = notice.forms.filter(instrument=name).order_by("-received_at", "-pk").first()
    given = dict(Document.parse(sent.machine.encode()).fields) if sent else _filled(notice, name)
    found = read(instrument.form, given, instrument.wording(wanted))
    return Document.of(instrument.form, found, wanted), found


_PRINTING = Desk()
_ONE_AT_A_TIME = Lock()
"""A press sets one page at a time; the web server has threads."""


def annex_pdf(document: Document, found: Read, at: datetime) -> bytes:
    """The pages of a form, with its machine form attached; one that lacks something is marked as a draft and lists it."""
    with _ONE_AT_A_TIME:
        press = _PRINTING.ready_press()
        instrument = press.catalogue.get(document.instrument)
        content = pages(instrument.form, found, instrument.wording(document.language), draft=not found.complete)
        return press.print(content, at=at, machine=document.to_json())


def issued_form(key: ProviderKey, reference: str) -> Document:
    """An order as its machine form, as it was signed and sent; `NotFound` for a notice that is its text alone."""
    return Document.parse(_issue(key, reference).machine.encode())


def issued_pdf(key: ProviderKey, reference: str) -> bytes:
    """The pages of an order: those that were signed and kept; where its way was a program's, printed now from its machine form.

    What is printed now carries the machine form with its signature, and none of its own.
    """
    issue = _issue(key, reference)
    if issue.pdf is not None:
        return bytes(issue.pdf)
    document = Document.parse(issue.machine.encode())
    instrument = catalogue().get(document.instrument)
    return annex_pdf(
        document, read(instrument.form, document.fields, instrument.wording(document.language)), issue.issued_at
    )


def _issue(key: ProviderKey, reference: str) -> Issue:
    issue: Issue | None = getattr(own_notice(key, reference), "issue", None)
    if issue is None:
        raise NotFound("This notice has no form of its own.", reference=reference[:60])
    return issue


def _filled(notice: Notice, name: str) -> dict[str, Any]:
    order = notice.body.get("document", {}).get("fields", {})
    received = notice.delivery.received_at
    common = {
        "addressee_name": order.get("addressee_name", ""),
        "authority_name": order.get("authority_name", ""),
        "authority_reference": notice.reference,
        "addressee_reference": notice.delivery.provider_ref,
        "received_at": received.isoformat() if received else "",
        "respondent_name": order.get("addressee_name", ""),
        "respondent_state": order.get("home_state", ""),
    }
    answers = notice.answers.filter(answer__in=_ANSWERED[name]).order_by("-received_at", "-pk")
    given = common | (_particulars(list(answers), name) if answers else {})
    known = catalogue().get(name).form.fields
    return {field: value for field, value in given.items() if field in known and value not in ("", [])}


def _particulars(answers: list[Answer], name: str) -> dict[str, Any]:
    """What the answers say of it, the newest first; `details` are the provider's own words for the form's fields."""
    newest = answers[0]
    details = {field: str(value) for field, value in newest.details.items() if field != "grounds"}
    if name == ANNEX_II:
        measure = "removed" if newest.answer == "removed" else "disabled"
        return {"measure": measure, "measured_at": newest.at.isoformat()} | details
    told = {answer.answer: answer for answer in reversed(answers)}
    asked = told.get("clarification")
    grounds = ["force_majeure"] if "impossible" in told else []
    return {
        "grounds": grounds + (["insufficient_information"] if asked else []),
        "grounds_reasons": newest.reason,
        "clarification_needed": asked.reason if asked else "",
        "signed_at": newest.at.isoformat(),
    } | details


def forms_of(reference: str, *, by: Actor) -> list[dict[str, Any]]:
    """The annexes and statements that came in on a notice, in the order they came, for officers."""
    by.require(Permission.REPORT_OPERATION_READ)
    notice = Notice.objects.filter(reference=reference).exclude(operation__in=hidden(by=by)).first()
    if notice is None:
        raise NotFound(f"No notice {reference[:60]}.", reference=reference[:60])
    return [form_row(one) for one in notice.forms.order_by("received_at", "pk")]
