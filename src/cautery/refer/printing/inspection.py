"""What can be said of a notice somebody hands in, as PDF or JSON: signature, completeness, clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cautery.core.errors import FileRefused
from cautery.core.instruments import Catalogue, Document, Finding, Problem, read
from cautery.core.instruments.clocks import clock_facts, notice_timeline
from cautery.core.instruments.incoming import heard_in_json
from cautery.refer.printing.reading import machine_form
from cautery.refer.signing.checking import SignatureFacts, State, check_document, check_pdf


@dataclass(frozen=True, slots=True)
class Inspection:
    """One notice: which instrument, in which language, what holds of its signature, what it lacks, where its clocks stand."""

    form: str
    instrument: str
    language: str
    reference: str
    signature: SignatureFacts
    findings: tuple[Finding, ...]
    clocks: list[dict[str, Any]]
    timeline: list[str]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing or wrong."""
        return all(finding.problem == Problem.ADVISED for finding in self.findings)

    @property
    def sound(self) -> bool:
        """Complete, and signed by somebody a trusted authority stands behind."""
        return self.complete and self.signature.state == State.VALID

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "form": self.form,
            "instrument": self.instrument,
            "language": self.language,
            "reference": self.reference,
            "sound": self.sound,
            "complete": self.complete,
            "signature": self.signature.as_dict(),
            "findings": [finding.as_dict() for finding in self.findings],
            "clocks": self.clocks,
            "timeline": self.timeline,
        }


def inspect(data: bytes, catalogue: Catalogue, roots: Sequence[Any], *, now: datetime) -> Inspection:
    """Read and check a notice. FileRefused names what is not one; an altered one is read as far as it goes."""
    printed = b"%PDF-" in data[:1024]
    if printed:
        signature = check_pdf(data, roots, now=now)
        try:
            document = Document.parse(machine_form(data))
        except FileRefused as refused:
            if signature.state != State.ALTERED:
                raise
            return _altered(signature, refused)
        if signature.state == State.ABSENT and document.signature:
            signature = SignatureFacts(State.ALTERED, why="the signature of the pages was taken off")
    else:
        document = _machine_form(data, catalogue)
        signature = check_document(document, roots, now=now)
    return _inspected("pdf" if printed else "json", document, signature, catalogue, now)


def _machine_form(data: bytes, catalogue: Catalogue) -> Document:
    """A notice as JSON, or a statement of reasons as the Transparency Database writes it."""
    try:
        return Document.parse(data)
    except FileRefused as refused:
        if refused.reason != "not_a_notice":
            raise
        try:
            (statement,) = heard_in_json(data, catalogue)
        except (FileRefused, ValueError):
            raise refused from None
        return statement.document


def _inspected(
    kind: str, document: Document, signature: SignatureFacts, catalogue: Catalogue, now: datetime
) -> Inspection:
    if document.instrument not in catalogue.instruments:
        raise FileRefused(f"Nobody knows the instrument {document.instrument[:40]!r}.", reason="unknown_instrument")
    instrument = catalogue.get(document.instrument)
    language = document.language if document.language in instrument.wordings else "en"
    found = read(instrument.form, document.fields, instrument.wording(language))
    line = notice_timeline(instrument.form, found.values, now)
    reference = str(found.values.get("reference", ""))
    clocks = clock_facts(instrument.form, line)
    return Inspection(
        kind, document.instrument, language, reference, signature, found.findings, clocks, line.lines(language)
    )


def _altered(signature: SignatureFacts, refused: FileRefused) -> Inspection:
    """Altered so far that its machine form is gone: only that can be said."""
    why = f"{signature.why}; {refused.message}"
    said = SignatureFacts(State.ALTERED, signature.signer, signature.at, signature.timestamped, why)
    return Inspection("pdf", "", "", "", said, (), [], [])
