"""From a notice's data to what leaves: the machine form as JSON and the printed form as PDF, both signed.

This is what stage `refer` calls. It needs no database: the fields come from the caller, the language from the addressee's
declared ones, wording and template from the catalogue, the signature from the office.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cautery.core.errors import Refused
from cautery.core.instruments import LANGUAGES, Document, Finding, Problem, Read, language_for, read
from cautery.refer.printing.layout import pages
from cautery.refer.printing.press import Press
from cautery.refer.signing.office import Office


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be issued: the instrument, its fields, the languages the addressee declared, and the moment."""

    instrument: str
    fields: Mapping[str, Any]
    languages: Sequence[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """A notice as it leaves. `findings` of what was issued are advice only; of a draft, what it lacks."""

    reference: str
    language: str
    json: bytes
    pdf: bytes
    findings: tuple[Finding, ...]


def issue(request: Request, press: Press, office: Office) -> Issued:
    """A complete notice, printed and signed. Refused `incomplete` names every field that is missing or wrong."""
    language, found = _read(request, press)
    if not found.complete:
        lacking = [finding for finding in found.findings if finding.problem != Problem.ADVISED]
        raise Refused(
            f"The notice is not complete: {', '.join(finding.field for finding in lacking)}.",
            reason="incomplete",
            instrument=request.instrument,
            findings=[finding.as_dict() for finding in lacking],
        )
    instrument = press.catalogue.get(request.instrument)
    document = office.sign_document(Document.of(instrument.form, found, language))
    content = pages(instrument.form, found, instrument.wording(language), draft=False)
    pdf = office.sign_pdf(press.print(content, at=request.at, machine=document.to_json()))
    return Issued(str(found.values["reference"]), language, document.to_json(), pdf, found.findings)


def draft(request: Request, press: Press) -> Issued:
    """The same as an unsigned draft: every field of the form, the missing ones listed, marked in the addressee's language."""
    language, found = _read(request, press)
    instrument = press.catalogue.get(request.instrument)
    machine = Document.of(instrument.form, found, language).to_json()
    content = pages(instrument.form, found, instrument.wording(language), draft=True)
    pdf = press.print(content, at=request.at, machine=machine)
    return Issued(str(found.values.get("reference", "")), language, machine, pdf, found.findings)


def _read(request: Request, press: Press) -> tuple[str, Read]:
    instrument = press.catalogue.get(request.instrument)
    known = tuple(language for language in LANGUAGES if language in instrument.wordings)
    language = language_for(tuple(request.languages), known)
    return language, read(instrument.form, request.fields, instrument.wording(language))
