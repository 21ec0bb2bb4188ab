"""A form filled in as plain text, `Label: value` a line or boxes ticked with an x, read into fields by the labels of a wording."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from cautery.core.instruments.form import Field, Form
from cautery.core.instruments.wording import Wording

LINES = 2_000
"""Lines of a text that are read."""
QUOTE = re.compile(r"^(?:[>|][ \t]?)+")
LABELLED = re.compile(r"^\W{0,4}(.{2,200}?)\s*[:：]\s*(.*)$")
TICKED = re.compile(r"^\s*(?:\[\s*[xX✓✔]\s*\]|[☑☒✓✔])\s*(.+)$")
UTC_OFFSET = re.compile(r"\s*(?:UTC|GMT)\s*(?:([+-]\d\d):?(\d\d))?$|\s*Z$")
LIST = re.compile(r"\s*[,;]\s*|\s+and\s+|\s+und\s+|\s+et\s+")


def fields_in(text: str, form: Form, wording: Wording) -> dict[str, Any]:
    """The fields of a form that `text` fills in, as words validation then reads; the first mention of each counts."""
    labels = {_folded(wording.field(id_).label): field for id_, field in form.fields.items()}
    labels |= {_folded(id_): field for id_, field in form.fields.items()}
    boxes = {_folded(wording.choice(f.id, word)): (f, word) for f in form.fields.values() for word in f.limits.choices}
    given: dict[str, Any] = {}
    for label, words in _entries(text, set(labels)):
        field = labels[label]
        if words and field.id not in given:
            given[field.id] = _value(field, words, wording)
    for field, word in _ticks(text, boxes):
        if field.kind == "choices":
            given.setdefault(field.id, [])
            given[field.id] += [word] if word not in given[field.id] else []
        else:
            given.setdefault(field.id, word)
    return given


def _entries(text: str, labels: set[str]) -> Iterator[tuple[str, str]]:
    """Labels with what stands behind them; lines without a label go on with the one before, up to an empty line."""
    label, words = "", list[str]()
    for line in _lines(text):
        found = LABELLED.match(line)
        if found and _folded(found[1]) in labels:
            if label:
                yield label, "\n".join(words).strip()
            label, words = _folded(found[1]), [found[2]]
        elif label and line.strip() and not TICKED.match(line):
            words.append(line.strip())
        elif label and "".join(words).strip():
            yield label, "\n".join(words).strip()
            label, words = "", []
    if label:
        yield label, "\n".join(words).strip()


def _ticks(text: str, boxes: dict[str, tuple[Field, str]]) -> Iterator[tuple[Field, str]]:
    for line in _lines(text):
        found = TICKED.match(line)
        if found and _folded(found[1]) in boxes:
            yield boxes[_folded(found[1])]


def _lines(text: str) -> Iterable[str]:
    return [QUOTE.sub("", line) for line in text.splitlines()[:LINES]]


def _value(field: Field, words: str, wording: Wording) -> Any:
    """What was written as the kind of field wants it; what cannot be told is left as it stands, for validation to name."""
    one = " ".join(words.split())
    if field.kind == "moment":
        return UTC_OFFSET.sub(lambda m: f"{m[1]}:{m[2]}" if m[1] else "+00:00", one)
    if field.kind == "choice":
        return _choice(field, one, wording)
    if field.kind == "choices":
        whole = _choice(field, one, wording)
        return [whole] if whole != one else [_choice(field, part, wording) for part in LIST.split(one) if part]
    if field.kind in {"texts", "urls", "digests", "countries"}:
        return [part for part in (words.split() if field.kind != "texts" else words.split("\n")) if part.strip()]
    return words


def _choice(field: Field, words: str, wording: Wording) -> str:
    """The word of the choice written out, or its code however it is spelled."""
    wanted = _folded(words)
    return next(
        (c for c in field.limits.choices if wanted in {_folded(c), _folded(wording.choice(field.id, c))}), words
    )


def _folded(words: str) -> str:
    """Compared without case, underscores, repeated spaces or a full stop at the end."""
    plain = unicodedata.normalize("NFKC", words).casefold().replace("_", " ")
    return " ".join(plain.split()).strip(" .*-•")
