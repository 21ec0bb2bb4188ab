"""What stands on the pages of a notice, as plain data for form.typ: every field of the form, filled in or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from cautery.core.clock.timeline import Timeline
from cautery.core.errors import LinkRefused
from cautery.core.instruments.form import Field, Form
from cautery.core.instruments.kinds import Value
from cautery.core.instruments.validation import Finding, Problem, Read
from cautery.core.instruments.wording import Wording
from cautery.core.links.address import parse
from cautery.refer.printing.glyphs import right_to_left, showable

Row = dict[str, Any]

ANSWER = "answer"
"""Stage of the forms a provider fills in: what is printed of them is not signed by us."""
MOST_BOXES = 12
"""Of more choices than these only the ticked ones are printed."""


def pages(form: Form, read: Read, wording: Wording, *, draft: bool) -> dict[str, Any]:
    """The pages of a notice. A draft carries its banner and a list of what it lacks."""
    found = {finding.field: finding for finding in read.findings if finding.problem != Problem.ADVISED}
    signed = not draft and form.stage != ANSWER
    sections = [
        {
            "title": wording.sections.get(section.id, {}).get("title", section.id),
            "note": showable(wording.sections.get(section.id, {}).get("note", "")),
            "rows": [_row(field, read, wording, found.get(field.id), signed=signed) for field in section.fields],
        }
        for section in form.sections
        if section.printed
    ]
    return _frame(wording, str(read.values.get("reference", "")), draft=draft) | {
        "intro": [showable(text) for text in wording.intro],
        "closing": [showable(text) for text in wording.closing],
        "sections": sections,
        "findings": _lacking(read.findings, wording) if draft else [],
    }


def timeline_pages(line: Timeline, wording: Wording, reference: str) -> dict[str, Any]:
    """The pages of a notice's timeline."""
    rows = []
    for entry in line.as_dict(wording.language)["entries"]:
        texts = [entry["words"], *entry["effects"]]
        if entry["theirs"]:
            stated = datetime.fromisoformat(entry["theirs"])
            texts.insert(
                1, f"{line.word('stated', wording.language)}: {line.moment(stated)}, {entry['difference_s']:+g} s"
            )
        moment = line.moment(datetime.fromisoformat(entry["ours"]))
        rows.append(
            {"label": moment, "note": "", "parts": [part for text in texts for part in _text(text)], "empty": ""}
        )
    title = line.word("timeline", wording.language)
    return _frame(wording, reference, draft=False) | {
        "title": title,
        "subtitle": showable(wording.title),
        "intro": [],
        "closing": [],
        "sections": [{"title": title, "note": "", "rows": rows}],
        "findings": [],
    }


def _frame(wording: Wording, reference: str, *, draft: bool) -> dict[str, Any]:
    return {
        "language": wording.language,
        "title": showable(wording.title),
        "subtitle": showable(wording.subtitle),
        "reference": showable(reference),
        "draft": draft,
        "words": {name: showable(text) for name, text in wording.words.items()},
    }


def _row(field: Field, read: Read, wording: Wording, finding: Finding | None, *, signed: bool) -> Row:
    words = wording.field(field.id)
    value = read.values.get(field.id)
    if field.kind in ("choices", "choice") and len(field.limits.choices) > MOST_BOXES:
        parts = [_tick(wording.choice(field.id, each), on=True) for each in _several(value)]
    elif field.kind in ("choices", "choice"):
        parts = [_tick(wording.choice(field.id, each), on=each in _several(value)) for each in field.limits.choices]
    elif field.kind == "flag":
        parts = [_tick(wording.word("yes" if value else "no"), on=bool(value))] if value is not None else []
    else:
        parts = [part for each in _several(value) for part in _part(field.kind, each, wording)]
    if field.id == "signed_by" and signed:
        parts += _text(wording.word("signed_electronically"))
    empty = ""
    if finding is not None:
        empty = wording.word("invalid" if finding.problem in (Problem.INVALID, Problem.CONTRADICTS) else "missing")
    elif value is None:
        empty = "–"
    return {"label": showable(words.label), "note": showable(words.note), "parts": parts, "empty": empty}


def _several(value: Value | None) -> Sequence[str]:
    if value is None or isinstance(value, bool):
        return ()
    return [value] if isinstance(value, str) else value


def _tick(label: str, *, on: bool) -> Row:
    return {"kind": "tick", "on": on, "text": showable(label), "rtl": False}


def _part(kind: str, value: str, wording: Wording) -> list[Row]:
    if kind in ("url", "urls"):
        return _address(value)
    if kind == "moment":
        return _text(_moment(value))
    if kind == "period":
        return _text(wording.period(value))
    return _text(value)


def _moment(value: str) -> str:
    moment = datetime.fromisoformat(value)
    offset = f"{moment:%z}"
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC{offset[:3]}:{offset[3:5]}"


def _address(value: str) -> list[Row]:
    """An address as it was given and, where that differs, letter for letter as a browser sends it."""
    shown = {"kind": "address", "on": False, "text": showable(value), "rtl": False}
    try:
        exact = parse(value).href
    except LinkRefused:
        exact = value
    if exact == value:
        return [shown]
    return [shown, {"kind": "exact", "on": False, "text": exact, "rtl": False}]


def _text(value: str) -> list[Row]:
    """A part for each paragraph, in its own direction."""
    return [
        {"kind": "text", "on": False, "text": showable(line), "rtl": right_to_left(line)}
        for line in value.split("\n")
        if line.strip()
    ]


def _lacking(findings: Iterable[Finding], wording: Wording) -> list[Row]:
    """What stands against a draft, and apart from it what is only advised."""
    return [
        {
            "label": showable(finding.label),
            "field": showable(finding.field),
            "law": showable(wording.law(finding.law)),
            "why": showable(finding.why),
            "held": finding.problem != Problem.ADVISED,
        }
        for finding in findings
    ]
