"""Forms of law as a provider sends them: Annex II and III of Regulation (EU) 2021/784, the DSA's statement of reasons.

    machine form (JSON) -------------+
    Transparency Database's JSON ----+-> Heard: which form, its values, what it lacks -> meant(): what it answers, and when
    `Label: value` lines of a mail --+

What is heard is read against its form (validation.py): each field that is missing or wrong is named with its law and why. Nothing
is believed here; who says it, and on which notice, is for the caller to establish.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cautery.core.errors import FileRefused, RowRefused
from cautery.core.instruments.catalogue import Catalogue
from cautery.core.instruments.document import FORMAT, LARGEST, Document
from cautery.core.instruments.kinds import MEMBER_STATES
from cautery.core.instruments.lines import fields_in
from cautery.core.instruments.transparency import INSTRUMENT as STATEMENT
from cautery.core.instruments.transparency import from_database
from cautery.core.instruments.validation import Finding, Problem, Read, read

ANNEX_II, ANNEX_III = "tco-annex-ii", "tco-annex-iii"
INCOMING = (ANNEX_II, ANNEX_III, STATEMENT)
"""Instruments that come in."""
MOST = 1_000
"""Forms read of one file."""
RECEIVED = "received_at"
SIGNS = frozenset({"decision_ground", "decision_visibility", "decision_facts", "puid"})
"""Fields by two of which a JSON object shows that it is a statement of reasons."""
REMOVED, DISABLED = "DECISION_VISIBILITY_CONTENT_REMOVED", "DECISION_VISIBILITY_CONTENT_DISABLED"


@dataclass(frozen=True, slots=True)
class Heard:
    """One form as it came in: the document, and what of it could be read."""

    document: Document
    read: Read

    @property
    def instrument(self) -> str:
        """Which form it is."""
        return self.document.instrument

    @property
    def reference(self) -> str:
        """The reference of our notice as the form names it; empty where it names none (a statement of reasons never does)."""
        return str(self.read.values.get("authority_reference", ""))

    @property
    def lacks(self) -> tuple[Finding, ...]:
        """What stands against it; what is only advised does not."""
        return tuple(finding for finding in self.read.findings if finding.problem != Problem.ADVISED)

    @property
    def digest(self) -> str:
        """SHA-256 of its canonical JSON."""
        return sha256(self.document.to_json()).hexdigest()


@dataclass(frozen=True, slots=True)
class Meant:
    """What a form answers, in the words of docs/provider-desk.md; `at` is empty where it states no time that can be read."""

    answer: str
    at: str
    reason: str


def heard(document: Document, catalogue: Catalogue) -> Heard:
    """Read a machine form that comes in. FileRefused `not_incoming` for an instrument that only goes out."""
    if document.instrument not in INCOMING:
        raise FileRefused(f"{document.instrument[:40]!r} is no form a provider sends.", reason="not_incoming")
    instrument = catalogue.get(document.instrument)
    language = document.language if document.language in instrument.wordings else "en"
    return Heard(document, read(instrument.form, document.fields, instrument.wording(language)))


def before_receipt(one: Heard, received_at: datetime, catalogue: Catalogue) -> tuple[Finding, ...]:
    """What contradicts our own record of the receipt: a measure or an answer that is said to lie before it."""
    instrument = catalogue.get(one.instrument)
    if RECEIVED not in instrument.form.fields:
        return ()
    ours = dict(one.document.fields) | {RECEIVED: received_at.isoformat()}
    language = one.document.language if one.document.language in instrument.wordings else "en"
    named = {finding.field for finding in one.lacks}
    found = read(instrument.form, ours, instrument.wording(language)).findings
    return tuple(f for f in found if f.problem == Problem.CONTRADICTS and f.field not in named)


def heard_in_json(data: bytes, catalogue: Catalogue) -> list[Heard]:
    """The forms of a JSON file: a machine form, a record of the Transparency Database, or `{"statements": [records]}`.

    FileRefused: `too_large`, `not_json`, `not_a_notice`, `not_incoming`, `not_a_statement`, `too_many`.
    """
    if len(data) > LARGEST:
        raise FileRefused("The file is too large for a form.", reason="too_large", bytes=len(data))
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as wrong:
        raise FileRefused("The file is not JSON.", reason="not_json") from wrong
    if not isinstance(raw, dict) or raw.get("format") == FORMAT:
        return [heard(Document.parse(data), catalogue)]
    rows = raw["statements"] if isinstance(raw.get("statements"), list) else [raw]
    if len(rows) > MOST:
        raise FileRefused(f"At most {MOST} statements in one file.", reason="too_many", statements=len(rows))
    return [_statement(row, catalogue) for row in rows]


def heard_of(given: Mapping[str, Any], catalogue: Catalogue) -> list[Heard]:
    """The same of JSON that was parsed already, as a call of the API holds it."""
    try:
        data = json.dumps(given, allow_nan=False).encode()
    except (ValueError, TypeError, RecursionError) as wrong:
        raise FileRefused("The form is not JSON.", reason="not_json") from wrong
    return heard_in_json(data, catalogue)


def _statement(row: Any, catalogue: Catalogue) -> Heard:
    if not isinstance(row, Mapping) or len(SIGNS & row.keys()) < 2:
        raise FileRefused("The JSON is neither a machine form nor a statement of reasons.", reason="not_a_statement")
    try:
        fields = from_database(row)
    except RowRefused as wrong:
        raise FileRefused(wrong.message, reason="not_a_statement") from wrong
    version = catalogue.get(STATEMENT).form.version
    return heard(Document(STATEMENT, version, "en", fields), catalogue)


def heard_in_text(text: str, catalogue: Catalogue) -> Heard | None:
    """The form filled in within a mail's text, line by line, in any language there is wording for; None where there is none."""
    found = [
        (len(fields), name, language, fields)
        for name in INCOMING
        for language, wording in catalogue.get(name).wordings.items()
        if (fields := fields_in(text, catalogue.get(name).form, wording)) and _NEEDED[name] & fields.keys()
    ]
    if not found:
        return None
    count, name, language, fields = max(found, key=lambda one: one[0])
    if count < FEWEST:
        return None
    return heard(Document(name, catalogue.get(name).form.version, language, fields), catalogue)


