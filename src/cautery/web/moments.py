"""Moments that people type into forms: in their language's way or by the browser's own field, in their zone (the form's `zone`)."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from cautery.core.dates import read_moment
from cautery.core.errors import Refused

SAID = {
    "ambiguous": later("“%(text)s” can be read as %(one)s or %(other)s: write the year first."),
    "clock": later("“%(text)s” is no time of day: write 14:30."),
    "date": later("“%(text)s” is no date: write 2026-06-15."),
    "skipped": later("The clocks leave out %(text)s: write %(one)s or %(other)s."),
    "twice": later("There is %(text)s twice: write %(one)s or %(other)s."),
    "year": later("In “%(text)s” write the year with four digits, and last."),
    "zone": later("There is no time zone of this name."),
}
"""By reason what is wrong with a date, in the reader's words."""


def moment_of(request: HttpRequest, name: str, label: object) -> datetime | None:
    """What a form says in this field, in UTC; None where it is empty. `Refused` says what of it cannot be read, and in which field."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    return read_typed(text, label, request.POST.get("zone", ""), name)


def read_typed(text: str, label: object, zone: str, name: str) -> datetime:
    """A moment as it was typed into the field of this label."""
    try:
        return read_moment(text, get_language() or "en", zone)
    except Refused as wrong:
        known = {word: str(wrong.fields.get(word, "")) for word in ("text", "one", "other")}
        words = _("%(field)s: %(problem)s") % {"field": label, "problem": str(SAID[wrong.reason]) % known}
        raise Refused(words, reason="moment", field=name, why=wrong.reason) from wrong