FEWEST = 3
"""Fields of a form that must stand in a text before it is taken for that form: one `Date: ...` makes no annex."""
_NEEDED = {
    ANNEX_II: {"measure", "measured_at"},
    ANNEX_III: {"grounds", "grounds_reasons"},
    STATEMENT: {"decision_facts", "decision_ground"},
}


def meant(one: Heard) -> list[Meant]:
    """What a form answers; nothing where what would say it is missing. An impossibility and a question may come in one Annex III."""
    values = one.read.values
    if one.instrument == ANNEX_II:
        words = {"removed": "removed", "disabled": "disabled"}
        said = words.get(str(values.get("measure", "")))
        return [Meant(said, str(values.get("measured_at", "")), "")] if said else []
    if one.instrument == ANNEX_III:
        return _obstacles(values)
    return _restriction(values)


def _obstacles(values: Mapping[str, Any]) -> list[Meant]:
    grounds, at = _several(values.get("grounds")), str(values.get("signed_at", ""))
    reasons, needed = str(values.get("grounds_reasons", "")), str(values.get("clarification_needed", ""))
    found = [Meant("impossible", at, reasons)] if "force_majeure" in grounds else []
    asked = {"manifest_errors", "insufficient_information"} & set(grounds)
    return found + ([Meant("clarification", at, needed or reasons)] if asked else [])


def _restriction(values: Mapping[str, Any]) -> list[Meant]:
    """A statement gives a date, not a moment: when it was done, our receipt of it says at the latest."""
    visibility, scope = _several(values.get("decision_visibility")), _several(values.get("territorial_scope"))
    facts = str(values.get("decision_facts", ""))
    if REMOVED in visibility:
        return [Meant("removed", "", facts)]
    if DISABLED in visibility:
        return [Meant("disabled" if set(MEMBER_STATES) <= set(scope) else "geo_blocked", "", facts)]
    return []


def _several(value: Any) -> Sequence[str]:
    return value if isinstance(value, list) else []
